import { compareText } from "../../domain/compare-text.ts";
import {
  equalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from "../../domain/json.ts";
import { type FieldSet, fieldSet, NO_FIELDS, WHOLE } from "./field-set.ts";
import { fieldShape, itemShape, type Shape } from "./shapes.ts";

/** A value taken apart into the parts that can have owners of their own. */
export interface Parts {
  readonly kind: "object" | "map" | "set";
  readonly parts: ReadonlyMap<string, Part>;
}

export interface Part {
  readonly value: JsonValue;
  readonly shape: Shape;
}

/**
 * The parts of a value, by field-set step; `undefined` where it is owned as a whole, as a list is whose items lack their
 * key or repeat it.
 */
export function partsOf(value: JsonValue | undefined, shape: Shape): Parts | undefined {
  if (shape.isAtomic === true) return undefined;
  if (isJsonObject(value)) return { kind: "object", parts: fieldsOfObject(value, shape) };
  if (!isJsonArray(value) || shape.list === undefined) return undefined;
  const keyed = value.map((item): readonly [string | undefined, Part] => [
    stepOfItem(item, shape),
    { value: item, shape: itemShape(shape) },
  ]);
  const parts = new Map(keyed.filter((entry): entry is [string, Part] => entry[0] !== undefined));
  return parts.size === value.length ? { kind: shape.list.kind, parts } : undefined;
}

/** The fields that whoever applies `value` owns. */
export function appliedFields(value: JsonValue, shape: Shape): FieldSet {
  const parts = partsOf(value, shape);
  if (parts === undefined) return WHOLE;
  if (parts.parts.size === 0) return parts.kind === "object" ? WHOLE : NO_FIELDS;
  return fieldSet(
    shape.isDeduced === true && shape.fields === undefined,
    [...parts.parts].map(([step, part]) => [step, partFields(step, part, appliedFields)] as const),
  );
}

/** All fields of a value that has just come to be, objects themselves included unless they are always there. */
function addedFields(value: JsonValue, shape: Shape): FieldSet {
  const parts = partsOf(value, shape);
  if (parts === undefined) return WHOLE;
  if (parts.parts.size === 0) return shape.isInline === true ? NO_FIELDS : WHOLE;
  return fieldSet(
    shape.isInline !== true,
    [...parts.parts].map(([step, part]) => [step, addedFields(part.value, part.shape)] as const),
  );
}

/** What changed between two values. */
export interface FieldChanges {
  /** Changed or added. */
  readonly written: FieldSet;
  readonly removed: FieldSet;
}

/** Fields that differ between two states of an object. */
export function changedFields(before: JsonObject, after: JsonObject, shape: Shape): FieldChanges {
  return { written: writtenFields(before, after, shape), removed: removedFields(before, after, shape) };
}

function writtenFields(before: JsonValue | undefined, after: JsonValue, shape: Shape): FieldSet {
  if (before === after) return NO_FIELDS;
  if (before === undefined) return addedFields(after, shape);
  const [old, now] = [partsOf(before, shape), partsOf(after, shape)];
  if (old === undefined || now === undefined) return equalJson(before, after) ? NO_FIELDS : WHOLE;
  return fieldSet(
    false,
    [...now.parts].map(
      ([step, part]) => [step, writtenFields(old.parts.get(step)?.value, part.value, part.shape)] as const,
    ),
  );
}

function removedFields(before: JsonValue, after: JsonValue | undefined, shape: Shape): FieldSet {
  if (before === after) return NO_FIELDS;
  if (after === undefined) return addedFields(before, shape);
  const [old, now] = [partsOf(before, shape), partsOf(after, shape)];
  if (old === undefined || now === undefined) return NO_FIELDS;
  return fieldSet(
    false,
    [...old.parts].map(
      ([step, part]) => [step, removedFields(part.value, now.parts.get(step)?.value, part.shape)] as const,
    ),
  );
}

/** An item of a list is owned with its fields; a field of an object only by them. */
function partFields(
  step: string,
  part: Part,
  fields: (value: JsonValue, shape: Shape) => FieldSet,
): FieldSet {
  const set = fields(part.value, part.shape);
  return step.startsWith("f:") ? set : { ...set, isMember: true };
}

function fieldsOfObject(value: JsonObject, shape: Shape): ReadonlyMap<string, Part> {
  return new Map(
    Object.entries(value).map(([name, field]) => [
      `f:${name}`,
      { value: field, shape: fieldShape(shape, name) },
    ]),
  );
}

/** By which step a list's item is known; `undefined` where it lacks its keys, or the list goes as a whole. */
export function stepOfItem(item: JsonValue, { list }: Shape): string | undefined {
  if (list === undefined) return undefined;
  if (list.kind === "set") return `v:${stringifyJson(item)}`;
  if (!isJsonObject(item)) return undefined;
  const keys: Record<string, JsonValue> = {};
  for (const { name, fallback } of list.keys.toSorted((a, b) => compareText(a.name, b.name))) {
    const value = item[name] ?? fallback;
    if (value !== undefined) keys[name] = value;
  }
  return Object.keys(keys).length === 0 ? undefined : `k:${stringifyJson(keys)}`;
}
