import type { JsonObject } from "../domain/json.ts";
import type { LiveManifest, Manifest } from "../domain/manifest.ts";
import type { ResourceKey } from "../domain/resource-key.ts";

/**
 * The only way to change a cluster; only `reconciler/write-door.ts` may hold it. Each method is one request (retried
 * where that is safe), as field manager `argocd-controller`, unless it says otherwise.
 *
 * Errors: OperationError ApplyRejected, ApplyConflict, KindUnknown, NamespaceMissing, NamespaceTerminating, ApplyFailed,
 * ClusterUnreachable, ClusterThrottled, ClusterDenied, PreconditionFailed, ObjectExists.
 */
export interface ClusterWrites {
  /**
   * Server-side apply; creates what is missing. Fields that other managers set otherwise are taken over, or where
   * conflicts are refused nothing is written, and the error (ApplyConflict) names those managers.
   */
  apply(target: Manifest, options: ApplyOptions): Promise<LiveManifest>;
  /**
   * The object must not exist yet (ObjectExists); honours `metadata.generateName`. Not retried after a connection broke
   * in the middle: it may have been carried out.
   */
  create(target: Manifest, options: WriteOptions): Promise<LiveManifest>;
  /** `kubectl replace`: the whole object, with the live resourceVersion, read just before unless the target has one. */
  replace(target: Manifest, options: WriteOptions): Promise<LiveManifest>;
  /**
   * Deletes the object only if its UID is still this one.
   * @returns `absent` when it was already gone or another object has its name now; `deleted` when the server took the
   *   request: finalizers and foreground deletion may keep the object for a while.
   */
  delete(key: ResourceKey, options: DeleteOptions): Promise<"deleted" | "absent">;
  /**
   * JSON merge patch of the object's `metadata`: for metadata we alone own (ownership, hook finalizers).
   * With a `resourceVersion` in the patch it fails (PreconditionFailed) when the object has another one; without, the
   * present one is read and used. Written as field manager `plumbline`, so that no apply of ours removes it.
   */
  patchMetadata(key: ResourceKey, patch: JsonObject): Promise<LiveManifest>;
  /**
   * Moves fields last applied client-side (kubectl, Argo CD) to our manager, so that removed fields leave. Reads the
   * object anew; nothing is moved if it is not the one with that UID.
   * @returns whether there was anything to move.
   */
  migrateOwnership(live: Pick<LiveManifest, "key" | "uid">): Promise<boolean>;
}

export interface WriteOptions {
  readonly validate: "strict" | "ignore";
}

export interface ApplyOptions extends WriteOptions {
  /** Absent: forced. */
  readonly conflicts?: "refused";
}

export interface DeleteOptions {
  readonly uid: string;
  readonly propagation: "Foreground" | "Background" | "Orphan";
}

/** Hands out the writes of a cluster by its server URL. Held by the write door alone. */
export interface ClusterWriters {
  writesTo(server: string): ClusterWrites;
}
