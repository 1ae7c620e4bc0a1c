import { type ApplicationStatus, hasArrived, hasFailed } from "../domain/application-status.ts";
import type { StatusState } from "../domain/github.ts";
import { describeResource } from "../domain/resource-key.ts";
import { count } from "./words.ts";

/** How far an Application is on its way from a merge to Healthy. */
export type Stage =
  | "failed"
  | "unknown"
  | "waiting"
  | "syncing"
  | "settling"
  | "removing"
  | "healthy"
  | "removed";

/** What needs someone first. */
const STAGES: readonly Stage[] = [
  "failed",
  "unknown",
  "waiting",
  "syncing",
  "settling",
  "removing",
  "healthy",
  "removed",
];

export function stageOf(status: ApplicationStatus): Stage {
  if (status.removal !== undefined) {
    if (hasArrived(status)) return "removed";
    return hasFailed(status) ? "failed" : "removing";
  }
  if (hasArrived(status)) return "healthy";
  if (status.operation?.phase === "Running") return "syncing";
  if (hasFailed(status)) return "failed";
  if (status.problem !== undefined || status.sync === "Unknown") return "unknown";
  return status.sync === "OutOfSync" ? "waiting" : "settling";
}

export function byStage(statuses: readonly ApplicationStatus[]): readonly ApplicationStatus[] {
  const rank = (status: ApplicationStatus): number => STAGES.indexOf(stageOf(status));
  return statuses.toSorted((a, b) => rank(a) - rank(b));
}

/** Where things stand, and why, in plain words: `Syncing, 3 objects done`, `OutOfSync, waits for /sync`. */
export function statusInWords(status: ApplicationStatus): string {
  const detail = detailOf(status);
  return detail === "" ? stateInWords(status) : `${stateInWords(status)}: ${detail}`;
}

function stateInWords(status: ApplicationStatus): string {
  switch (stageOf(status)) {
    case "syncing":
      return "Syncing";
    case "failed":
      return status.problem === undefined ? `${status.sync}, ${status.health.status}` : "Failed";
    case "unknown":
      return "Unknown";
    case "removing":
    case "removed":
      return status.removal?.phase === "deleting" ? "Deleting" : "Removed";
    case "waiting":
    case "settling":
    case "healthy":
      return `${status.sync}, ${status.health.status}`;
  }
}

/** The first thing that explains the state; `""` where there is nothing to explain. */
export function detailOf(status: ApplicationStatus): string {
  switch (stageOf(status)) {
    case "healthy":
      return "";
    case "syncing":
      return syncingDetail(status);
    case "waiting":
      return status.waitsFor === "" ? waitingDetail(status) : status.waitsFor;
    case "settling":
      return status.health.message;
    case "removing":
    case "removed":
      return status.removal?.message ?? "";
    case "failed":
    case "unknown":
      return failureDetail(status);
  }
}

/** GitHub's word for the stage. What is not known is pending: it is looked at again. */
export function stateOf(status: ApplicationStatus): StatusState {
  const stage = stageOf(status);
  if (stage === "healthy" || stage === "removed") return "success";
  return stage === "failed" ? "failure" : "pending";
}

function syncingDetail({ operation, waitsFor }: ApplicationStatus): string {
  if (waitsFor !== "") return waitsFor;
  const done = operation?.results.length ?? 0;
  if (operation?.nextAttemptAt !== undefined) {
    return `${count(operation.retryCount, "attempt")} failed, tried again${after(operation.message)}`;
  }
  return done === 0 ? "" : `${count(done, "object")} done`;
}

function waitingDetail({ isAutomated, outOfSyncCount }: ApplicationStatus): string {
  const differ = outOfSyncCount === 1 ? "1 object differs" : `${outOfSyncCount} objects differ`;
  return isAutomated ? `${differ}, about to sync` : `${differ}, waits for /sync`;
}

/** The first task that failed, else the first object that is not well, each in its own words. */
function failureDetail({ problem, operation, firstUnhealthy, health }: ApplicationStatus): string {
  if (problem !== undefined) return problem.title;
  const failed = operation?.results.find(({ status }) => status === "SyncFailed");
  if (failed !== undefined) return `${failed.task}${after(failed.message)}`;
  if (operation?.phase === "Failed" || operation?.phase === "Error") return operation.message;
  if (firstUnhealthy === undefined) return health.message;
  return `${describeResource(firstUnhealthy.key)}${after(firstUnhealthy.health.message)}`;
}

function after(message: string): string {
  return message === "" ? "" : `: ${message}`;
}
