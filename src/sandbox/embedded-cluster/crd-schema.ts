import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  stringifyJson,
} from "../../domain/json.ts";
import { objectShape } from "./built-in-shapes.ts";
import { ANY_SHAPE, type FieldType, type ListKey, type Shape } from "./shapes.ts";
import type { Violation } from "./validation/metadata-rules.ts";

/** The shape of a custom object, from its definition's `openAPIV3Schema`. */
export function customShape(schema: JsonObject): Shape {
  const body = shapeOf(schema);
  const frame = objectShape("status");
  if (Object.keys(objectAt(schema, "properties")).length === 0) {
    const told = [...(frame.fields ?? [])].filter(([name]) => name !== "status");
    return { type: "object", fields: new Map(told), isDeduced: true };
  }
  const fields = new Map([...(body.fields ?? []), ...(frame.fields ?? [])]);
  const status = body.fields?.get("status");
  if (status !== undefined) fields.set("status", status);
  return { ...body, fields };
}

/** The object with the schema's defaults where fields are missing. */
export function withSchemaDefaults(value: JsonValue, schema: JsonObject): JsonValue {
  if (isJsonArray(value)) return value.map((item) => withSchemaDefaults(item, objectAt(schema, "items")));
  if (!isJsonObject(value)) return value;
  const properties = objectAt(schema, "properties");
  const filled: Record<string, JsonValue> = { ...value };
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const field = filled[name] ?? property["default"];
    if (field !== undefined) filled[name] = withSchemaDefaults(field, property);
  }
  const values = schema["additionalProperties"];
  if (!isJsonObject(values)) return filled;
  return Object.fromEntries(
    Object.entries(filled).map(([name, field]) => [
      name,
      name in properties ? field : withSchemaDefaults(field, values),
    ]),
  );
}

/** What of the object breaks the schema: missing, of another type, not among the values, out of range. */
export function schemaViolations(value: JsonValue, schema: JsonObject, path = ""): readonly Violation[] {
  const own = valueViolations(value, schema, path);
  if (own.length > 0) return own;
  if (isJsonArray(value)) {
    const items = objectAt(schema, "items");
    return value.flatMap((item, index) => schemaViolations(item, items, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  const properties = objectAt(schema, "properties");
  const missing = arrayAt(schema, "required")
    .filter((name) => typeof name === "string" && value[name] === undefined)
    .map((name) => `${join(path, String(name))}: Required value`);
  const inside = Object.entries(value).flatMap(([name, field]) => {
    const property = properties[name] ?? schema["additionalProperties"];
    return isJsonObject(property) ? schemaViolations(field, property, join(path, name)) : [];
  });
  return [...missing, ...inside];
}

function shapeOf(schema: JsonObject): Shape {
  const type = stringAt(schema, "type");
  if (type === "array")
    return { type: "list", ...listShape(schema), items: shapeOf(objectAt(schema, "items")) };
  if (type !== "object") return scalarShape(schema, type);
  const atomic = schema["x-kubernetes-map-type"] === "atomic" ? { isAtomic: true } : {};
  const values = schema["additionalProperties"];
  if (isJsonObject(values)) return { ...atomic, type, items: shapeOf(values) };
  const isFree =
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema["x-kubernetes-embedded-resource"] === true;
  const fields = new Map(
    Object.entries(objectAt(schema, "properties")).map(([name, property]) => [
      name,
      isJsonObject(property) ? shapeOf(property) : ANY_SHAPE,
    ]),
  );
  return { ...atomic, type, fields, isClosed: !isFree && values !== true };
}

const SCALARS: Readonly<Record<string, FieldType>> = { integer: "int", string: "string", boolean: "bool" };

function scalarShape(schema: JsonObject, type: string | undefined): Shape {
  const scalar = type === undefined ? undefined : SCALARS[type];
  const isEither = schema["x-kubernetes-int-or-string"] === true;
  return scalar === undefined || isEither ? ANY_SHAPE : { type: scalar };
}

function listShape(schema: JsonObject): Shape {
  const type = stringAt(schema, "x-kubernetes-list-type");
  if (type === "set") return { list: { kind: "set" } };
  if (type !== "map") return ANY_SHAPE;
  const keys = arrayAt(schema, "x-kubernetes-list-map-keys").map((name): ListKey => {
    const fallback = stringAt(schema, "items", "properties", String(name), "default");
    return fallback === undefined ? { name: String(name) } : { name: String(name), fallback };
  });
  return { list: { kind: "map", keys } };
}

function valueViolations(value: JsonValue, schema: JsonObject, path: string): readonly Violation[] {
  const type = stringAt(schema, "type");
  if (value === null)
    return schema["nullable"] === true || type === undefined ? [] : [typeMessage("null", type, path)];
  if (type !== undefined && schema["x-kubernetes-int-or-string"] !== true && !isOfType(value, type)) {
    return [typeMessage(isJsonArray(value) ? "array" : typeof value, type, path)];
  }
  const values = arrayAt(schema, "enum");
  if (values.length > 0 && !values.includes(value)) {
    const supported = values.map((item) => stringifyJson(item)).join(", ");
    return [`${path}: Unsupported value: ${stringifyJson(value)}: supported values: ${supported}`];
  }
  return typeof value === "number" ? rangeViolations(value, schema, path) : [];
}

function rangeViolations(value: number, schema: JsonObject, path: string): readonly Violation[] {
  const { minimum, maximum } = schema;
  if (typeof minimum === "number" && value < minimum) {
    return [
      `${path}: Invalid value: ${value}: ${path} in body should be greater than or equal to ${minimum}`,
    ];
  }
  return typeof maximum === "number" && value > maximum
    ? [`${path}: Invalid value: ${value}: ${path} in body should be less than or equal to ${maximum}`]
    : [];
}

function typeMessage(found: string, wanted: string, path: string): Violation {
  return `${path}: Invalid value: "${found}": ${path} in body must be of type ${wanted}: "${found}"`;
}

function isOfType(value: JsonValue, type: string): boolean {
  if (type === "array") return isJsonArray(value);
  if (type === "object") return isJsonObject(value);
  if (type === "integer") return typeof value === "bigint" || Number.isInteger(value);
  if (type === "number") return typeof value === "bigint" || typeof value === "number";
  return typeof value === type;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
