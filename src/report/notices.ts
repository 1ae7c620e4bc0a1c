import type { CheckReport } from "../domain/github.ts";
import { CHECK_TITLE_CHARS_MAX, createLedger } from "./budget.ts";
import { PREVIEW_MARKER } from "./comment.ts";
import { clip, codeSpan, plainText } from "./markdown.ts";
import type { Render } from "./templates.ts";
import { count, nameIn, short } from "./words.ts";

/** A fork's pull request that nobody has allowed to be rendered: only its paths were looked at. */
export interface ForkNotice {
  readonly base: { readonly branch: string; readonly sha: string };
  readonly headSha: string;
  readonly applications: readonly { readonly namespace: string; readonly name: string }[];
}

export interface ForkNoticeReport {
  /** The whole comment, marker line first. */
  readonly comment: string;
  /** Concludes `action_required`: not known is not passed. */
  readonly check: CheckReport;
}

/** Names take this much of a comment at most. */
const NAMES_BUDGET = { chars: 10_000, bytes: 30_000 };

export function reportForkNotice(
  render: Render,
  { base, headSha, applications }: ForkNotice,
): ForkNoticeReport {
  const names = takeNames(applications);
  const rest = applications.length - names.length;
  const summary = render("fork-notice", {
    names,
    count: count(applications.length, "Application"),
    more: rest === 0 ? "" : `and ${rest} more`,
    baseBranch: codeSpan(clip(base.branch, 100)),
    base: plainSha(base.sha),
    head: plainSha(headSha),
  });
  return {
    comment: `${PREVIEW_MARKER} fork head=${plainSha(headSha)} -->\n${summary}`,
    check: {
      status: "completed",
      conclusion: "action_required",
      title: `From a fork: ${count(applications.length, "Application")} affected, not rendered until someone allows it`,
      summary,
      text: "",
    },
  };
}

/** What a check shows while its work takes long. */
export interface WorkUnderWay {
  readonly headSha: string;
  /** `""` where nothing is merged. */
  readonly baseSha: string;
  /** Applications that are being previewed; 0 while that is not known. */
  readonly applications: number;
}

export function reportCheckInProgress(
  render: Render,
  { headSha, baseSha, applications }: WorkUnderWay,
): CheckReport {
  const what =
    applications === 0
      ? "Looking for affected Applications"
      : `Previewing ${count(applications, "Application")}`;
  return {
    status: "in_progress",
    title: clip(plainText(what), CHECK_TITLE_CHARS_MAX),
    summary: render("check-progress", {
      what,
      head: plainSha(headSha),
      base: baseSha === "" ? "" : plainSha(baseSha),
    }),
    text: "",
  };
}

function takeNames(applications: ForkNotice["applications"]): readonly string[] {
  const nameOf = nameIn(applications);
  const ledger = createLedger(NAMES_BUDGET);
  const names = applications.map((application) => codeSpan(clip(nameOf(application), 300)));
  const end = names.findIndex((name) => !ledger.take(name, 3));
  return end === -1 ? names : names.slice(0, end);
}

function plainSha(sha: string): string {
  return /^[0-9a-f]+$/.test(sha) ? short(sha) : "unknown";
}
