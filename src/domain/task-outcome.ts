import type { Health } from "./health.ts";
import { type Attempt, asIfKept, isBeingDeleted, isOfAttempt } from "./hook-marks.ts";
import type { LiveManifest } from "./manifest.ts";
import type { TaskResult } from "./operation.ts";
import { describeResource, formatResourceKey } from "./resource-key.ts";
import type { SyncTask } from "./sync-task.ts";

/** How far a task is. */
export type TaskOutcome =
  | { readonly kind: "pending" }
  | { readonly kind: "running"; readonly message: string }
  | { readonly kind: "succeeded"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

export interface OutcomeInput {
  readonly results: ReadonlyMap<string, TaskResult>;
  /** The object as the cluster has it now. */
  readonly live: (task: SyncTask) => LiveManifest | undefined;
  readonly assess: (live: LiveManifest) => Health | undefined;
  readonly attempt: Attempt;
}

/** Names a task within its plan, and its result: `Sync apps/Deployment:shop/web`. */
export function taskId({ phase, key }: Pick<SyncTask, "phase" | "key">): string {
  return `${phase} ${formatResourceKey(key)}`;
}

/** A task's name in words: its phase, and its object as people say it. What is no such name is given back as the object. */
export function readTaskId(id: string): { readonly phase: string; readonly object: string } {
  const parts = /^(?<phase>\w+) [^/]*\/(?<kind>[^:]+):(?<namespace>[^/]*)\/(?<name>.*)$/s.exec(id)?.groups;
  if (parts === undefined) return { phase: "", object: id };
  const { phase = "", kind = "", namespace = "", name = "" } = parts;
  return { phase, object: describeResource({ group: "", kind, namespace, name }) };
}

/**
 * How far a task is, by its recorded result and what the cluster says now (argocd-behaviour §6.2, §6.3). What has no
 * health has succeeded once it is there; a recorded outcome is not asked for again.
 */
export function outcomeOf(task: SyncTask, input: OutcomeInput): TaskOutcome {
  const result = input.results.get(taskId(task));
  const recorded = result && recordedOutcome(result);
  if (recorded !== undefined) return recorded;
  if (result?.status === "Pruned") return pruneOutcome(task, result, input);
  if (result === undefined && !isThereAlready(task, input)) return withoutResult(task);
  const live = input.live(task);
  if (live === undefined) return { kind: "failed", message: "is gone" };
  return task.hook === undefined ? resourceOutcome(live, input) : hookOutcome(live, input);
}

function recordedOutcome({ outcome, status, message }: TaskResult): TaskOutcome | undefined {
  if (outcome === "Failed" || status === "SyncFailed") return { kind: "failed", message };
  return outcome === "Succeeded" || status === "PruneSkipped" ? { kind: "succeeded", message } : undefined;
}

/** Skipped because it is as wanted, kept from an earlier sync, or created just before we were killed. */
function isThereAlready(task: SyncTask, { live, attempt }: OutcomeInput): boolean {
  if (task.action === "skip") return task.reason === "InSync" || task.reason === "HookExists";
  if (task.hook === undefined) return false;
  const found = live(task);
  return found !== undefined && isOfAttempt(found, attempt, task.phase);
}

function withoutResult(task: SyncTask): TaskOutcome {
  return task.action === "skip" ? { kind: "succeeded", message: task.reason } : { kind: "pending" };
}

function pruneOutcome(task: SyncTask, { uid, message }: TaskResult, { live }: OutcomeInput): TaskOutcome {
  const found = live(task);
  const isGone = found === undefined || (uid !== "" && found.uid !== uid);
  return isGone ? { kind: "succeeded", message } : { kind: "running", message: "is being deleted" };
}

function resourceOutcome(live: LiveManifest, { assess }: OutcomeInput): TaskOutcome {
  const health = assess(live);
  if (health === undefined || health.status === "Healthy") return { kind: "succeeded", message: "" };
  const message = health.message === "" ? `is ${health.status}` : health.message;
  return { kind: health.status === "Degraded" ? "failed" : "running", message };
}

function hookOutcome(live: LiveManifest, { assess }: OutcomeInput): TaskOutcome {
  const health = assess(asIfKept(live));
  if (health === undefined) return { kind: "succeeded", message: "" };
  const { status, message } = health;
  switch (status) {
    case "Healthy":
      return { kind: "succeeded", message };
    case "Degraded":
    case "Unknown":
      return { kind: "failed", message: message === "" ? `is ${status}` : message };
    case "Progressing":
    case "Suspended":
    case "Missing":
      return { kind: "running", message };
  }
}

/** Whether a live object is on its way out and what comes next has to wait for that. */
export function isLeaving(live: LiveManifest, deletedUids: ReadonlySet<string>): boolean {
  return isBeingDeleted(live) || deletedUids.has(live.uid);
}
