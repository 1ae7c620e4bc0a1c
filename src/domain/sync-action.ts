import type { LiveManifest } from "./manifest.ts";
import type { ResourceKey } from "./resource-key.ts";
import type { SyncTask } from "./sync-task.ts";
import type { OutcomeInput, TaskOutcome } from "./task-outcome.ts";

export interface SyncStepInput extends OutcomeInput {
  readonly instanceName: string;
  /** The plan's, in order. After a restart the plan is made anew: tasks and results are matched by name. */
  readonly tasks: readonly SyncTask[];
  readonly syncOptions: readonly string[];
  /** A deletion is over once everything is gone, a sync of one wave once everything is applied. */
  readonly purpose: "sync" | "deletion";
  /** Objects whose deletion was asked for in this attempt, though the cluster may not show it yet. */
  readonly deletedUids: ReadonlySet<string>;
  /** The 3 seconds are over in which a CRD just applied may become established. */
  readonly isDoneWaitingForDefinitions: boolean;
}

/** What is to be done next. */
export type SyncStep =
  | {
      readonly kind: "act";
      /** One group after the other; what is in a group, in parallel. */
      readonly groups: readonly (readonly SyncAction[])[];
    }
  | {
      readonly kind: "wait";
      readonly for: readonly ResourceKey[];
      readonly message: string;
      /** Set where waiting is only a courtesy. */
      readonly timeoutMs?: number;
    }
  | {
      readonly kind: "finished";
      readonly phase: "Succeeded" | "Failed";
      readonly message: string;
      /** Hooks to be deleted now that the whole sync has ended so. */
      readonly hooksToDelete: readonly LiveManifest[];
    };

export type SyncAction =
  | { readonly kind: "apply"; readonly task: Extract<SyncTask, { action: "create" | "update" }> }
  | { readonly kind: "prune"; readonly task: Extract<SyncTask, { action: "prune" }> }
  /** What an earlier run of a hook left behind. Our finalizer goes first, or it would never go. */
  | { readonly kind: "deleteHook"; readonly live: LiveManifest };

/** A task, and how far it is. */
export interface TaskState {
  readonly task: SyncTask;
  readonly outcome: TaskOutcome;
}
