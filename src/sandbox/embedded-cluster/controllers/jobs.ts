import { type JsonObject, numberAt, objectAt, stringAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import { compact } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import { timestamp } from "../prepare-object.ts";
import { type Condition, conditionOf, isTrue, withCondition } from "./conditions.ts";
import {
  type Controller,
  type ControllerContext,
  controlledOf,
  isDeleting,
  ofKind,
  ownerOfKind,
} from "./controller.ts";
import { activePods, createPod, isReady, POD, phaseOf } from "./pods.ts";

export const JOB: GroupKind = { group: "batch", kind: "Job" };

/**
 * Runs pods until enough have succeeded or too many failed, or the deadline has passed. A failed pod is replaced at
 * once: the real back-off starts at 10 s, for which nobody waits here.
 */
export function createJobController(context: ControllerContext): Controller {
  return {
    name: "job",
    concerns: (event) => [...ofKind(event, JOB), ...ownerOfKind(event, JOB)],
    reconcile(key) {
      const job = context.store.get(key);
      if (job === undefined || isDeleting(job)) return undefined;
      return isFinished(job) ? removeWhenOld(context, job) : run(context, job);
    },
  };
}

/** Complete or failed: nothing happens to it any more. */
export function isFinished({ object }: StoredObject): boolean {
  return isTrue(object, "Complete") || isTrue(object, "Failed");
}

interface Progress {
  readonly active: number;
  readonly ready: number;
  readonly succeeded: number;
  readonly failed: number;
}

function run(context: ControllerContext, job: StoredObject): number | undefined {
  if (specOf(job)["suspend"] === true) {
    for (const pod of activePods(context.store, job)) context.delete(pod.key, "Background");
    writeStatus(context, job, { progress: progressOf(context, job), conditions: [suspended("True")] });
    return undefined;
  }
  const progress = progressOf(context, job);
  const end = endOf(context, job, progress);
  if (end.length > 0) {
    for (const pod of activePods(context.store, job)) context.delete(pod.key, "Background");
    writeStatus(context, job, { progress: { ...progress, active: 0, ready: 0 }, conditions: end });
    return undefined;
  }
  const wanted = wantedPods(job, progress);
  for (let missing = wanted - progress.active; missing > 0; missing--) {
    createPod(context, job, { prefix: `${job.key.name}-` });
  }
  const resumed = isTrue(job.object, "Suspended") ? [suspended("False")] : [];
  writeStatus(context, job, {
    progress: { ...progress, active: Math.max(progress.active, wanted) },
    conditions: resumed,
  });
  return deadlineInMs(context, job);
}

/** What ends the Job now; nothing while it goes on. */
function endOf(
  context: ControllerContext,
  job: StoredObject,
  { succeeded, failed }: Progress,
): readonly Condition[] {
  const completions =
    numberAt(job.object, "spec", "completions") ?? numberAt(job.object, "spec", "parallelism") ?? 1;
  if (succeeded >= completions) {
    const reason = { reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };
    return [
      { type: "SuccessCriteriaMet", status: "True", ...reason },
      { type: "Complete", status: "True", ...reason },
    ];
  }
  if (failed > (numberAt(job.object, "spec", "backoffLimit") ?? 6)) {
    return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  const dueInMs = deadlineInMs(context, job);
  return dueInMs !== undefined && dueInMs <= 0
    ? failure("DeadlineExceeded", "Job was active longer than specified deadline")
    : [];
}

function failure(reason: string, message: string): readonly Condition[] {
  return [
    { type: "FailureTarget", status: "True", reason, message },
    { type: "Failed", status: "True", reason, message },
  ];
}

function suspended(status: "True" | "False"): Condition {
  return status === "True"
    ? { type: "Suspended", status, reason: "JobSuspended", message: "Job suspended" }
    : { type: "Suspended", status, reason: "JobResumed", message: "Job resumed" };
}

function wantedPods(job: StoredObject, { succeeded }: Progress): number {
  const parallelism = numberAt(job.object, "spec", "parallelism") ?? 1;
  const completions = numberAt(job.object, "spec", "completions") ?? parallelism;
  return Math.min(parallelism, completions - succeeded);
}

function progressOf({ store }: ControllerContext, job: StoredObject): Progress {
  const pods = controlledOf(store, job, POD);
  const active = activePods(store, job);
  return {
    active: active.length,
    ready: active.filter(isReady).length,
    succeeded: pods.filter((pod) => phaseOf(pod) === "Succeeded").length,
    failed: pods.filter((pod) => phaseOf(pod) === "Failed").length,
  };
}

function deadlineInMs({ scheduler }: ControllerContext, { object }: StoredObject): number | undefined {
  const seconds = numberAt(object, "spec", "activeDeadlineSeconds");
  const start = Date.parse(stringAt(object, "status", "startTime") ?? "");
  if (seconds === undefined) return undefined;
  return Number.isNaN(start) ? seconds * 1000 : start + seconds * 1000 - scheduler.now();
}

function writeStatus(
  context: ControllerContext,
  job: StoredObject,
  { progress, conditions }: { readonly progress: Progress; readonly conditions: readonly Condition[] },
): void {
  const now = context.scheduler.now();
  const { active, ready, succeeded, failed } = progress;
  const isComplete = conditions.some(({ type }) => type === "Complete");
  context.updateStatus(job.key, (status) => {
    const next: JsonObject = compact({
      ...status,
      startTime: isTrueNow(conditions, "Suspended") ? undefined : (status["startTime"] ?? timestamp(now)),
      active: active === 0 ? undefined : active,
      ready,
      terminating: 0,
      succeeded: succeeded === 0 ? undefined : succeeded,
      failed: failed === 0 ? undefined : failed,
      completionTime: isComplete ? timestamp(now) : undefined,
      uncountedTerminatedPods: {},
    });
    return conditions.reduce((result, condition) => withCondition(result, condition, now), next);
  });
}

function isTrueNow(conditions: readonly Condition[], type: string): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === "True");
}

function removeWhenOld(context: ControllerContext, job: StoredObject): number | undefined {
  const seconds = numberAt(job.object, "spec", "ttlSecondsAfterFinished");
  if (seconds === undefined) return undefined;
  const end = conditionOf(job.object, "Complete") ?? conditionOf(job.object, "Failed");
  const endedAt = Date.parse(stringAt(end, "lastTransitionTime") ?? "");
  const dueInMs = endedAt + seconds * 1000 - context.scheduler.now();
  if (dueInMs > 0) return dueInMs;
  context.delete(job.key, "Foreground");
  return undefined;
}

function specOf({ object }: StoredObject): JsonObject {
  return objectAt(object, "spec");
}
