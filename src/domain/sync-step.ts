import { hasHookFinalizer, isOfAttempt } from "./hook-marks.ts";
import type { LiveManifest } from "./manifest.ts";
import type { TaskResult } from "./operation.ts";
import { describeResource, formatResourceKey } from "./resource-key.ts";
import { isSameWave, runWave, waitFor } from "./run-wave.ts";
import type { SyncStep, SyncStepInput, TaskState } from "./sync-action.ts";
import { syncOption } from "./sync-options.ts";
import type { SyncTask } from "./sync-task.ts";
import { isPrune } from "./task-order.ts";
import { isLeaving, outcomeOf, taskId } from "./task-outcome.ts";
import { trackingOf } from "./tracking.ts";

export interface SyncStepResult {
  readonly step: SyncStep;
  /** Tasks whose outcome is known since the last step; to be saved. */
  readonly settled: readonly TaskResult[];
  /** Hooks whose outcome is known: they no longer need our finalizer. */
  readonly hooksToRelease: readonly LiveManifest[];
}

/**
 * The next step of a sync, by its plan, what was done and what the cluster says (argocd-behaviour §6.3). Waves wait for
 * the health of those before; a sync of one wave has succeeded once everything is applied. Nothing here knows of time:
 * it is asked again whenever something changed.
 */
export function nextSyncStep(input: SyncStepInput): SyncStepResult {
  const states = input.tasks.map((task) => ({ task, outcome: outcomeOf(task, input) }));
  const ordinary = states.filter(({ task }) => task.phase !== "SyncFail");
  const pendingIndex = ordinary.findIndex(({ outcome }) => outcome.kind === "pending");
  const pending = ordinary[pendingIndex]?.task;
  const awaited = ordinary.filter(
    pending === undefined ? awaitedAtTheEnd(input) : awaitedBefore(pending, pendingIndex, input),
  );
  const failed = [
    ...ordinary.filter(({ task, outcome }) => outcome.kind === "failed" && isWriteFailure(task, input)),
    ...awaited.filter(({ task, outcome }) => outcome.kind === "failed" && !isWriteFailure(task, input)),
  ];
  const step = failed.length > 0 ? failureStep(states, failed, input) : successStep(awaited, pending, input);
  const asked = failed.length > 0 ? states : awaited;
  return {
    step,
    settled: [
      ...asked.flatMap((state) => settledResult(state, input)),
      ...input.tasks.flatMap((task) => withheldPrune(task, input)),
    ],
    hooksToRelease: asked.flatMap((state) => releasable(state, input)),
  };
}

function successStep(
  awaited: readonly TaskState[],
  pending: SyncTask | undefined,
  input: SyncStepInput,
): SyncStep {
  const running = awaited.filter(({ outcome }) => outcome.kind === "running");
  if (running.length > 0) return waitFor(running);
  return pending === undefined
    ? finished("Succeeded", SUCCESS[input.purpose], input)
    : runWave(pending, input);
}

const SUCCESS = { sync: "successfully synced", deletion: "successfully deleted" } as const;

/** Hooks that run are let come to their end; then the hooks for failures run, and whatever they do, the sync failed. */
function failureStep(
  states: readonly TaskState[],
  failed: readonly TaskState[],
  input: SyncStepInput,
): SyncStep {
  const running = states.filter(({ task, outcome }) => task.hook !== undefined && outcome.kind === "running");
  if (running.length > 0) return waitFor(running);
  const hook = states.find(({ task, outcome }) => task.phase === "SyncFail" && outcome.kind === "pending");
  return hook === undefined ? finished("Failed", failureText(failed), input) : runWave(hook.task, input);
}

function failureText(failed: readonly TaskState[]): string {
  const [first] = failed;
  if (first === undefined) return "";
  const others = failed.length === 1 ? "" : `, and ${failed.length - 1} more failed`;
  return `${describeResource(first.task.key)}: ${first.outcome.kind === "pending" ? "" : first.outcome.message}${others}`;
}

/** What stands in an earlier wave than the next task does. */
function awaitedBefore(pending: SyncTask, pendingIndex: number, input: SyncStepInput) {
  return ({ task }: TaskState, index: number): boolean =>
    index < pendingIndex && !isSameWave(task, pending) && isAwaited(task, input);
}

/** After the last wave: hooks, and where there are some in it, prunes too, and in a sync of several waves all resources. */
function awaitedAtTheEnd(input: SyncStepInput) {
  if (input.purpose === "deletion") return ({ task }: TaskState): boolean => isAwaited(task, input);
  const last = input.tasks.findLast(({ phase }) => phase !== "SyncFail");
  const endsWithHooks = input.tasks.some(
    (task) => last !== undefined && isSameWave(task, last) && isRunningHook(task),
  );
  const isMulti = isMultiStep(input.tasks);
  return ({ task }: TaskState): boolean =>
    isAwaited(task, input) && (task.hook !== undefined || (endsWithHooks && (isMulti || isPrune(task))));
}

/** With ApplyOutOfSyncOnly, what is in sync is no part of the sync. */
function isAwaited(task: SyncTask, { syncOptions, results }: SyncStepInput): boolean {
  if (task.action !== "skip" || results.has(taskId(task))) return true;
  if (task.reason === "HookExists") return true;
  return task.reason === "InSync" && syncOption("ApplyOutOfSyncOnly", syncOptions) !== "true";
}

function isRunningHook(task: SyncTask): boolean {
  return task.hook !== undefined && !(task.action === "skip" && task.reason === "HookSkipped");
}

function isMultiStep(tasks: readonly SyncTask[]): boolean {
  const [first, last] = [tasks.at(0), tasks.at(-1)];
  return first !== undefined && last !== undefined && !isSameWave(first, last);
}

function isWriteFailure(task: SyncTask, { results }: SyncStepInput): boolean {
  return results.get(taskId(task))?.status === "SyncFailed";
}

function finished(phase: "Succeeded" | "Failed", message: string, input: SyncStepInput): SyncStep {
  const policy = phase === "Succeeded" ? "HookSucceeded" : "HookFailed";
  const hooks = new Map<string, LiveManifest>();
  for (const task of input.tasks) {
    const live = task.hook?.deletePolicies.includes(policy) === true ? input.live(task) : undefined;
    if (live === undefined || !isOurs(live, input.instanceName)) continue;
    const hasRun = input.results.has(taskId(task)) || outcomeOf(task, input).kind !== "pending";
    if (hasRun && isRunningHook(task) && !isLeaving(live, input.deletedUids)) {
      hooks.set(formatResourceKey(live.key), live);
    }
  }
  return { kind: "finished", phase, message, hooksToDelete: [...hooks.values()] };
}

function settledResult(
  { task, outcome }: TaskState,
  { results, live }: SyncStepInput,
): readonly TaskResult[] {
  if (outcome.kind !== "succeeded" && outcome.kind !== "failed") return [];
  const id = taskId(task);
  const known = results.get(id);
  if (known?.outcome !== undefined || (known === undefined && task.action === "skip")) return [];
  const base = known ?? { task: id, phase: task.phase, status: "Synced", uid: live(task)?.uid ?? "" };
  const message = outcome.message === "" ? (known?.message ?? "") : outcome.message;
  return [{ ...base, message, outcome: outcome.kind === "succeeded" ? "Succeeded" : "Failed" }];
}

/** An object that would be pruned and stays, so that what was withheld is known afterwards. */
function withheldPrune(task: SyncTask, { results }: SyncStepInput): readonly TaskResult[] {
  if (task.action !== "skip" || !isPrune(task) || task.reason === "NotSelected") return [];
  const id = taskId(task);
  if (results.has(id)) return [];
  const { phase, reason, live } = task;
  return [
    { task: id, phase, status: "PruneSkipped", message: reason, uid: live?.uid ?? "", outcome: "Succeeded" },
  ];
}

/** Only the hook of this very task: one of several phases has the same name in each. */
function releasable(
  { task, outcome }: TaskState,
  { live, attempt, instanceName }: SyncStepInput,
): readonly LiveManifest[] {
  if (task.hook === undefined || (outcome.kind !== "succeeded" && outcome.kind !== "failed")) return [];
  const found = live(task);
  if (found === undefined || !hasHookFinalizer(found)) return [];
  const isKept = task.action === "skip" && isOurs(found, instanceName);
  return isKept || isOfAttempt(found, attempt, task.phase) ? [found] : [];
}

/** Somebody else's object that has a hook's name is left as it is. */
function isOurs(live: LiveManifest, instanceName: string): boolean {
  return trackingOf(live)?.instanceName === instanceName;
}
