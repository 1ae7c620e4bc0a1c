import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../domain/json.ts";
import { nearestWord } from "./nearest.ts";
import type { FieldPath, Notes } from "./notes.ts";

/**
 * Reads one object field by field, as the API server would decode it: `null` counts as absent, a value of another type
 * is a problem and counts as absent too. Whoever has read all it knows calls `done`, which names what is left over.
 */
export interface Fields {
  readonly path: FieldPath;
  has(name: string): boolean;
  string(name: string): string | undefined;
  /** The text, `""` where there is none. */
  text(name: string): string;
  /** The text; absent and `""` are a problem. */
  required(name: string): string;
  boolean(name: string): boolean | undefined;
  integer(name: string): number | undefined;
  strings(name: string): readonly string[] | undefined;
  stringMap(name: string): Readonly<Record<string, string>> | undefined;
  object(name: string): Fields | undefined;
  objects(name: string): readonly Fields[] | undefined;
  /** The object as it stands, unread. */
  rawObject(name: string): JsonObject | undefined;
  rawObjects(name: string): readonly JsonObject[] | undefined;
  /** Any value as it stands. */
  raw(name: string): JsonValue | undefined;
  /** Path of a field of this object. */
  at(...steps: readonly string[]): FieldPath;
  /** Reports a field's value as wrong; `problem` follows its name in a sentence. */
  invalid(name: string, problem: string): void;
  /** Warns of every field that nobody asked for. */
  done(): void;
}

export function createFields(object: JsonObject, path: FieldPath, notes: Notes): Fields {
  const known = new Set<string>();

  function read<T>(
    name: string,
    wanted: string,
    convert: (value: JsonValue) => T | undefined,
  ): T | undefined {
    known.add(name);
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined || value === null) return undefined;
    const converted = convert(value);
    if (converted === undefined)
      for (const { at, problem } of flawsOf(value, wanted)) notes.invalid([...path, name, ...at], problem);
    return converted;
  }
  function required(name: string): string {
    if ((object[name] ?? "") === "") notes.invalid([...path, name], "is missing");
    return read(name, "a text", asString) ?? "";
  }
  const nested = (value: JsonValue, steps: FieldPath): Fields | undefined =>
    isJsonObject(value) ? createFields(value, [...path, ...steps], notes) : undefined;

  return {
    path,
    has: (name) => read(name, "a value", (value) => value) !== undefined,
    string: (name) => read(name, "a text", asString),
    text: (name) => read(name, "a text", asString) ?? "",
    required,
    boolean: (name) => read(name, "`true` or `false`", asBoolean),
    integer: (name) => read(name, "a whole number", asInteger),
    strings: (name) => read(name, "a list of texts", (value) => listOf(value, asString)),
    stringMap: (name) => read(name, "a map of texts", asStringMap),
    object: (name) => read(name, "an object", (value) => nested(value, [name])),
    objects: (name) =>
      read(name, "a list of objects", (value) =>
        listOf(value, (item, index) => nested(item, [name, String(index)])),
      ),
    rawObject: (name) => read(name, "an object", asObject),
    rawObjects: (name) => read(name, "a list of objects", (value) => listOf(value, asObject)),
    raw: (name) => read(name, "a value", (value) => value),
    at: (...steps) => [...path, ...steps],
    invalid: (name, problem) => notes.invalid([...path, name], problem),
    done() {
      for (const name of Object.keys(object)) {
        if (known.has(name) || object[name] === null) continue;
        const unused = [...known].filter((candidate) => !Object.hasOwn(object, candidate));
        notes.unknown([...path, name], nearestWord(name, unused));
      }
    },
  };
}

/** Leaves out what is undefined, so that absent stays absent. */
export function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Leaves out what Go calls zero as well (`""`, `false`, `0`, empty lists and maps), as Argo CD's normalisation does. */
export function nonZero<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isZero(value))) as T;
}

export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function asString(value: JsonValue): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asBoolean(value: JsonValue): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function asInteger(value: JsonValue): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

function asObject(value: JsonValue): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

function asStringMap(value: JsonValue): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(value)) return undefined;
  // Go decodes a `null` in a map of texts as the empty text.
  const entries = Object.entries(value).map(([key, item]) => [key, item ?? ""] as const);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === "string")
    ? Object.fromEntries(entries)
    : undefined;
}

/** Of a list or map of texts, the items that are none, one by one: `a: y` among twenty labels is hard to see. */
function flawsOf(
  value: JsonValue,
  wanted: string,
): readonly { readonly at: FieldPath; readonly problem: string }[] {
  const isContainer =
    (wanted === "a list of texts" && isJsonArray(value)) ||
    (wanted === "a map of texts" && isJsonObject(value));
  const strangers = Object.entries(isContainer ? value : {}).filter(
    ([, item]) => typeof item !== "string" && (item !== null || isJsonArray(value)),
  );
  if (strangers.length === 0) return [{ at: [], problem: `is not ${wanted}, but ${describe(value)}` }];
  return strangers.map(([key, item]) => ({ at: [key], problem: `is not a text, but ${describe(item)}` }));
}

function listOf<T>(
  value: JsonValue,
  convert: (item: JsonValue, index: number) => T | undefined,
): readonly T[] | undefined {
  if (!isJsonArray(value)) return undefined;
  const converted = value.map(convert);
  return converted.every((item): item is T & {} => item !== undefined) ? converted : undefined;
}

function describe(value: JsonValue): string {
  if (value === null) return "nothing";
  if (isJsonArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  if (typeof value === "string") return "a text";
  return typeof value === "boolean" ? "a boolean, as unquoted `y`, `no` and `on` are too" : "a number";
}
