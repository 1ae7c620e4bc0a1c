import type { Health } from "./health.ts";
import type { LiveManifest, TargetManifest } from "./manifest.ts";
import type { ResourceKey } from "./resource-key.ts";

export type SyncStatus = "Synced" | "OutOfSync" | "Unknown";

/** One object of an Application: target against live. */
export interface ComparedResource {
  readonly key: ResourceKey;
  readonly target?: TargetManifest;
  readonly live?: LiveManifest;
  /** Absent for hooks, skipped and not self-referenced objects: they do not count. */
  readonly status?: SyncStatus;
  /**
   * Paths (JSON pointers) of target fields whose live value differs, sorted; empty unless both sides exist. Of an
   * undecided object: those that the server may not know, and drop.
   */
  readonly differingFields: readonly string[];
  /** The live object is ours, has no target any more, and would be pruned if pruning were allowed. */
  readonly requiresPruning: boolean;
  readonly isHook: boolean;
  /** Cannot be decided from what is known: one dry run by the server settles it. Counted as Synced until then. */
  readonly undecided: boolean;
  /** Our manager owns every field of the target: were it in sync, applying it again would change nothing. */
  readonly ownsTarget: boolean;
  /** Absent where the kind has no health, or the object does not exist. */
  readonly health?: Health;
}

export interface Comparison {
  readonly resources: readonly ComparedResource[];
  readonly sync: SyncStatus;
  readonly health: Health;
  /**
   * The destination's namespace, where the Application manages its labels and annotations and Git has no manifest of it.
   * None of the Application's objects: it has no health, is never pruned, and only its difference counts.
   */
  readonly destinationNamespace?: ComparedResource;
  /** What else the user should know, one sentence each: repeated, shared or excluded resources. */
  readonly warnings: readonly string[];
}

/** Everything that is OutOfSync, the destination's namespace first. */
export function differentResources({
  resources,
  destinationNamespace,
}: Pick<Comparison, "resources" | "destinationNamespace">): readonly ComparedResource[] {
  const all = destinationNamespace === undefined ? resources : [destinationNamespace, ...resources];
  return all.filter(({ status }) => status === "OutOfSync");
}
