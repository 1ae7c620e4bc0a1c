import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** The pointer one step further in (RFC 6901). */
export function joinPointer(pointer: string, step: string): string {
  const needsEscape = step.includes("~") || step.includes("/");
  return `${pointer}/${needsEscape ? step.replaceAll("~", "~0").replaceAll("/", "~1") : step}`;
}

/** The steps of a pointer, or `undefined` for text that is none, or points at the whole. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (!pointer.startsWith("/")) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The object without what a pointer points at; the same object where that is nothing. */
export function withoutPointer(object: JsonObject, pointer: string): JsonObject {
  const steps = parsePointer(pointer);
  return steps === undefined ? object : withoutKey(object, steps);
}

function withoutKey(object: JsonObject, [step = "", ...rest]: readonly string[]): JsonObject {
  if (!Object.hasOwn(object, step)) return object;
  if (rest.length === 0) {
    const { [step]: _removed, ...kept } = object;
    return kept;
  }
  const child = object[step];
  const changed = child === undefined ? child : without(child, rest);
  return changed === undefined || changed === child ? object : { ...object, [step]: changed };
}

function without(value: JsonValue, steps: readonly string[]): JsonValue {
  if (isJsonObject(value)) return withoutKey(value, steps);
  const [step = "", ...rest] = steps;
  if (!isJsonArray(value) || !/^(0|[1-9][0-9]*)$/.test(step)) return value;
  const index = Number(step);
  const child = value[index];
  if (child === undefined) return value;
  return rest.length === 0 ? value.toSpliced(index, 1) : value.with(index, without(child, rest));
}
