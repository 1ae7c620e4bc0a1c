/**
 * What the server knows of a value's structure: which lists are sets or maps, which objects are written whole, which
 * fields exist. It decides who owns what in server-side apply, and what strict validation refuses.
 */
export interface Shape {
  readonly type?: FieldType;
  /** A structure that is always there, if empty: nobody owns it by having added it. */
  readonly isInline?: boolean;
  /** A value that is owned and replaced whole. Lists are, unless `list` says otherwise. */
  readonly isAtomic?: boolean;
  readonly list?: { readonly kind: "set" } | { readonly kind: "map"; readonly keys: readonly ListKey[] };
  /** Items of a list, values of a map. */
  readonly items?: Shape;
  readonly fields?: ReadonlyMap<string, Shape>;
  /** Fields that are not in `fields` are as in {@link DEDUCED_SHAPE}. */
  readonly isDeduced?: boolean;
  /** Fields other than those in `fields` are unknown to the server. */
  readonly isClosed?: boolean;
}

/** `strings` is a map of strings, `quantity` a Kubernetes quantity. */
export type FieldType = "string" | "int" | "bool" | "strings" | "object" | "list" | "quantity" | "quantities";

/** A field that identifies an item of a list, and the value it has where it is not written. */
export interface ListKey {
  readonly name: string;
  readonly fallback?: string;
}

/** Nothing is known: objects are owned field by field, lists whole. */
export const ANY_SHAPE: Shape = {};

/** Nothing is known by anybody, as of kinds whose schema says nothing: maps have an owner of their own. */
export const DEDUCED_SHAPE: Shape = { isDeduced: true };

/** What is known of a field of `shape`. */
export function fieldShape(shape: Shape, name: string): Shape {
  return shape.fields?.get(name) ?? shape.items ?? (shape.isDeduced === true ? DEDUCED_SHAPE : ANY_SHAPE);
}

/** What is known of the items of the list that `shape` describes. */
export function itemShape(shape: Shape): Shape {
  return shape.items ?? ANY_SHAPE;
}

/**
 * A structure with exactly the fields named, in a one-line language: `name:string`, `args[]` (list, whole), `env[name]`
 * (list by key), `ports[containerPort,protocol=TCP]` (with the key's default), `finalizers[=]` (set), `selector!`
 * (object, whole), `template~` (always there). `nested` says more about a field: of its items, where it is a list.
 */
export function struct(fields: string, nested: Readonly<Record<string, Shape>> = {}): Shape {
  const shapes = fields
    .trim()
    .split(/\s+/)
    .map((text) => parseField(text, nested));
  return { type: "object", fields: new Map(shapes), isClosed: true };
}

/** Like {@link struct}, where there may be fields this table does not name. */
export function openStruct(fields: string, nested: Readonly<Record<string, Shape>> = {}): Shape {
  return { ...struct(fields, nested), isClosed: false };
}

function parseField(text: string, nested: Readonly<Record<string, Shape>>): readonly [string, Shape] {
  const [, name = "", keys, mark, type] = /^(\w+)(?:\[([^\]]*)\])?([!~])?(?::(\w+))?$/.exec(text) ?? [];
  const inner = nested[name];
  if (keys !== undefined) {
    const items = inner === undefined ? {} : { items: inner };
    return [name, { type: "list", ...listOf(keys), ...items, ...(mark === "~" ? { isInline: true } : {}) }];
  }
  if (mark === "!") return [name, { ...inner, type: "object", isAtomic: true }];
  if (mark === "~") return [name, { ...inner, type: "object", isInline: true }];
  return [name, inner ?? (isFieldType(type) ? { type } : ANY_SHAPE)];
}

function listOf(keys: string): Pick<Shape, "list"> {
  if (keys === "") return {};
  if (keys === "=") return { list: { kind: "set" } };
  return { list: { kind: "map", keys: keys.split(",").map(parseKey) } };
}

function parseKey(text: string): ListKey {
  const [name = "", fallback] = text.split("=");
  return fallback === undefined ? { name } : { name, fallback };
}

function isFieldType(type: string | undefined): type is FieldType {
  return type !== undefined;
}
