/**
 * A value as Kubernetes reads it from JSON or YAML. Integers beyond 2^53 are `bigint`, because the API server keeps all
 * 64 bits and a rounded one would be a silent change.
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** JSON text → value, exact for 64-bit integers. Throws SyntaxError as `JSON.parse` does. */
export function parseJson(text: string): JsonValue {
  const mayHoldLargeInteger = /[0-9]{16}/.test(text);
  return mayHoldLargeInteger
    ? (JSON.parse(text, exactInteger) as JsonValue)
    : (JSON.parse(text) as JsonValue);
}

/** Value → JSON text, the inverse of {@link parseJson}. Keys keep their order. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  try {
    // Several times as fast as with a replacer; it throws at a bigint.
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, rawInteger, indent);
  }
}

/** JSON with keys sorted at every level: equal values give equal text, whatever wrote them. */
export function canonicalJson(value: JsonValue): string {
  return stringifyJson(sortKeys(value));
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The value at `path`, or `undefined` where any step is missing or not an object (arrays: by decimal index). */
export function valueAt(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const step of path) {
    if (isJsonArray(current)) current = current[Number(step)];
    else if (isJsonObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** Like {@link valueAt}, for a string; anything else counts as absent. */
export function stringAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** Like {@link valueAt}, for a number; anything else counts as absent. */
export function numberAt(value: JsonValue | undefined, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** Like {@link valueAt}, for an object; anything else counts as empty. */
export function objectAt(value: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** Like {@link valueAt}, for a list; anything else counts as empty. */
export function arrayAt(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonValue[] {
  const found = valueAt(value, ...path);
  return isJsonArray(found) ? found : [];
}

/** Deep equality; key order does not count, list order does. */
export function equalJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]));
}

function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?[0-9]+$/.test(source) ? BigInt(source) : value;
}

/** `JSON.rawJSON` exists in Node 22 and later; TypeScript's library does not list it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

function rawInteger(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? rawJson(value.toString()) : value;
}

function sortKeys(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key] ?? null)]));
}
