import { isJsonArray, isJsonObject, type JsonValue } from "../../../domain/json.ts";
import { canonicalQuantity } from "../defaults/quantity.ts";
import { type FieldType, fieldShape, itemShape, type Shape } from "../shapes.ts";
import { partsOf } from "../typed-fields.ts";

/** Something the server cannot read, and where: `.spec.replicas`. */
export interface DecodeProblem {
  readonly kind: "unknownField" | "wrongType" | "duplicateKey";
  readonly path: string;
  readonly detail: string;
}

/** All that is wrong with how a value is written. Fields of kinds the shapes do not describe are taken as they come. */
export function decodeProblems(value: JsonValue, shape: Shape, path = ""): readonly DecodeProblem[] {
  const mismatch = typeMismatch(value, shape.type);
  if (mismatch !== undefined) return [{ kind: "wrongType", path, detail: mismatch }];
  if (isJsonArray(value)) return listProblems(value, shape, path);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const at = `${path}.${name}`;
    if (shape.isClosed === true && shape.fields?.has(name) !== true) {
      return [{ kind: "unknownField" as const, path: at, detail: name }];
    }
    return decodeProblems(field, fieldShape(shape, name), at);
  });
}

/** The object without the fields the server does not know: what a lenient server keeps of it. */
export function withoutUnknownFields(value: JsonValue, shape: Shape): JsonValue {
  if (isJsonArray(value)) return value.map((item) => withoutUnknownFields(item, itemShape(shape)));
  if (!isJsonObject(value)) return value;
  const known = Object.entries(value).filter(
    ([name]) => shape.isClosed !== true || shape.fields?.has(name) === true,
  );
  return Object.fromEntries(
    known.map(([name, field]) => [name, withoutUnknownFields(field, fieldShape(shape, name))]),
  );
}

function listProblems(items: readonly JsonValue[], shape: Shape, path: string): readonly DecodeProblem[] {
  const inItems = items.flatMap((item, index) => decodeProblems(item, itemShape(shape), `${path}[${index}]`));
  if (inItems.length > 0 || shape.list === undefined || partsOf(items, shape) !== undefined) return inItems;
  return [{ kind: "duplicateKey", path, detail: "duplicate entries for key" }];
}

/** What was expected and found, in the server's words; `undefined` where the type is right. */
function typeMismatch(value: JsonValue, type: FieldType | undefined): string | undefined {
  if (type === undefined || value === null) return undefined;
  const check = CHECKS[type];
  return check.isRight(value) ? undefined : `expected ${check.name}, got ${describe(value)}`;
}

interface TypeCheck {
  readonly name: string;
  readonly isRight: (value: JsonValue) => boolean;
}

const CHECKS: Readonly<Record<FieldType, TypeCheck>> = {
  string: { name: "string", isRight: (value) => typeof value === "string" },
  bool: { name: "boolean", isRight: (value) => typeof value === "boolean" },
  int: {
    name: "numeric (int or float)",
    isRight: (value) => typeof value === "bigint" || Number.isInteger(value),
  },
  object: { name: "map", isRight: isJsonObject },
  list: { name: "list", isRight: isJsonArray },
  strings: {
    name: "map of strings",
    isRight: (value) =>
      isJsonObject(value) && Object.values(value).every((item) => typeof item === "string" || item === null),
  },
  quantity: { name: "quantity", isRight: (value) => canonicalQuantity(value) !== undefined },
  quantities: {
    name: "map of quantities",
    isRight: (value) =>
      isJsonObject(value) && Object.values(value).every((item) => canonicalQuantity(item) !== undefined),
  },
};

function describe(value: JsonValue): string {
  if (isJsonArray(value)) return "list";
  if (isJsonObject(value)) return "map";
  return typeof value;
}
