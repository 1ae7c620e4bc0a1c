import type { Health } from "../health.ts";
import { arrayAt, isJsonObject, type JsonObject, stringAt, valueAt } from "../json.ts";
import { type Condition, conditionsOf, degraded, healthy, progressing, suspended, unknown } from "./check.ts";

/** batch/v1 Job. That `Failed` or `Complete` is there at all decides; their status is not looked at. */
export function assessJob(object: JsonObject): Health {
  const conditions = conditionsOf(object);
  const ofType = (wanted: string): Condition | undefined =>
    conditions.findLast(({ type }) => type === wanted);
  const failed = ofType("Failed");
  if (failed !== undefined) return degraded(failed.message);
  const paused = ofType("Suspended");
  if (paused?.status === "True") return suspended(paused.message);
  const complete = ofType("Complete") ?? paused;
  return complete === undefined ? progressing("Job is running") : healthy(complete.message);
}

/** batch/v1 CronJob: healthy unless its last finished run failed. */
export function assessCronJob(object: JsonObject): Health {
  if (valueAt(object, "spec", "suspend") === true) return healthy("CronJob is suspended");
  const status = valueAt(object, "status");
  if (!isJsonObject(status)) return progressing("Waiting for status");
  const scheduled = stringAt(status, "lastScheduleTime");
  if (scheduled === undefined) return healthy("CronJob has not been scheduled yet");
  const running = arrayAt(status, "active").length;
  if (running > 0) return healthy(`CronJob has ${running} running Job${running === 1 ? "" : "s"}`);
  const succeeded = stringAt(status, "lastSuccessfulTime");
  if (succeeded === undefined) return healthy("CronJob has not finished a run successfully yet");
  // RFC 3339 times in UTC, as the API server writes them, sort as text.
  return succeeded < scheduled
    ? degraded("CronJob has not completed its last run successfully")
    : healthy("CronJob has completed its last run successfully");
}

/** argoproj.io Workflow. */
export function assessWorkflow(object: JsonObject): Health {
  const phase = stringAt(object, "status", "phase") ?? "";
  const message = stringAt(object, "status", "message") ?? "";
  switch (phase) {
    case "":
    case "Pending":
    case "Running":
      return progressing(message);
    case "Succeeded":
      return healthy(message);
    case "Failed":
    case "Error":
      return degraded(message);
    default:
      return unknown(message);
  }
}
