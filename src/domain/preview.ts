import type { SyncStatus } from "./comparison.ts";
import type { Health } from "./health.ts";
import type { ObjectDiff } from "./manifest-diff.ts";
import type { Problem } from "./problem.ts";
import type { RemovalEffect } from "./resources-finalizer.ts";
import type { SyncTaskSummary } from "./sync-task.ts";

/** What a pull request does to the Applications it touches, ready to be put into words. Holds nothing to be masked. */
export interface Preview {
  readonly base: { readonly branch: string; readonly sha: string };
  readonly headSha: string;
  /** By namespace/name. Only affected ones. */
  readonly applications: readonly ApplicationPreview[];
  /** How many Applications read this repository in all, affected or not. */
  readonly applicationsConsidered: number;
  /** Why nothing could be previewed at all (merge conflict, unreachable repository); then `applications` is empty. */
  readonly problem?: Problem;
  /** Definitions that could not be read, and other warnings that belong to no Application. */
  readonly warnings: readonly Problem[];
  /** It affects more Applications than the repository's file lets pass unasked. */
  readonly brake?: Brake;
}

export interface Brake {
  readonly applicationsMax: number;
  /** Whether somebody who may write let exactly this change pass. */
  readonly state: "held" | "confirmed";
}

export interface ApplicationPreview {
  readonly namespace: string;
  readonly name: string;
  readonly project: string;
  /** Cluster and namespace, in words. */
  readonly destination: string;
  /** What becomes of the Application itself; `kept` when only its objects change. */
  readonly definition: "kept" | "added" | "removed" | "modified";
  /** What would become of its objects, were the Application removed. */
  readonly onRemoval: RemovalEffect;
  /** Why it is affected: a few of the changed paths it reads. */
  readonly because: readonly string[];
  /** (a) What this pull request changes: base tip against merge result. */
  readonly effect: Outcome<readonly ObjectDiff[]>;
  /** (b) What the cluster already differs in, whoever merges; absent when live state was not asked for. */
  readonly drift?: Outcome<Drift>;
  /** (c) What a sync would do after the merge; absent when live state was not asked for. */
  readonly dryRun?: Outcome<DryRun>;
  /** Digest of the render at the merge result; `""` when it did not render. */
  readonly digest: string;
  /** Why it cannot be synced by us yet, by field; empty when it can. */
  readonly previewOnly: readonly string[];
  readonly automated: boolean;
  readonly warnings: readonly string[];
}

export type Outcome<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "failed"; readonly problem: Problem };

export interface Drift {
  /** Commit that live was compared with. */
  readonly revision: string;
  readonly sync: SyncStatus;
  readonly health: Health;
  /** Live before, target after: what a sync would bring back. */
  readonly objects: readonly ObjectDiff[];
}

export interface DryRun {
  readonly tasks: readonly SyncTaskSummary[];
  readonly guardDigest: string;
  /** Objects the API server would not accept, with its own (scrubbed) words. */
  readonly rejected: readonly { readonly object: string; readonly message: string }[];
  /** Objects that cannot be tried yet because their Namespace or CRD does not exist. */
  readonly untried: readonly string[];
}
