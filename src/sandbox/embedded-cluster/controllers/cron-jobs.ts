import { numberAt, objectAt, stringAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import { compact } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import { timestamp } from "../prepare-object.ts";
import { isTrue } from "./conditions.ts";
import {
  type Controller,
  type ControllerContext,
  controlledBy,
  controlledOf,
  isDeleting,
  ofKind,
  ownerOfKind,
} from "./controller.ts";
import { nextScheduled } from "./cron-schedule.ts";
import { isFinished, JOB } from "./jobs.ts";

const CRON_JOB: GroupKind = { group: "batch", kind: "CronJob" };

/** Starts Jobs on their schedule (UTC), keeps some of the finished ones, and says when it last did. */
export function createCronJobController(context: ControllerContext): Controller {
  return {
    name: "cronjob",
    concerns: (event) => [...ofKind(event, CRON_JOB), ...ownerOfKind(event, CRON_JOB)],
    reconcile(key) {
      const cronJob = context.store.get(key);
      if (cronJob === undefined || isDeleting(cronJob)) return undefined;
      const dueAt = dueTime(cronJob);
      const now = context.scheduler.now();
      if (dueAt !== undefined && dueAt <= now) startJob(context, cronJob, dueAt);
      writeStatus(context, cronJob);
      removeOldJobs(context, cronJob);
      const next = dueTime(context.store.get(key) ?? cronJob);
      return next === undefined ? undefined : Math.max(1, next - now);
    },
  };
}

/** When it is next to run; `undefined` while suspended. */
function dueTime({ object }: StoredObject): number | undefined {
  if (objectAt(object, "spec")["suspend"] === true) return undefined;
  const since =
    stringAt(object, "status", "lastScheduleTime") ?? stringAt(object, "metadata", "creationTimestamp") ?? "";
  return nextScheduled(stringAt(object, "spec", "schedule") ?? "", Date.parse(since));
}

function startJob(context: ControllerContext, cronJob: StoredObject, dueAt: number): void {
  context.updateStatus(cronJob.key, (status) => ({ ...status, lastScheduleTime: timestamp(dueAt) }));
  const running = jobsOf(context, cronJob).filter((job) => !isFinished(job));
  const policy = stringAt(cronJob.object, "spec", "concurrencyPolicy");
  if (running.length > 0 && policy === "Forbid") return;
  if (policy === "Replace") for (const job of running) context.delete(job.key, "Background");
  const template = objectAt(cronJob.object, "spec", "jobTemplate");
  const { labels, annotations } = objectAt(template, "metadata");
  context.create({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: compact({
      name: `${cronJob.key.name}-${Math.floor(dueAt / 60_000)}`,
      namespace: cronJob.key.namespace,
      labels,
      annotations,
      ownerReferences: controlledBy(cronJob),
    }),
    spec: objectAt(template, "spec"),
  });
}

function writeStatus(context: ControllerContext, cronJob: StoredObject): void {
  const jobs = jobsOf(context, cronJob);
  const active = jobs
    .filter((job) => !isFinished(job))
    .map(({ key, uid }) => ({
      apiVersion: "batch/v1",
      kind: key.kind,
      namespace: key.namespace,
      name: key.name,
      uid,
    }));
  const ends = jobs
    .filter(({ object }) => isTrue(object, "Complete"))
    .map(({ object }) => stringAt(object, "status", "completionTime") ?? "")
    .sort();
  context.updateStatus(cronJob.key, (status) =>
    compact({
      ...status,
      active: active.length === 0 ? undefined : active,
      lastSuccessfulTime: ends.at(-1) ?? status["lastSuccessfulTime"],
    }),
  );
}

function removeOldJobs(context: ControllerContext, cronJob: StoredObject): void {
  const jobs = jobsOf(context, cronJob);
  const limits = [
    { type: "Complete", field: "successfulJobsHistoryLimit", fallback: 3 },
    { type: "Failed", field: "failedJobsHistoryLimit", fallback: 1 },
  ];
  for (const { type, field, fallback } of limits) {
    const limit = numberAt(cronJob.object, "spec", field) ?? fallback;
    const ended = jobs.filter(({ object }) => isTrue(object, type));
    for (const job of ended.slice(0, Math.max(0, ended.length - limit)))
      context.delete(job.key, "Background");
  }
}

/** In the order of their creation. */
function jobsOf({ store }: ControllerContext, cronJob: StoredObject): readonly StoredObject[] {
  return controlledOf(store, cronJob, JOB);
}
