import { compareText } from "./compare-text.ts";
import {
  canonicalJson,
  equalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringAt,
} from "./json.ts";
import { type ListKeys, listStrategyAt } from "./merge-keys.ts";
import { commonItems, diffText, type TextHunk } from "./text-diff.ts";

/** One field of an object, before and after. `path` is for people: `spec.template.spec.containers[api].image`. */
export type FieldChange =
  | { readonly kind: "set"; readonly path: string; readonly after: JsonValue }
  | { readonly kind: "unset"; readonly path: string; readonly before: JsonValue }
  | { readonly kind: "changed"; readonly path: string; readonly before: JsonValue; readonly after: JsonValue }
  /** Text of several lines on either side: only the lines that differ, with context. */
  | { readonly kind: "text"; readonly path: string; readonly hunks: readonly TextHunk[] }
  /** The same entries in another order. */
  | { readonly kind: "reordered"; readonly path: string };

/**
 * The fields that differ between two objects, by path and sorted by name at every level. Items of keyed lists are
 * matched by their Kubernetes merge key, of other lists by what stays the same; that only the order differs is one
 * change of its own. Values that YAML would read as equal are equal.
 */
export function diffFields(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compareObjects({ text: "", pointer: "", changes }, before, after);
  return changes;
}

interface Place {
  /** For people: `spec.containers[api].image`. */
  readonly text: string;
  /** For the table of merge keys: `/spec/containers/0/image`. */
  readonly pointer: string;
  /** Where changes are collected. */
  readonly changes: FieldChange[];
}

function compareValues(place: Place, before: JsonValue, after: JsonValue): void {
  if (before === after) return;
  if (isJsonObject(before) && isJsonObject(after)) compareObjects(place, before, after);
  else if (isJsonArray(before) && isJsonArray(after)) compareLists(place, before, after);
  else if (typeof before === "string" && typeof after === "string" && isLongText(before, after)) {
    place.changes.push({ kind: "text", path: place.text, hunks: diffText(before, after) });
  } else place.changes.push({ kind: "changed", path: place.text, before, after });
}

function isLongText(before: string, after: string): boolean {
  return before.includes("\n") || after.includes("\n");
}

function compareObjects(place: Place, before: JsonObject, after: JsonObject): void {
  if (before === after) return;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of [...names].sort(compareText)) {
    comparePresence(
      fieldOf(place, name),
      Object.hasOwn(before, name) ? before[name] : undefined,
      Object.hasOwn(after, name) ? after[name] : undefined,
    );
  }
}

function comparePresence(place: Place, before: JsonValue | undefined, after: JsonValue | undefined): void {
  if (before === undefined && after === undefined) return;
  if (before === undefined) place.changes.push({ kind: "set", path: place.text, after: after ?? null });
  else if (after === undefined) place.changes.push({ kind: "unset", path: place.text, before });
  else compareValues(place, before, after);
}

function compareLists(place: Place, before: readonly JsonValue[], after: readonly JsonValue[]): void {
  if (equalJson(before, after)) return;
  const strategy = listStrategyAt(place.pointer);
  const keys = typeof strategy === "object" ? strategy : BY_NAME;
  const [left, right] = [byKey(before, keys), byKey(after, keys)];
  if (left !== undefined && right !== undefined) compareKeyedLists(place, left, right);
  else compareSequences(place, before, after);
}

/** Custom resources mostly tell their items apart by name too; where they do not, names repeat or are missing. */
const BY_NAME: ListKeys = { names: ["name"], defaults: {}, isOrdered: false };

/** Key, as it is shown in a path, → item; `undefined` where the items cannot be told apart so. */
function byKey(list: readonly JsonValue[], keys: ListKeys): ReadonlyMap<string, JsonValue> | undefined {
  const items = new Map<string, JsonValue>();
  for (const item of list) {
    const key = keyOf(item, keys);
    if (key === undefined || items.has(key)) return undefined;
    items.set(key, item);
  }
  return items;
}

function keyOf(item: JsonValue, { names, defaults }: ListKeys): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const parts: string[] = [];
  for (const name of names) {
    const part = (Object.hasOwn(item, name) ? item[name] : undefined) ?? stringAt(defaults, name);
    if (typeof part !== "string" && typeof part !== "number") return undefined;
    parts.push(String(part));
  }
  return parts.join("/");
}

function compareKeyedLists(
  place: Place,
  before: ReadonlyMap<string, JsonValue>,
  after: ReadonlyMap<string, JsonValue>,
): void {
  const kept = [...before.keys()].filter((key) => after.has(key));
  const keptAfter = [...after.keys()].filter((key) => before.has(key));
  if (kept.some((key, index) => key !== keptAfter[index])) {
    place.changes.push({ kind: "reordered", path: place.text });
  }
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    comparePresence(itemOf(place, key), before.get(key), after.get(key));
  }
}

function compareSequences(place: Place, before: readonly JsonValue[], after: readonly JsonValue[]): void {
  const [left, right] = [before.map(canonicalJson), after.map(canonicalJson)];
  if (isPermutation(left, right)) {
    place.changes.push({ kind: "reordered", path: place.text });
    return;
  }
  let [from, to] = [0, 0];
  for (const [x, y] of [...commonItems(left, right), [before.length, after.length] as const]) {
    while (from < x || to < y) {
      const index = String(to < y ? to : from);
      comparePresence(
        itemOf(place, index),
        from < x ? before[from++] : undefined,
        to < y ? after[to++] : undefined,
      );
    }
    from = x + 1;
    to = y + 1;
  }
}

function isPermutation(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const [a, b] = [[...left].sort(compareText), [...right].sort(compareText)];
  return a.every((item, index) => item === b[index]);
}

function fieldOf({ text, pointer, changes }: Place, name: string): Place {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name);
  const dot = text === "" ? "" : ".";
  return {
    text: isPlain ? `${text}${dot}${name}` : `${text}[${JSON.stringify(name)}]`,
    pointer: `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    changes,
  };
}

function itemOf({ text, pointer, changes }: Place, key: string): Place {
  const shown = /^[^"[\]\s]+$/.test(key) ? key : JSON.stringify(key);
  return { text: `${text}[${shown}]`, pointer: `${pointer}/0`, changes };
}
