import { isJsonArray, isJsonObject, type JsonValue } from "../../../domain/json.ts";
import { canonicalQuantity } from "../defaults/quantity.ts";
import { formatStep } from "../field-set.ts";
import { type FieldType, fieldShape, itemShape, type Shape } from "../shapes.ts";
import { stepOfItem } from "../typed-fields.ts";

/** Something the server cannot read, and where: `.spec.replicas`. */
export interface DecodeProblem {
  readonly kind: "unknownField" | "wrongType" | "duplicateKey";
  readonly path: string;
  readonly detail: string;
}

/** How messages name the items of lists: by position, as decoders do, or by key, as server-side apply does. */
export type ItemNaming = "byPosition" | "byKey";

/** All that is wrong with how a value is written. Fields of kinds the shapes do not describe are taken as they come. */
export function decodeProblems(
  value: JsonValue,
  shape: Shape,
  { path = "", naming }: { readonly path?: string; readonly naming: ItemNaming },
): readonly DecodeProblem[] {
  const mismatch = typeMismatch(value, shape.type);
  if (mismatch !== undefined) return [{ kind: "wrongType", path, detail: mismatch }];
  if (isJsonArray(value)) return listProblems(value, shape, { path, naming });
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const at = `${path}.${name}`;
    if (shape.isClosed === true && shape.fields?.has(name) !== true) {
      return [{ kind: "unknownField" as const, path: at, detail: name }];
    }
    return decodeProblems(field, valueShape(shape, name), { path: at, naming });
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

function listProblems(
  items: readonly JsonValue[],
  shape: Shape,
  { path, naming }: { readonly path: string; readonly naming: ItemNaming },
): readonly DecodeProblem[] {
  const steps = items.map((item) => stepOfItem(item, shape));
  const inItems = items.flatMap((item, index) => {
    const step = naming === "byKey" ? steps[index] : undefined;
    const name = step === undefined ? `[${index}]` : formatStep(step);
    return decodeProblems(item, itemShape(shape), { path: `${path}${name}`, naming });
  });
  if (inItems.length > 0 || shape.list === undefined) return inItems;
  const repeated = steps.find((step, index) => step !== undefined && steps.indexOf(step) !== index);
  if (repeated === undefined) return [];
  return [{ kind: "duplicateKey", path, detail: `duplicate entries for key ${formatStep(repeated)}` }];
}

/** Values of plain maps are checked one by one, so that messages name the key. */
function valueShape(shape: Shape, name: string): Shape {
  if (shape.type === "strings") return { type: "string" };
  return shape.type === "quantities" ? { type: "quantity" } : fieldShape(shape, name);
}

/** What was expected and found, in the server's words; `undefined` where the type is right. */
function typeMismatch(value: JsonValue, type: FieldType | undefined): string | undefined {
  if (type === undefined || value === null) return undefined;
  const check = CHECKS[type];
  if (check.isRight(value)) return undefined;
  return type === "quantity" ? NO_QUANTITY : `expected ${check.name}, got ${describe(value, type)}`;
}

const NO_QUANTITY =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

interface TypeCheck {
  readonly name: string;
  readonly isRight: (value: JsonValue) => boolean;
}

const MAP: TypeCheck = { name: "map", isRight: isJsonObject };

const CHECKS: Readonly<Record<FieldType, TypeCheck>> = {
  string: { name: "string", isRight: (value) => typeof value === "string" },
  bool: { name: "boolean", isRight: (value) => typeof value === "boolean" },
  int: {
    name: "numeric (int or float)",
    isRight: (value) => typeof value === "bigint" || Number.isInteger(value),
  },
  object: MAP,
  strings: MAP,
  quantities: MAP,
  list: { name: "list", isRight: isJsonArray },
  quantity: { name: "quantity", isRight: (value) => canonicalQuantity(value) !== undefined },
};

/** Scalars in the place of a string are printed as Go prints them. */
function describe(value: JsonValue, wanted: FieldType): string {
  if (isJsonArray(value)) return "list";
  if (isJsonObject(value)) return "map";
  if (wanted === "bool") return `&{${String(value)}}`;
  return wanted === "string" ? `&value.valueUnstructured{Value:${String(value)}}` : typeof value;
}
