import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";
import { fieldShape, itemShape, type Shape } from "./shapes.ts";

/** The object as a typed server reads it: a null is as good as absent, and an empty string in a map of strings. */
export function withoutNulls(object: JsonObject, shape: Shape): JsonObject {
  const fields = Object.entries(object).flatMap(([name, value]): [string, JsonValue][] => {
    if (value === null && shape.isDeduced === true) return [[name, null]];
    if (value === null) return shape.type === "strings" ? [[name, ""]] : [];
    return [[name, readValue(value, fieldShape(shape, name))]];
  });
  return Object.fromEntries(fields);
}

/** The object as a typed server writes it: known lists and maps are left out where they are empty. */
export function withoutEmptyFields(object: JsonObject, shape: Shape): JsonObject {
  const fields = Object.entries(object)
    .map(([name, value]): [string, JsonValue] => [name, writtenValue(value, fieldShape(shape, name))])
    .filter(([name, value]) => !isOmitted(value, fieldShape(shape, name)));
  return Object.fromEntries(fields);
}

function readValue(value: JsonValue, shape: Shape): JsonValue {
  if (isJsonArray(value)) return value.map((item) => readValue(item, itemShape(shape)));
  return isJsonObject(value) ? withoutNulls(value, shape) : value;
}

function writtenValue(value: JsonValue, shape: Shape): JsonValue {
  if (isJsonArray(value)) return value.map((item) => writtenValue(item, itemShape(shape)));
  return isJsonObject(value) ? withoutEmptyFields(value, shape) : value;
}

function isOmitted(value: JsonValue, shape: Shape): boolean {
  if (isJsonArray(value)) return value.length === 0 && shape.type === "list" && shape.isInline !== true;
  if (!isJsonObject(value) || Object.keys(value).length > 0) return false;
  const isPlainMap = shape.isAtomic === true && shape.fields === undefined;
  return shape.type === "strings" || shape.type === "quantities" || isPlainMap;
}
