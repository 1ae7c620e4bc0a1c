import type { Health } from "../domain/health.ts";
import type { LiveManifest } from "../domain/manifest.ts";
import { isDeletion, type TaskResult } from "../domain/operation.ts";
import { formatResourceKey, type GroupKind, type ResourceKey } from "../domain/resource-key.ts";
import type { SyncAction, SyncStep, SyncStepInput } from "../domain/sync-action.ts";
import { nextSyncStep } from "../domain/sync-step.ts";
import type { SyncTask } from "../domain/sync-task.ts";
import type { Clock } from "../ports/clock.ts";
import type { Turns } from "../ports/turns.ts";
import { type ChangeSignal, createChangeSignal } from "./change-signal.ts";
import { deleteHook, type Performer, performAction, releaseHook } from "./perform-action.ts";

/** Writes of one sync under way at once; the adapter limits those of a cluster. */
const WRITES_PARALLEL_MAX = 32;
/** A watch that says nothing is not the whole truth: it is looked again after this long. */
const LOOK_AGAIN_MS = 30_000;

export interface Execution {
  readonly tasks: readonly SyncTask[];
  readonly performer: Performer;
  readonly assess: (live: LiveManifest) => Health | undefined;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly signal: AbortSignal | undefined;
  /** Called after every step with all results so far and what is being waited for. */
  readonly onStep: (results: readonly TaskResult[], message: string) => void;
}

export interface ExecutionEnd {
  readonly phase: "Succeeded" | "Failed";
  readonly message: string;
  readonly results: readonly TaskResult[];
}

interface Progress {
  readonly results: Map<string, TaskResult>;
  isDoneWaitingForDefinitions: boolean;
}

/**
 * Carries out a plan, step by step, until the domain says that it is finished. Gated by watch events, not by time; may be
 * stopped at any line and called again with the results so far.
 */
export async function executePlan(execution: Execution, known: readonly TaskResult[]): Promise<ExecutionEnd> {
  const { tasks, performer, clock } = execution;
  const progress: Progress = {
    results: new Map(known.map((result) => [result.task, result])),
    isDoneWaitingForDefinitions: false,
  };
  const about = {
    instanceName: performer.passage.application.instanceName,
    keys: tasks.map(({ key }) => key),
  };
  const changes = createChangeSignal(performer.live, about, clock);
  try {
    for (;;) {
      await execution.turns.next();
      execution.signal?.throwIfAborted();
      const { step, settled, hooksToRelease } = nextSyncStep(inputOf(execution, progress));
      for (const result of settled) progress.results.set(result.task, result);
      await Promise.all(hooksToRelease.map((hook) => releaseHook(hook, performer)));
      if (step.kind === "finished") return await finish(step, performer, progress);
      if (step.kind === "act") await act(step.groups, execution, progress);
      execution.onStep([...progress.results.values()], step.kind === "wait" ? step.message : "");
      if (step.kind === "wait") await wait(step, { changes, execution, progress });
    }
  } finally {
    changes.stop();
  }
}

async function finish(
  step: Extract<SyncStep, { kind: "finished" }>,
  performer: Performer,
  { results }: Progress,
): Promise<ExecutionEnd> {
  await Promise.all(step.hooksToDelete.map((hook) => deleteHook(hook, performer)));
  return { phase: step.phase, message: step.message, results: [...results.values()] };
}

/** Group after group; after a refusal the groups that were to follow are left to the next step's judgement. */
async function act(
  groups: readonly (readonly SyncAction[])[],
  { performer, tasks }: Execution,
  { results }: Progress,
): Promise<void> {
  for (const group of groups) {
    const done = await inParallel(group, (action) => performAction(action, performer));
    for (const result of done) if (result !== undefined) results.set(result.task, result);
    if (done.some((result) => result?.status === "SyncFailed")) break;
  }
  // A CustomResourceDefinition just applied makes its kind watchable.
  await performer.live.watch(kindsOf(tasks));
}

async function wait(
  step: Extract<SyncStep, { kind: "wait" }>,
  {
    changes,
    execution,
    progress,
  }: { readonly changes: ChangeSignal; readonly execution: Execution; readonly progress: Progress },
): Promise<void> {
  const outcome = await changes.wait(step.timeoutMs ?? LOOK_AGAIN_MS, execution.signal);
  if (outcome === "timeout" && step.timeoutMs !== undefined) progress.isDoneWaitingForDefinitions = true;
}

function inputOf({ tasks, performer, assess }: Execution, progress: Progress): SyncStepInput {
  const { application, operation } = performer.passage;
  const live = liveByKey(performer, tasks);
  return {
    instanceName: application.instanceName,
    tasks,
    syncOptions: application.syncPolicy.syncOptions,
    purpose: isDeletion(operation) ? "deletion" : "sync",
    results: progress.results,
    live: (task) => live.get(formatResourceKey(task.key)),
    assess,
    attempt: performer.attempt,
    deletedUids: performer.deletedUids,
    isDoneWaitingForDefinitions: progress.isDoneWaitingForDefinitions,
  };
}

function liveByKey(
  { live, passage }: Performer,
  tasks: readonly SyncTask[],
): ReadonlyMap<string, LiveManifest> {
  const keys: readonly ResourceKey[] = tasks.map(({ key }) => key);
  const { objects } = live.managed(passage.application.instanceName, keys);
  return new Map(objects.map((object) => [formatResourceKey(object.key), object]));
}

function kindsOf(tasks: readonly SyncTask[]): readonly GroupKind[] {
  const kinds = new Map(tasks.map(({ key: { group, kind } }) => [`${group}/${kind}`, { group, kind }]));
  return [...kinds.values()];
}

/** Where one fails, those under way come to their end, and no other is begun: whoever called may begin anew. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const errors: unknown[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (errors.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(WRITES_PARALLEL_MAX, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
  return results;
}
