import type { ApplicationStatus } from "../domain/application-status.ts";
import type { CheckReport, CommitStatusReport } from "../domain/github.ts";
import type { Preview } from "../domain/preview.ts";
import { type CheckOptions, type CompletedCheckReport, reportCheck } from "./check.ts";
import { type CommentOptions, type CommentReport, reportComment } from "./comment.ts";
import {
  type ForkNotice,
  type ForkNoticeReport,
  reportCheckInProgress,
  reportForkNotice,
  type WorkUnderWay,
} from "./notices.ts";
import { type OwnCheckReport, ownChecksInWords, reportOwnChecks } from "./own-checks.ts";
import { previewJson, previewText } from "./preview-text.ts";
import { type Progress, reportProgress, reportStatuses } from "./progress.ts";
import {
  type AffectedExplanation,
  type Help,
  type PlanReply,
  type Refusal,
  replyExplain,
  replyHelp,
  replyPlan,
  replyRefusal,
  replyStarted,
  replyStatus,
  type Started,
} from "./replies.ts";
import { compileTemplates, type Templates } from "./templates.ts";

/** Results → words. Takes displayable things only, keeps to every limit of GitHub's, and its Markdown is balanced. */
export interface Reports {
  /** A pull request's one comment. */
  comment(preview: Preview, options?: CommentOptions): CommentReport;
  /** The check run `plumbline`, completed. */
  check(preview: Preview, options?: CheckOptions): CompletedCheckReport;
  /** A check for each affected Application, as many as there may be. */
  ownChecks(preview: Preview): readonly OwnCheckReport[];
  /** Why the others have none; `""` where there are no others. */
  ownChecksInWords(preview: Preview): string;
  checkInProgress(work: WorkUnderWay): CheckReport;
  /** Comment and check of a fork's pull request that nobody has allowed yet. */
  forkNotice(notice: ForkNotice): ForkNoticeReport;
  /** What is put on top of the comment after the merge; at most 5,000 characters. */
  progress(progress: Progress): string;
  /** Commit statuses, one an Application or one for all. */
  statuses(statuses: readonly ApplicationStatus[], targetUrl: string): readonly CommitStatusReport[];
  /** Replies to commands, in Markdown. */
  readonly reply: {
    refusal(refusal: Refusal): string;
    /** `/sync --dry-run`. */
    plan(plans: readonly PlanReply[]): string;
    /** `/status`. */
    status(status: { readonly statuses: readonly ApplicationStatus[] }): string;
    /** `/sync`. */
    started(started: Started): string;
    help(help: Help): string;
    explain(explanations: readonly AffectedExplanation[]): string;
  };
  /** The preview for a terminal. */
  text(preview: Preview): string;
  /** The preview for scripts. */
  json(preview: Preview): string;
}

/**
 * @param templates - contents of the files in `templates/`.
 * @throws when one of them does not compile: a bug of whoever edited it.
 */
export function createReports(templates: Templates): Reports {
  const render = compileTemplates(templates);
  return {
    comment: (preview, options) => reportComment(render, preview, options),
    check: (preview, options) => reportCheck(render, preview, options),
    ownChecks: (preview) => reportOwnChecks(render, preview),
    ownChecksInWords,
    checkInProgress: (work) => reportCheckInProgress(render, work),
    forkNotice: (notice) => reportForkNotice(render, notice),
    progress: (progress) => reportProgress(render, progress),
    statuses: reportStatuses,
    reply: {
      refusal: (refusal) => replyRefusal(render, refusal),
      plan: (plans) => replyPlan(render, plans),
      status: (status) => replyStatus(render, status),
      started: (started) => replyStarted(render, started),
      help: (help) => replyHelp(render, help),
      explain: (explanations) => replyExplain(render, explanations),
    },
    text: previewText,
    json: previewJson,
  };
}
