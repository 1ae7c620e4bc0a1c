import type { TargetManifest } from "./manifest.ts";

/** What an Application should be at given revisions: rendered, completed (namespaces, tracking), duplicates resolved. */
export interface TargetState {
  /** Commit SHA of each source, in the order of `spec.sources`. */
  readonly revisions: readonly string[];
  /** Hooks included; no two with the same key. */
  readonly manifests: readonly TargetManifest[];
  /**
   * Binds what was shown to what is synced: over the sorted digests of all documents, or over the render's input key
   * where a template asked for randomness.
   */
  readonly digest: string;
  /** Some template asked for randomness or the clock: two renders may differ although nothing was changed. */
  readonly isDeterministic: boolean;
  readonly warnings: readonly string[];
}
