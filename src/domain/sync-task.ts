import type { LiveManifest, TargetManifest } from "./manifest.ts";
import type { ResourceKey } from "./resource-key.ts";

/**
 * Argo CD's phases in the order they run; `SyncFail` only when something before it failed, and those of deletion only when
 * the Application itself goes.
 */
export const SYNC_PHASES = ["PreDelete", "PreSync", "Sync", "PostSync", "PostDelete", "SyncFail"] as const;
export type SyncPhase = (typeof SYNC_PHASES)[number];

/** What becomes of one object in one phase of a sync. */
export type SyncTask = SyncTaskPlace & SyncTaskAction;

export interface SyncTaskPlace {
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly key: ResourceKey;
  /** As it is written to or read from the server, e.g. `apps/v1`. */
  readonly apiVersion: string;
  /** Present for hooks: they are created anew each time, and deleted as their policies say. */
  readonly hook?: { readonly deletePolicies: readonly HookDeletePolicy[] };
}

export type SyncTaskAction =
  | { readonly action: "create"; readonly target: TargetManifest; readonly apply: ApplyMode }
  | {
      readonly action: "update";
      readonly target: TargetManifest;
      readonly live: LiveManifest;
      readonly apply: ApplyMode;
    }
  | { readonly action: "prune"; readonly live: LiveManifest }
  /** `target` and `live` as far as they exist: what would have been done is still shown, and may be confirmed. */
  | {
      readonly action: "skip";
      readonly reason: SkipReason;
      readonly target?: TargetManifest;
      readonly live?: LiveManifest;
    };

export type HookDeletePolicy = "HookSucceeded" | "HookFailed" | "BeforeHookCreation";

/** How an object is written. `replace` also serves `Replace=true` on an object that does not exist (a plain create). */
export interface ApplyMode {
  readonly method: "apply" | "replace" | "recreate";
  readonly validate: "strict" | "ignore";
  /** `SkipDryRunOnMissingResource=true`: an unknown kind is no error before its CRD is there. */
  readonly skipMissingKind: boolean;
  /** `Force=true`: deleted and created anew where the server refuses to change an immutable field. */
  readonly fallback?: "recreate";
}

/**
 * Why a task is withheld. The first group is final; those of the second are guards that `--confirm DIGEST` lifts once
 * they were shown (reliability-security §3.4).
 */
export type SkipReason =
  | "InSync"
  | "HookSkipped"
  /** A hook without BeforeHookCreation that is still there: not run again, its outcome counts. */
  | "HookExists"
  | "PruneDisabled"
  | "PruneProtected"
  | "NotSelected"
  | "NotSelfReferenced"
  | "KindForbidden"
  | GuardReason;

export type GuardReason =
  | "PruneBudgetExceeded"
  | "ProtectedKind"
  | "EmptyTarget"
  | "StaleLiveState"
  | "ClusterIdentityChanged"
  /** `Prune=confirm`. */
  | "ConfirmationRequired"
  /** The one guard that nobody lifts. */
  | "OwnedByAnotherApplication";

/** What `plumbline sync --dry-run -o json` prints for each task, in execution order. */
export interface SyncTaskSummary {
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly action: SyncTaskAction["action"];
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly reason?: SkipReason;
}
