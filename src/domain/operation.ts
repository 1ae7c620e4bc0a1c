import type { Heals } from "./contested.ts";
import type { SyncPhase } from "./sync-task.ts";

/** One sync of one Application, or its deletion: the durable intent, and how far it got. Kept in the journal as JSON. */
export interface Operation {
  readonly id: string;
  /** `namespace/name`. */
  readonly application: string;
  readonly request: OperationRequest;
  readonly phase: OperationPhase;
  readonly message: string;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** Attempts that failed and were followed by a retry. */
  readonly retryCount: number;
  /** Milliseconds since the epoch; set while waiting between attempts. */
  readonly nextAttemptAt?: number;
  readonly results: readonly TaskResult[];
  /** UID of the destination's kube-system namespace: another cluster behind the same address is noticed by it. */
  readonly clusterIdentity?: string;
  /** Ordinary objects that were wanted: a much smaller render later is a reason to ask before pruning. */
  readonly syncedCount?: number;
}

export interface OperationRequest {
  /** Commit SHA of each source: pinned before the first write. */
  readonly revisions: readonly string[];
  readonly prune: boolean;
  /** Guard digest the user confirmed; `""` for none. */
  readonly confirm: string;
  /** Only these; empty for all. Selective syncs run no hooks and write no history. */
  readonly resources: readonly string[];
  /** Digest of the target state that was shown, or `""` when nothing was. */
  readonly digest: string;
  readonly initiator: Initiator;
  /** Names all inputs of the render that is synced. */
  readonly inputKey?: string;
  /** `definitionKeyOf` of the Application that was synced: with another one the same revision is tried anew. */
  readonly definition?: string;
  /** How many times in a row self-heal has tried; 0 for others. */
  readonly selfHealAttempts: number;
  /** What self-heal has healed in a row, this time included; absent for others. */
  readonly heals?: Heals;
}

export type Initiator =
  | { readonly kind: "automated" }
  | {
      readonly kind: "command";
      readonly login: string;
      readonly commentId: number;
      readonly repository: string;
      readonly number: number;
    }
  | { readonly kind: "cli" }
  /** The definition is gone, and its finalizer says that the objects go with it. */
  | { readonly kind: "removal" };

/** An operation that is about to begin: its intent, and nothing done yet. */
export function newOperation(
  intent: Pick<Operation, "id" | "application" | "request" | "startedAt">,
): Operation {
  return { ...intent, phase: "Running", message: "", retryCount: 0, results: [] };
}

/** Whether it deletes an Application's objects, and syncs nothing. */
export function isDeletion({ request }: Pick<Operation, "request">): boolean {
  return request.initiator.kind === "removal";
}

/** Argo CD's words. `Running` with `nextAttemptAt` waits for its next attempt. */
export type OperationPhase = "Running" | "Succeeded" | "Failed" | "Error";

export interface TaskResult {
  /** `formatResourceKey`, prefixed with the phase: one a task. */
  readonly task: string;
  readonly phase: SyncPhase;
  readonly status: "Synced" | "SyncFailed" | "Pruned" | "PruneSkipped";
  /** Scrubbed. */
  readonly message: string;
  /** Of the object written, to recognise it after a restart. */
  readonly uid: string;
  /** What health, or the object's absence, said of it in the end; absent while that is waited for. */
  readonly outcome?: "Succeeded" | "Failed";
}
