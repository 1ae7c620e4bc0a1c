import {
  arrayAt,
  equalJson,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
} from "../../domain/json.ts";
import { equalSets } from "./field-set.ts";
import { setAt } from "./json-edit.ts";
import type { KnownKind } from "./kind-registry.ts";
import { type FieldManager, isSameManager, managedFieldsOf } from "./managed-fields.ts";
import type { StoredObject } from "./object-store.ts";
import type { ServerState } from "./prepare-object.ts";
import type { OwnedObject } from "./server-side-apply.ts";

export interface Commit {
  readonly owned: OwnedObject;
  readonly persistence: Persistence;
  readonly subresource: FieldManager["subresource"];
}

export type Persistence = "stored" | "dryRun";

/**
 * Keeps an object that was prepared, with a new version, unless it is what was kept already. Removes it instead where
 * it was only waiting for its last finalizer.
 *
 * @returns the object as it is now, or would be.
 */
export function commitObject(
  state: ServerState,
  { kind, live }: { readonly kind: KnownKind; readonly live: StoredObject | undefined },
  { owned: { object, managers }, persistence, subresource }: Commit,
): StoredObject {
  if (live !== undefined && isUnchanged(live, object, managers)) return live;
  const resourceVersion = state.store.nextVersion();
  const metadata = {
    ...objectAt(object, "metadata"),
    ...(kind.hasGeneration ? { generation: nextGeneration(live, object, subresource) } : {}),
  };
  const stored: StoredObject = {
    key: keyOf(kind, object),
    kind,
    uid: stringAt(object, "metadata", "uid") ?? "",
    resourceVersion,
    object: {
      ...object,
      metadata: {
        ...metadata,
        ...versionField(live, resourceVersion, persistence),
        ...(managers.length === 0 ? {} : { managedFields: managedFieldsOf(managers) }),
      },
    },
    managers,
  };
  if (persistence === "dryRun") return stored;
  if (isFinished(stored.object)) state.store.remove(stored.key);
  else state.store.put(stored);
  return stored;
}

/** The object without what {@link commitObject} adds to it, for the next write to start from. */
export function withoutManagedFields({ object }: StoredObject): JsonObject {
  return setAt(object, ["metadata", "managedFields"], undefined);
}

/** Deleted, and nothing holds it any more. */
export function isFinished(object: JsonObject): boolean {
  return (
    stringAt(object, "metadata", "deletionTimestamp") !== undefined &&
    stringAt(object, "kind") !== "Pod" &&
    arrayAt(object, "metadata", "finalizers").length === 0 &&
    !(stringAt(object, "kind") === "Namespace" && arrayAt(object, "spec", "finalizers").length > 0)
  );
}

function keyOf(kind: KnownKind, object: JsonObject): StoredObject["key"] {
  return {
    group: kind.group,
    kind: kind.kind,
    namespace: kind.namespaced ? (stringAt(object, "metadata", "namespace") ?? "") : "",
    name: stringAt(object, "metadata", "name") ?? "",
  };
}

/** What a dry run would create has no version yet; what it would change keeps its own. */
function versionField(
  live: StoredObject | undefined,
  resourceVersion: number,
  persistence: Persistence,
): JsonObject {
  if (persistence === "stored") return { resourceVersion: String(resourceVersion) };
  return live === undefined ? {} : { resourceVersion: String(live.resourceVersion) };
}

function isUnchanged(live: StoredObject, object: JsonObject, managers: readonly FieldManager[]): boolean {
  return equalJson(withoutManagedFields(live), object) && isSameOwnership(live.managers, managers);
}

/** Times of entries do not count: an apply that changes nothing is no change. */
function isSameOwnership(before: readonly FieldManager[], after: readonly FieldManager[]): boolean {
  return (
    before.length === after.length &&
    after.every((entry) => {
      const old = before.find((other) => isSameManager(other, entry));
      return old !== undefined && old.apiVersion === entry.apiVersion && equalSets(old.fields, entry.fields);
    })
  );
}

/** Counts changes of what is wanted: everything but metadata and status; of a Deployment also its annotations. */
function nextGeneration(
  live: StoredObject | undefined,
  object: JsonObject,
  subresource: FieldManager["subresource"],
): number {
  if (live === undefined) return 1;
  const before = numberAt(live.object, "metadata", "generation") ?? 1;
  if (subresource === "status") return before;
  const changes = [
    [valueAt(live.object, "metadata", "deletionTimestamp"), valueAt(object, "metadata", "deletionTimestamp")],
    [wanted(live.object), wanted(object)],
    ...(live.kind.kind === "Deployment" && live.kind.group === "apps"
      ? [[valueAt(live.object, "metadata", "annotations"), valueAt(object, "metadata", "annotations")]]
      : []),
  ];
  return changes.every(([old, now]) => equalJson(old, now)) ? before : before + 1;
}

function wanted(object: JsonObject): JsonObject {
  const { metadata: _metadata, status: _status, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}
