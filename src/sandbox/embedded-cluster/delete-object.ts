import { arrayAt, type JsonObject, stringAt } from "../../domain/json.ts";
import type { ResourceKey } from "../../domain/resource-key.ts";
import { ApiFailure } from "./api-failure.ts";
import { commitObject, isFinished, withoutManagedFields } from "./commit-object.ts";
import { setAt } from "./json-edit.ts";
import type { StoredObject } from "./object-store.ts";
import { type ServerState, timestamp } from "./prepare-object.ts";

export interface Deletion {
  /** The object must still have this UID. */
  readonly uid?: string;
  readonly propagation: Propagation;
}

export type Propagation = "Foreground" | "Background" | "Orphan";

/** Finalizers by which the garbage collector is asked to look after the dependents first. */
export const DEPENDENTS_FINALIZERS = {
  Foreground: "foregroundDeletion",
  Orphan: "orphan",
} as const;

/** A deleted definition waits with this until the objects of its kind are gone. */
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

/**
 * Deletes an object, or marks it deleted where finalizers, dependents or a pod's grace period keep it for now.
 *
 * @throws ApiFailure NotFound, Conflict (another UID)
 */
export function deleteObject(state: ServerState, key: ResourceKey, { uid, propagation }: Deletion): void {
  const live = state.store.get(key);
  if (live === undefined) throw new ApiFailure("NotFound", `"${key.name}" not found`);
  if (uid !== undefined && uid !== live.uid) {
    throw new ApiFailure(
      "Conflict",
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.uid}`,
    );
  }
  const marked = markDeleted(state, live, propagation);
  if (isFinished(marked)) {
    state.store.remove(key);
    return;
  }
  commitObject(
    state,
    { kind: live.kind, live },
    {
      owned: { object: marked, managers: live.managers },
      persistence: "stored",
      subresource: "",
    },
  );
}

function markDeleted(state: ServerState, live: StoredObject, propagation: Propagation): JsonObject {
  const object = withoutManagedFields(live);
  const finalizers = arrayAt(object, "metadata", "finalizers");
  const own = [
    ...(propagation === "Background" ? [] : [DEPENDENTS_FINALIZERS[propagation]]),
    ...(live.kind.kind === "CustomResourceDefinition" ? [CLEANUP_FINALIZER] : []),
  ].filter((name) => !finalizers.includes(name));
  const held = own.length === 0 ? object : setAt(object, ["metadata", "finalizers"], [...finalizers, ...own]);
  if (stringAt(object, "metadata", "deletionTimestamp") !== undefined) return held;
  const dated = setAt(held, ["metadata", "deletionTimestamp"], timestamp(state.now()));
  const graceful = setAt(dated, ["metadata", "deletionGracePeriodSeconds"], 0);
  return live.kind.kind === "Namespace" ? setAt(graceful, ["status", "phase"], "Terminating") : graceful;
}
