import type { ApplicationStatus } from "../domain/application-status.ts";
import type { CommitStatusReport, StatusState } from "../domain/github.ts";
import {
  type Budget,
  COMMENT_BUDGET,
  COMMENT_BUDGET_MAX,
  createLedger,
  STATUS_CHARS_MAX,
  STATUS_CONTEXT_CHARS_MAX,
} from "./budget.ts";
import { cellCode, cellProse, clip, plainText, visible } from "./markdown.ts";
import { byStage, detailOf, stageOf, stateOf, statusInWords } from "./status-words.ts";
import type { Render } from "./templates.ts";
import { count, nameIn, short } from "./words.ts";

/** What a merge has led to so far. */
export interface Progress {
  /** Commit on the base branch that the merge made. */
  readonly revision: string;
  /** Of the Applications that the pull request affected. */
  readonly statuses: readonly ApplicationStatus[];
}

/** More Applications than this share one status, for a commit has only so much room to look at (DESIGN §4). */
const STATUSES_MAX = 10;
const DETAIL_CHARS_MAX = 300;
/** What the comment may hold beyond the preview that is in it already, less what is around the rows. */
const PROGRESS_BUDGET: Budget = {
  chars: COMMENT_BUDGET_MAX.chars - COMMENT_BUDGET.chars - 1_000,
  bytes: COMMENT_BUDGET_MAX.bytes - COMMENT_BUDGET.bytes - 3_000,
};

/** The part of the comment that goes on telling after the merge: what failed first. At most 5,000 characters. */
export function reportProgress(render: Render, { revision, statuses }: Progress): string {
  const { rows, more } = statusRows(statuses, PROGRESS_BUDGET);
  return render("progress", {
    verdict: progressVerdict(statuses),
    rows,
    more,
    waits: statuses.some((status) => stageOf(status) === "waiting" && !status.isAutomated),
    revision: /^[0-9a-f]+$/.test(revision) ? short(revision) : "unknown",
  });
}

/** Rows of a table of Applications, those that need someone first, as far as they fit. */
export function statusRows(
  statuses: readonly ApplicationStatus[],
  budget: Budget,
): { readonly rows: readonly string[]; readonly more: string } {
  const nameOf = nameIn(statuses);
  const ledger = createLedger(budget);
  const rows: string[] = [];
  for (const status of byStage(statuses)) {
    const { health } = status;
    const detail = clip(detailOf(status), DETAIL_CHARS_MAX);
    const row = `| ${cellCode(clip(nameOf(status), 200))} | ${syncCell(status)} | ${health.status} | ${cellProse(detail)} |`;
    if (!ledger.take(row, 1)) break;
    rows.push(row);
  }
  const rest = statuses.length - rows.length;
  return { rows, more: rest === 0 ? "" : `and ${count(rest, "Application")} more` };
}

function syncCell(status: ApplicationStatus): string {
  if (status.removal !== undefined) return status.removal.phase === "deleting" ? "deleting" : "removed";
  return stageOf(status) === "syncing" ? "syncing" : status.sync;
}

/** `3 Applications are Synced and Healthy`, or how many are not yet, or have failed. */
export function progressVerdict(statuses: readonly ApplicationStatus[]): string {
  const number = (stage: string): number => statuses.filter((status) => stageOf(status) === stage).length;
  const all = count(statuses.length, "Application");
  const removed = number("removed");
  const [healthy, failed] = [number("healthy") + removed, number("failed")];
  if (statuses.length === 0) return "Merged: no Application is affected";
  if (failed > 0) return `Merged: ${failed} of ${all} failed`;
  if (healthy === statuses.length) return `Merged: ${arrivedInWords(healthy - removed, removed)}`;
  const waiting = number("waiting");
  if (waiting > 0 && waiting + healthy === statuses.length)
    return `Merged: ${waiting} of ${all} not synced yet`;
  return `Merged: ${healthy} of ${all} Synced and Healthy so far`;
}

function arrivedInWords(healthy: number, removed: number): string {
  const words = healthy === 0 ? [] : [`${are(healthy)} Synced and Healthy`];
  if (removed > 0) words.push(healthy === 0 ? `${are(removed)} removed` : `${removed} removed`);
  return words.join(", ");
}

function are(number: number): string {
  return `${count(number, "Application")} ${number === 1 ? "is" : "are"}`;
}

/** One Application's commit status, without a context. */
export function reportStatus(status: ApplicationStatus): Pick<CommitStatusReport, "state" | "description"> {
  return { state: stateOf(status), description: clip(plainText(statusInWords(status)), STATUS_CHARS_MAX) };
}

/**
 * The commit statuses of all Applications: one each, or beyond ten one for all of them.
 *
 * @param targetUrl - where to read more; `""` for nowhere.
 */
export function reportStatuses(
  statuses: readonly ApplicationStatus[],
  targetUrl: string,
): readonly CommitStatusReport[] {
  if (statuses.length === 0) return [];
  if (statuses.length > STATUSES_MAX) return [{ ...aggregate(statuses), targetUrl }];
  const nameOf = nameIn(statuses);
  return statuses.map((status) => ({
    context: clip(`plumbline/${visible(nameOf(status))}`, STATUS_CONTEXT_CHARS_MAX),
    ...reportStatus(status),
    targetUrl,
  }));
}

function aggregate(statuses: readonly ApplicationStatus[]): Omit<CommitStatusReport, "targetUrl"> {
  const states = new Set(statuses.map(stateOf));
  const state: StatusState = states.has("failure")
    ? "failure"
    : states.has("pending")
      ? "pending"
      : "success";
  const [worst] = byStage(statuses);
  const verdict = progressVerdict(statuses).replace("Merged: ", "");
  const cause = worst === undefined || state === "success" ? "" : `; ${worst.name}: ${statusInWords(worst)}`;
  return {
    context: "plumbline/sync",
    state,
    description: clip(plainText(`${verdict}${cause}`), STATUS_CHARS_MAX),
  };
}
