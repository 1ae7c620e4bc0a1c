import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../domain/json.ts";
import { joinPointer, withoutPointer } from "../../domain/json-pointer.ts";

/**
 * The object without the fields that the server's message says its schema does not declare; `undefined` where it names
 * none that can be found. Server-side apply refuses such fields whatever field validation was asked for, while Argo CD's
 * `Validate=false` lets the server drop them.
 */
export function withoutUndeclaredFields(object: JsonObject, message: string): JsonObject | undefined {
  const pointers = [...message.matchAll(/(\.\S.*): field not declared in schema/g)]
    .map(([, path = ""]) => pointerOf(object, path.trim()))
    .filter((pointer) => pointer !== undefined);
  return pointers.length === 0 ? undefined : pointers.reduce(withoutPointer, object);
}

/** `.spec.containers[name="a"].foo` → `/spec/containers/0/foo`. Names may hold dots: the longest that fits is meant. */
function pointerOf(value: JsonValue, path: string): string | undefined {
  if (path === "") return "";
  if (path.startsWith(".") && isJsonObject(value)) {
    const rest = path.slice(1);
    const [name] = Object.keys(value)
      .filter((key) => rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`))
      .sort((a, b) => b.length - a.length);
    if (name === undefined) return undefined;
    const below = pointerOf(value[name] ?? null, rest.slice(name.length));
    return below === undefined ? undefined : joinPointer("", name) + below;
  }
  const step = /^\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]/.exec(path);
  if (step === null || !isJsonArray(value)) return undefined;
  const index = indexOf(value, step[1] ?? "");
  const below = pointerOf(value[index] ?? null, path.slice(step[0].length));
  return index === -1 || below === undefined ? undefined : `/${index}${below}`;
}

/** `0`, or `name="a",port=80`: keys that the item leaves out are the server's defaults. */
function indexOf(items: readonly JsonValue[], step: string): number {
  if (/^\d+$/.test(step)) return Number(step);
  const keys = [...step.matchAll(/([^=,]+)=("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(
    ([, name = "", text = ""]) => [name, text] as const,
  );
  return items.findIndex(
    (item) =>
      isJsonObject(item) &&
      keys.every(([name, text]) => item[name] === undefined || isSame(item[name], text)),
  );
}

function isSame(value: JsonValue, text: string): boolean {
  try {
    return parseJson(text) === value;
  } catch {
    return false;
  }
}
