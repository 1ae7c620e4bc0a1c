import type { JsonObject } from "../domain/json.ts";
import type { LiveManifest, Manifest } from "../domain/manifest.ts";
import type { ResourceKey } from "../domain/resource-key.ts";

/**
 * The only way to change a cluster; only `reconciler/write-door.ts` may hold it. Each method is one request (retried
 * where that is safe), as field manager `argocd-controller`.
 *
 * Errors: OperationError ApplyRejected, ApplyConflict, ClusterUnreachable, ClusterDenied, PreconditionFailed.
 */
export interface ClusterWrites {
  /** Server-side apply, conflicts forced. Creates what is missing. */
  apply(target: Manifest, options: WriteOptions): Promise<LiveManifest>;
  create(target: Manifest, options: WriteOptions): Promise<LiveManifest>;
  /** `kubectl replace`: the whole object, with the live resourceVersion. */
  replace(target: Manifest, options: WriteOptions): Promise<LiveManifest>;
  /**
   * Deletes the object only if its UID is still this one.
   * @returns `absent` when it was already gone or another object has its name now.
   */
  delete(key: ResourceKey, options: DeleteOptions): Promise<"deleted" | "absent">;
  /** JSON merge patch with a resourceVersion precondition: for metadata we alone own (ownership, hook finalizers). */
  patchMetadata(key: ResourceKey, patch: JsonObject): Promise<LiveManifest>;
  /**
   * Moves fields last applied client-side (kubectl, Argo CD) to our manager, so that removed fields leave.
   * @returns whether there was anything to move.
   */
  migrateOwnership(live: LiveManifest): Promise<boolean>;
}

export interface WriteOptions {
  readonly validate: "strict" | "ignore";
}

export interface DeleteOptions {
  readonly uid: string;
  readonly propagation: "Foreground" | "Background" | "Orphan";
}
