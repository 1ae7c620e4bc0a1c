import type { SyncStatus } from "./comparison.ts";
import type { Health } from "./health.ts";
import type { Operation } from "./operation.ts";
import type { Problem } from "./problem.ts";
import type { ResourceKey } from "./resource-key.ts";

/** What is known of an Application at this moment, ready to be put into words. */
export interface ApplicationStatus {
  readonly namespace: string;
  readonly name: string;
  /** Cluster and namespace, in words. */
  readonly destination: string;
  /** Commit SHA of each source that was compared; empty before the first comparison. */
  readonly revisions: readonly string[];
  readonly sync: SyncStatus;
  readonly health: Health;
  /** Why it cannot be told, or not be rendered; then sync and health are Unknown. */
  readonly problem?: Problem;
  /** The running operation, or the last one. */
  readonly operation?: Operation;
  /** Objects that are not as Git wants them, at most a few; `outOfSyncCount` counts them all. */
  readonly outOfSync: readonly ResourceKey[];
  readonly outOfSyncCount: number;
  /** The first object that is Degraded or Unknown, with its own words. */
  readonly firstUnhealthy?: { readonly key: ResourceKey; readonly health: Health };
  readonly isAutomated: boolean;
  /** Why it is not synced by itself just now, in words; `""` when nothing is in the way. */
  readonly waitsFor: string;
  /** Names the inputs and the documents of the render at `revisions`. */
  readonly inputKey: string;
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly observedAt: number;
  /** Set once its definition is gone: nothing of the above is looked at any more. */
  readonly removal?: Removal;
}

/** What becomes of an Application that is defined no more. */
export interface Removal {
  /** `waiting`: its objects stay for now, the message says why. */
  readonly phase: "waiting" | "deleting" | "done";
  /** In words. */
  readonly message: string;
}

/** Whether the Application has arrived: as Git wants it, running, nothing under way; or gone, if Git wants it gone. */
export function hasArrived({ sync, health, operation, removal }: ApplicationStatus): boolean {
  if (removal !== undefined) return removal.phase === "done";
  return sync === "Synced" && health.status === "Healthy" && operation?.phase !== "Running";
}

/** Whether it has failed in a way that time alone will not mend. */
export function hasFailed({ health, operation, problem, removal }: ApplicationStatus): boolean {
  if (problem !== undefined) return !problem.retryable;
  if (operation?.phase === "Running" || removal?.phase === "waiting") return false;
  return health.status === "Degraded" || operation?.phase === "Failed" || operation?.phase === "Error";
}
