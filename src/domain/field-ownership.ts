import { FIELD_MANAGER } from "./cluster.ts";
import {
  arrayAt,
  canonicalJson,
  equalJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
  stringAt,
  valueAt,
} from "./json.ts";
import { annotationOf, type LiveManifest } from "./manifest.ts";

/**
 * A set of fields as the API server keeps it in `metadata.managedFields` (`fieldsV1`): `f:name` is a field, `k:{…}` an
 * item of a list by its keys, `v:…` an item of a set, `.` the thing itself. A node without any of them is a leaf: a
 * scalar, or a map or list that is owned as a whole.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export type FieldNode = JsonObject;

export const LAST_APPLIED_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** Managers under which kubectl and Argo CD apply client-side. */
const CLIENT_SIDE_MANAGERS: readonly string[] = [
  "kubectl-client-side-apply",
  "before-first-apply",
  FIELD_MANAGER,
];

/** What our manager owns by server-side apply, or `undefined` when it never applied the object so. */
export function appliedFields(live: Pick<LiveManifest, "object">): FieldNode | undefined {
  const ours = managedFields(live).filter(
    (entry) => entry["manager"] === FIELD_MANAGER && entry["operation"] === "Apply",
  );
  return unionOf(ours);
}

/** What anybody owns: says which lists go by keys, where no schema is at hand. */
export function allManagedFields(live: Pick<LiveManifest, "object">): FieldNode | undefined {
  return unionOf(managedFields(live));
}

/** Who owns what, one entry a manager and operation, with when it last wrote. */
export function managersOf(live: Pick<LiveManifest, "object">): readonly FieldManager[] {
  return managedFields(live).map((entry) => ({
    manager: stringAt(entry, "manager") ?? "",
    time: stringAt(entry, "time") ?? "",
    fields: isJsonObject(entry["fieldsV1"]) ? entry["fieldsV1"] : {},
  }));
}

export interface FieldManager {
  readonly manager: string;
  /** RFC 3339; `""` where it is not said. */
  readonly time: string;
  readonly fields: FieldNode;
}

/**
 * Whether fields belong to somebody who applied client-side. They have to be moved to our manager before the first
 * server-side apply, or fields that Git drops would stay in the cluster for ever.
 */
export function hasClientSideOwners(live: Pick<LiveManifest, "object">): boolean {
  return managedFields(live).some(
    (entry) =>
      entry["operation"] === "Update" && CLIENT_SIDE_MANAGERS.includes(stringAt(entry, "manager") ?? ""),
  );
}

/** What was last applied client-side, or `undefined` where that is not recorded or cannot be read. */
export function lastAppliedOf(live: Pick<LiveManifest, "object">): JsonObject | undefined {
  const text = annotationOf(live, LAST_APPLIED_ANNOTATION);
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function childField(node: FieldNode | undefined, name: string): FieldNode | undefined {
  const child = node?.[`f:${name}`];
  return isJsonObject(child) ? child : undefined;
}

/** Names of the fields a node lists, without those that only stand for the node itself. */
export function childNames(node: FieldNode): readonly string[] {
  return Object.keys(node)
    .filter((key) => key.startsWith("f:"))
    .map((key) => key.slice(2));
}

/** A leaf is owned as a whole, whatever is inside. */
export function isLeaf(node: FieldNode): boolean {
  for (const key in node) if (key !== ".") return false;
  return true;
}

/** Items of a keyed list: canonical JSON of the keys → what is owned of the item. */
export function keyedItems(node: FieldNode | undefined): ReadonlyMap<string, FieldNode> {
  const items = new Map<string, FieldNode>();
  for (const [key, child] of Object.entries(node ?? {})) {
    if (!key.startsWith("k:") || !isJsonObject(child)) continue;
    const keys = parsed(key.slice(2));
    if (keys !== undefined) items.set(canonicalJson(keys), child);
  }
  return items;
}

/** The keys by which a list's items are told apart, or `undefined` where it does not go by keys. */
export function itemKeys(node: FieldNode | undefined): readonly string[] | undefined {
  for (const key in node) {
    if (!key.startsWith("k:")) continue;
    const keys = parsed(key.slice(2));
    if (isJsonObject(keys)) return Object.keys(keys);
  }
  return undefined;
}

/** Items of a set, or `undefined` where the list is none. */
export function setItems(node: FieldNode | undefined): readonly JsonValue[] | undefined {
  const items = Object.keys(node ?? {})
    .filter((key) => key.startsWith("v:"))
    .map((key) => parsed(key.slice(2)));
  return items.length === 0 ? undefined : items.filter((item) => item !== undefined);
}

/**
 * Whether any field of the node has a value in `live`: if not, there is nothing to remove. An empty map is a value: to be
 * there is all that some of them mean.
 */
export function hasOwnedValue(node: FieldNode, live: JsonValue | undefined): boolean {
  if (live === undefined || live === null) return false;
  if (isLeaf(node)) return true;
  return Object.entries(node).some(([key, child]) => {
    if (!isJsonObject(child)) return false;
    if (key.startsWith("f:")) return hasOwnedValue(child, valueAt(live, key.slice(2)));
    if (key.startsWith("k:")) return itemWith(live, parsed(key.slice(2))) !== undefined;
    return key.startsWith("v:") && includes(live, parsed(key.slice(2)));
  });
}

function itemWith(list: JsonValue, keys: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(keys)) return undefined;
  const names = Object.keys(keys);
  return arrayAt(list).find((item) => names.every((name) => equalJson(valueAt(item, name), keys[name])));
}

function includes(list: JsonValue, value: JsonValue | undefined): boolean {
  return arrayAt(list).some((item) => equalJson(item, value));
}

/** Entries for subresources (status, scale) are other people's business. */
function managedFields({ object }: Pick<LiveManifest, "object">): readonly JsonObject[] {
  return arrayAt(object, "metadata", "managedFields")
    .filter(isJsonObject)
    .filter((entry) => (stringAt(entry, "subresource") ?? "") === "");
}

function unionOf(entries: readonly JsonObject[]): FieldNode | undefined {
  const sets = entries.map((entry) => entry["fieldsV1"]).filter(isJsonObject);
  const [first, ...others] = sets;
  return first === undefined ? undefined : others.reduce(merge, first);
}

function merge(a: FieldNode, b: FieldNode): FieldNode {
  const merged: Record<string, JsonValue> = { ...a };
  for (const [key, child] of Object.entries(b)) {
    const other = merged[key];
    merged[key] = isJsonObject(other) && isJsonObject(child) ? merge(other, child) : child;
  }
  return merged;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
