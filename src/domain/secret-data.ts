import { isJsonObject, type JsonObject, type JsonValue, objectAt } from "./json.ts";
import type { GroupKind } from "./resource-key.ts";

/** Whether an object is a core Secret: the kind whose values are encoded, masked and never printed. */
export function isSecret({ group, kind }: GroupKind): boolean {
  return group === "" && kind === "Secret";
}

/**
 * The Secret as the API server would keep it: `stringData` goes, encoded, into `data`, where it wins. Applied as
 * written, a key that leaves `stringData` would never leave the cluster, since nobody owns what it turned into.
 */
export function withStringDataEncoded(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (stringData === undefined) return object;
  if (!isJsonObject(stringData)) return rest;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encode(value)] as const);
  return { ...rest, data: { ...objectAt(object, "data"), ...Object.fromEntries(encoded) } };
}

/** Whether two `data` values decode to the same bytes; line breaks inside the encoding do not count. */
export function equalSecretValues(a: JsonValue, b: JsonValue): boolean {
  if (typeof a !== "string" || typeof b !== "string") return false;
  return canonical(a) === canonical(b);
}

function canonical(encoded: string): string {
  return encoded.replace(/[\r\n]/g, "").replace(/=+$/, "");
}

function encode(value: JsonValue): JsonValue {
  if (value === null) return "";
  if (typeof value !== "string") return value;
  const bytes = new TextEncoder().encode(value);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
