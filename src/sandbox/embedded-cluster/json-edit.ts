import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, valueAt } from "../../domain/json.ts";

/** The object with the value at `path` set, making the objects on the way; `undefined` removes it. */
export function setAt(object: JsonObject, path: readonly string[], value: JsonValue | undefined): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return object;
  const child = object[name];
  if (rest.length === 0) return withField(object, name, value);
  if (value === undefined && !isJsonObject(child)) return object;
  return { ...object, [name]: setAt(isJsonObject(child) ? child : {}, rest, value) };
}

/** The object with the object at `path` changed; unchanged where there is none. */
export function changeAt(
  object: JsonObject,
  path: readonly string[],
  change: (value: JsonObject) => JsonObject,
): JsonObject {
  const value = valueAt(object, ...path);
  return isJsonObject(value)
    ? path.length === 0
      ? change(value)
      : setAt(object, path, change(value))
    : object;
}

/** The object with each object in the list at `field` changed; unchanged where there is no list. */
export function changeItems(
  object: JsonObject,
  field: string,
  change: (item: JsonObject) => JsonObject,
): JsonObject {
  const items = object[field];
  if (!isJsonArray(items)) return object;
  return { ...object, [field]: items.map((item) => (isJsonObject(item) ? change(item) : item)) };
}

/** The object with the fields it lacks taken from `defaults`. */
export function withDefaults(object: JsonObject, defaults: JsonObject): JsonObject {
  return { ...defaults, ...object };
}

/** The object without fields that are `undefined`: for literals with optional parts. */
export function compact(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

/** RFC 7396. */
export function mergePatch(object: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  let merged: JsonObject = isJsonObject(object) ? object : {};
  for (const [name, value] of Object.entries(patch)) {
    merged = withField(merged, name, value === null ? undefined : mergePatch(merged[name], value));
  }
  return merged;
}

function withField(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _removed, ...rest } = object;
  return rest;
}
