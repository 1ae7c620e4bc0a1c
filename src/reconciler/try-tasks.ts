import type { TaskResult } from "../domain/operation.ts";
import type { ResourceKey } from "../domain/resource-key.ts";
import type { SyncTask } from "../domain/sync-task.ts";
import { taskId } from "../domain/task-outcome.ts";
import { isStaged, type Trial, trialsOf } from "../domain/trial.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ServerDryRun } from "../ports/server-dry-run.ts";

/** How a task fared when it was tried. */
export type Tried =
  | { readonly kind: "accepted" }
  | { readonly kind: "rejected"; readonly key: ResourceKey; readonly message: string }
  | { readonly kind: "untried"; readonly key: ResourceKey };

/** What is missing now and comes with the sync itself cannot be tried before. */
const NOT_YET: ReadonlySet<string> = new Set(["NamespaceMissing", "KindUnknown"]);

/** Has the API server judge every write of a plan, without its writing anything. @throws OperationError what may pass */
export async function tryTasks(tasks: readonly SyncTask[], dryRun: ServerDryRun): Promise<readonly Tried[]> {
  const { trials, untried } = trialsOf(tasks);
  return [
    ...(await Promise.all(trials.map((trial) => tryOne(trial, dryRun)))),
    ...untried.map(({ key }): Tried => ({ kind: "untried", key })),
  ];
}

async function tryOne({ task, target, inWords }: Trial, dryRun: ServerDryRun): Promise<Tried> {
  const { key } = task;
  try {
    await dryRun.dryRunApply(target, { validate: task.apply.validate });
    return { kind: "accepted" };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if (NOT_YET.has(error.reason)) return { kind: "untried", key };
    if (error.retryable) throw error;
    return { kind: "rejected", key, message: inWords(error.remedy) };
  }
}

/**
 * What the server would refuse of a sync of several steps, found out before the first of them (argocd-behaviour §6.3): no
 * migration runs for a Deployment that has no chance. Only what is wrong with an object itself counts; quota, admission
 * and permissions may be other by the time its turn comes.
 */
export async function refusedBeforehand(
  tasks: readonly SyncTask[],
  dryRun: ServerDryRun,
): Promise<readonly TaskResult[]> {
  if (!isStaged(tasks)) return [];
  const { trials } = trialsOf(tasks);
  const results = await Promise.all(trials.map((trial) => refusalOf(trial, dryRun)));
  return results.filter((result) => result !== undefined);
}

async function refusalOf(
  { task, target, inWords }: Trial,
  dryRun: ServerDryRun,
): Promise<TaskResult | undefined> {
  try {
    await dryRun.dryRunApply(target, { validate: task.apply.validate });
    return undefined;
  } catch (error) {
    // Whatever else is the matter, the sync itself will meet it, and knows what to do.
    if (!(error instanceof OperationError) || error.reason !== "ApplyRejected") return undefined;
    if (MAY_CHANGE.test(error.remedy)) return undefined;
    const message = inWords(`${error.title}. ${error.remedy}`);
    return { task: taskId(task), phase: task.phase, status: "SyncFailed", message, uid: "" };
  }
}

/** Admission's words, not the schema's. */
const MAY_CHANGE = /is forbidden|denied (the )?request|calling webhook/;
