import type { LiveManifest } from "./manifest.ts";
import { describeResource } from "./resource-key.ts";
import type { SyncAction, SyncStep, SyncStepInput, TaskState } from "./sync-action.ts";
import type { SyncTask } from "./sync-task.ts";
import { isPrune } from "./task-order.ts";
import { isLeaving, outcomeOf, taskId } from "./task-outcome.ts";
import { trackingOf } from "./tracking.ts";

/** A custom resource is accepted only once its definition is established, which takes the server a moment. */
const DEFINITION_WAIT_MS = 3_000;

/** Whether two tasks are carried out together. */
export function isSameWave(a: SyncTask, b: SyncTask): boolean {
  return a.phase === b.phase && a.wave === b.wave;
}

/**
 * Everything still to be done in the wave of `first`: prunes, then what earlier runs of its hooks left behind, then what
 * is applied, kind after kind (argocd-behaviour §6.3).
 */
export function runWave(first: SyncTask, input: SyncStepInput): SyncStep {
  const wave = input.tasks.filter((task) => isSameWave(task, first));
  const todo = wave.filter((task) => outcomeOf(task, input).kind === "pending");
  const prunes = todo.flatMap((task) => (task.action === "prune" ? [{ kind: "prune", task } as const] : []));
  const left = leftovers(todo, input);
  if (left.toDelete.length > 0 || (prunes.length > 0 && left.leaving.length > 0)) {
    return { kind: "act", groups: [prunes, left.toDelete].filter((group) => group.length > 0) };
  }
  if (left.leaving.length > 0) return waitForDeletion(left.leaving);
  const unestablished = input.isDoneWaitingForDefinitions ? [] : definitionsUnderWay(wave, input);
  if (unestablished.length > 0) return { ...waitFor(unestablished), timeoutMs: DEFINITION_WAIT_MS };
  const applies = todo.flatMap((task) =>
    task.action === "create" || task.action === "update" ? [{ kind: "apply", task } as const] : [],
  );
  return {
    kind: "act",
    groups: [prunes, ...untilDefinitions(byKind(applies))].filter((group) => group.length > 0),
  };
}

/** Earlier runs of the hooks that are about to be created: ours are deleted, and what is going is waited for. */
function leftovers(todo: readonly SyncTask[], { live, deletedUids, instanceName }: SyncStepInput) {
  const toDelete: SyncAction[] = [];
  const leaving: LiveManifest[] = [];
  for (const task of todo) {
    const found = task.hook === undefined ? undefined : live(task);
    if (found === undefined) continue;
    if (isLeaving(found, deletedUids)) leaving.push(found);
    // Somebody else's object of that name stays; creating the hook then fails, and says so.
    else if (trackingOf(found)?.instanceName === instanceName)
      toDelete.push({ kind: "deleteHook", live: found });
  }
  return { toDelete, leaving };
}

type ApplyAction = Extract<SyncAction, { kind: "apply" }>;

function byKind(applies: readonly ApplyAction[]): readonly (readonly ApplyAction[])[] {
  const groups: ApplyAction[][] = [];
  for (const action of applies) {
    const group = groups.at(-1);
    if (group?.[0]?.task.key.kind === action.task.key.kind) group.push(action);
    else groups.push([action]);
  }
  return groups;
}

function untilDefinitions(groups: readonly (readonly ApplyAction[])[]): readonly (readonly ApplyAction[])[] {
  const index = groups.findIndex(([action]) => action !== undefined && isDefinition(action.task));
  return index === -1 ? groups : groups.slice(0, index + 1);
}

function definitionsUnderWay(wave: readonly SyncTask[], input: SyncStepInput): readonly TaskState[] {
  return wave
    .filter((task) => isDefinition(task) && input.results.has(taskId(task)))
    .map((task) => ({ task, outcome: outcomeOf(task, input) }))
    .filter(({ outcome }) => outcome.kind === "running");
}

function isDefinition({ key }: SyncTask): boolean {
  return key.group === "apiextensions.k8s.io" && key.kind === "CustomResourceDefinition";
}

/** Waiting for tasks that run; in words, for the hooks among them first. */
export function waitFor(running: readonly TaskState[]): Extract<SyncStep, { kind: "wait" }> {
  const hooks = running.filter(({ task }) => task.hook !== undefined);
  const [first] = hooks.length > 0 ? hooks : running;
  const what = hooks.length > 0 ? "completion of hook" : "healthy state of";
  const others = running.length === 1 ? "" : ` and ${running.length - 1} more`;
  const name = first === undefined ? "" : describeResource(first.task.key);
  return {
    kind: "wait",
    for: running.map(({ task }) => task.key),
    message:
      first !== undefined && isPrune(first.task)
        ? `waiting for deletion of ${name}${others}`
        : `waiting for ${what} ${name}${others}`,
  };
}

function waitForDeletion(leaving: readonly LiveManifest[]): SyncStep {
  const keys = leaving.map(({ key }) => key);
  const [first] = keys;
  const message = `waiting for deletion of ${first === undefined ? "" : describeResource(first)}`;
  return { kind: "wait", for: keys, message };
}
