import { type Attempt, hasHookFinalizer, releasedFinalizers, withHookMarks } from "../domain/hook-marks.ts";
import type { LiveManifest } from "../domain/manifest.ts";
import { isDeletion, type TaskResult } from "../domain/operation.ts";
import { deletionPolicyOf } from "../domain/resources-finalizer.ts";
import type { SyncAction } from "../domain/sync-action.ts";
import { syncOption } from "../domain/sync-options.ts";
import type { SyncTask } from "../domain/sync-task.ts";
import { taskId } from "../domain/task-outcome.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { LiveState } from "../ports/cluster-reads.ts";
import type { Passage, WriteDoor, WriteTask, Written } from "./write-door.ts";

/** One attempt of one operation, writing. */
export interface Performer {
  readonly door: WriteDoor;
  readonly passage: Passage;
  readonly live: LiveState;
  readonly attempt: Attempt;
  /** Objects whose deletion was asked for in this attempt. */
  readonly deletedUids: Set<string>;
}

/**
 * Does one thing to the cluster. A refusal is the task's result; that the cluster did not answer is thrown, for it is
 * nobody's fault and passes.
 */
export async function performAction(
  action: SyncAction,
  performer: Performer,
): Promise<TaskResult | undefined> {
  switch (action.kind) {
    case "apply":
      return resultOf(action.task, () => apply(action.task, performer));
    case "prune":
      return resultOf(action.task, () => prune(action.task, performer));
    case "deleteHook":
      await deleteHook(action.live, performer);
      return undefined;
  }
}

/** A hook whose outcome was seen no longer needs the finalizer that kept it. */
export async function releaseHook(hook: LiveManifest, { door, passage, live }: Performer): Promise<void> {
  const patch = { finalizers: releasedFinalizers(hook), resourceVersion: hook.resourceVersion };
  try {
    live.observe(await door.patchMetadata(passage, hook.key, patch));
  } catch (error) {
    // Gone, or changed meanwhile: the watch tells, and it is looked at again.
    if (!(error instanceof OperationError)) throw error;
  }
}

/** Deletes what is left of a hook; our finalizer goes first, or it would never go. */
export async function deleteHook(hook: LiveManifest, performer: Performer): Promise<void> {
  if (hasHookFinalizer(hook)) await releaseHook(hook, performer);
  await performer.door.remove(performer.passage, hook, "Background");
  performer.deletedUids.add(hook.uid);
}

async function apply(task: WriteTask, { door, passage, live, attempt }: Performer): Promise<TaskResult> {
  const marked: WriteTask =
    task.hook === undefined ? task : { ...task, target: withHookMarks(task.target, attempt, task.phase) };
  const { live: written, takenFrom } = await writeOrRecreate(marked, { door, passage });
  live.observe(written);
  const message = takenFrom.length === 0 ? "" : `took over what ${takenFrom.join(" and ")} had set otherwise`;
  return { task: taskId(task), phase: task.phase, status: "Synced", message, uid: written.uid };
}

async function writeOrRecreate(
  task: WriteTask,
  { door, passage }: Pick<Performer, "door" | "passage">,
): Promise<Written> {
  try {
    return await door.write(passage, task);
  } catch (error) {
    const isRefused = error instanceof OperationError && error.reason === "ApplyRejected";
    if (!isRefused || task.apply.fallback !== "recreate") throw error;
    return door.write(passage, { ...task, apply: { ...task.apply, method: "recreate" } });
  }
}

async function prune(
  task: Extract<SyncTask, { action: "prune" }>,
  performer: Performer,
): Promise<TaskResult> {
  const { door, passage, deletedUids } = performer;
  const { live } = task;
  const propagation = propagationOf(passage);
  // A hook that ran when its Application was removed.
  if (hasHookFinalizer(live)) await releaseHook(live, performer);
  await door.remove(passage, live, propagation);
  deletedUids.add(live.uid);
  return { task: taskId(task), phase: task.phase, status: "Pruned", message: "pruned", uid: live.uid };
}

function propagationOf({ application, operation }: Passage): Parameters<WriteDoor["remove"]>[2] {
  if (isDeletion(operation))
    return deletionPolicyOf(application) === "background" ? "Background" : "Foreground";
  const option = syncOption("PrunePropagationPolicy", application.syncPolicy.syncOptions);
  if (option === "background") return "Background";
  return option === "orphan" ? "Orphan" : "Foreground";
}

/** Reasons that say nothing about the object: the attempt is broken off and taken up again. */
const PASSING: ReadonlySet<string> = new Set([
  "ClusterUnreachable",
  "ClusterThrottled",
  "ClusterSignInFailed",
  "ClusterCertificate",
  "IntentMissing",
  "WritesFrozen",
]);

async function resultOf(task: SyncTask, act: () => Promise<TaskResult>): Promise<TaskResult> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof OperationError) || PASSING.has(error.reason)) throw error;
    const message = `${error.title}. ${error.remedy}`;
    return { task: taskId(task), phase: task.phase, status: "SyncFailed", message, uid: "" };
  }
}
