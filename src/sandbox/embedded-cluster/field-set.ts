import { isJsonObject, type JsonObject } from "../../domain/json.ts";

/**
 * A set of paths into an object, as `managedFields[].fieldsV1` writes it. Steps are `f:name`, `k:{"name":"web"}` and
 * `v:"x"`.
 */
export interface FieldSet {
  /** Whether the path that leads here is a member itself. */
  readonly isMember: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const NO_FIELDS: FieldSet = { isMember: false, children: new Map() };

/** A value owned as a whole: a scalar, an atomic list, an empty object. */
export const WHOLE: FieldSet = { isMember: true, children: new Map() };

export function isEmptySet({ isMember, children }: FieldSet): boolean {
  return !isMember && children.size === 0;
}

/** The set with these children, empty ones left out. */
export function fieldSet(isMember: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet {
  return { isMember, children: new Map([...children].filter(([, child]) => !isEmptySet(child))) };
}

export function childOf(set: FieldSet, step: string): FieldSet {
  return set.children.get(step) ?? NO_FIELDS;
}

export function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b;
  if (isEmptySet(b)) return a;
  const children = new Map(a.children);
  for (const [step, child] of b.children) children.set(step, unionOf(childOf(a, step), child));
  return { isMember: a.isMember || b.isMember, children };
}

/** Paths of `a` that are not in `b`. */
export function subtract(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  return fieldSet(
    a.isMember && !b.isMember,
    [...a.children].map(([step, child]) => [step, subtract(child, childOf(b, step))] as const),
  );
}

/** Paths in both. */
export function intersect(a: FieldSet, b: FieldSet): FieldSet {
  return fieldSet(
    a.isMember && b.isMember,
    [...a.children].map(([step, child]) => [step, intersect(child, childOf(b, step))] as const),
  );
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  return isEmptySet(subtract(a, b)) && isEmptySet(subtract(b, a));
}

/** `fieldsV1` of an entry of `managedFields`. */
export function toFieldsV1({ isMember, children }: FieldSet): JsonObject {
  const fields = [...children].map(([step, child]) => [step, toFieldsV1(child)] as const);
  return Object.fromEntries(isMember && children.size > 0 ? [[".", {}], ...fields] : fields);
}

/** The inverse of {@link toFieldsV1}. */
export function fromFieldsV1(fields: JsonObject): FieldSet {
  const steps = Object.entries(fields).filter(([step]) => step !== ".");
  return {
    isMember: steps.length === 0 || "." in fields,
    children: new Map(steps.map(([step, child]) => [step, fromFieldsV1(isJsonObject(child) ? child : {})])),
  };
}

/** The members as the server names them in messages: `.spec.replicas`, `.spec.containers[name="web"].image`. */
export function formatPaths(set: FieldSet, prefix = ""): readonly string[] {
  const own = set.isMember ? [prefix] : [];
  return [
    ...own,
    ...[...set.children].flatMap(([step, child]) => formatPaths(child, prefix + formatStep(step))),
  ];
}

/** One step of a path, as messages write it. */
export function formatStep(step: string): string {
  const text = step.slice(2);
  if (step.startsWith("f:")) return `.${text}`;
  if (step.startsWith("v:")) return `[=${text}]`;
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
}
