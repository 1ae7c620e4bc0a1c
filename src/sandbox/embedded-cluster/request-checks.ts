import { type JsonObject, objectAt, stringAt } from "../../domain/json.ts";
import type { ResourceKey } from "../../domain/resource-key.ts";
import { ApiFailure } from "./api-failure.ts";
import type { KnownKind } from "./kind-registry.ts";
import type { StoredObject } from "./object-store.ts";
import type { ServerState } from "./prepare-object.ts";

/** The kind an object is of. @throws ApiFailure KindUnknown, also where the version is not served. */
export function servedKind(state: ServerState, object: JsonObject): KnownKind {
  const apiVersion = stringAt(object, "apiVersion") ?? "";
  const kind = stringAt(object, "kind") ?? "";
  const found = state.kinds.findServed(apiVersion, kind);
  if (found === undefined) {
    throw new ApiFailure("KindUnknown", `no matches for kind "${kind}" in version "${apiVersion}"`);
  }
  return found;
}

/** Where an object of this kind is kept: cluster-scoped ones without a namespace, whatever they say. */
export function keyIn(kind: KnownKind, object: JsonObject): ResourceKey {
  return {
    group: kind.group,
    kind: kind.kind,
    namespace: kind.namespaced ? (stringAt(object, "metadata", "namespace") ?? "") : "",
    name: stringAt(object, "metadata", "name") ?? "",
  };
}

/** @throws ApiFailure NamespaceMissing, and NamespaceTerminating for new objects. */
export function requireNamespace(
  state: ServerState,
  kind: KnownKind,
  { key, isNew }: { readonly key: ResourceKey; readonly isNew: boolean },
): void {
  if (!kind.namespaced) return;
  const { namespace } = key;
  if (namespace === "") {
    throw new ApiFailure("BadRequest", "an empty namespace may not be set during creation");
  }
  const found = state.store.get({ group: "", kind: "Namespace", namespace: "", name: namespace });
  if (found === undefined) throw new ApiFailure("NamespaceMissing", `namespaces "${namespace}" not found`);
  if (isNew && stringAt(found.object, "metadata", "deletionTimestamp") !== undefined) {
    throw new ApiFailure(
      "NamespaceTerminating",
      `${kind.resource} "${key.name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }
}

/** A version or UID in the request is what the live object must still have. @throws ApiFailure with this reason */
export function requireSame(
  live: StoredObject | undefined,
  object: JsonObject,
  reason: "Conflict" | "FieldConflict",
): void {
  const { resourceVersion, uid } = objectAt(object, "metadata");
  const isOther =
    (resourceVersion !== undefined && resourceVersion !== String(live?.resourceVersion)) ||
    (uid !== undefined && uid !== live?.uid);
  if (!isOther) return;
  throw new ApiFailure(
    reason,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}
