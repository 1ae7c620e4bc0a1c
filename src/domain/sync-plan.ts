import type { SyncTask } from "./sync-task.ts";

/** All tasks of a sync in execution order: phase, wave, prunes and kinds, name. Feeds preview and sync alike. */
export interface SyncPlan {
  readonly tasks: readonly SyncTask[];
  /** Problems that stop the whole sync before its first write, all at once. */
  readonly problems: readonly PlanProblem[];
  /** Names exactly the tasks that guards withheld, for `--confirm DIGEST`; `""` when there are none. */
  readonly guardDigest: string;
}

export interface PlanProblem {
  readonly kind:
    | "ForbiddenByProject"
    | "UnknownKind"
    | "MissingNamespace"
    | "SharedResource"
    | "NamespaceNotManaged"
    /** An object without kind, apiVersion or name. */
    | "InvalidObject"
    /** Child Applications and the like: previewed, not carried out yet. */
    | "NotSupported";
  /** In words, with the object's name; one sentence. */
  readonly message: string;
}
