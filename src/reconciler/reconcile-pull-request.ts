import type { PullRequest, Repository } from "../domain/github.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { PullRequests } from "../ports/pull-requests.ts";
import type { Repositories } from "../ports/repositories.ts";
import type { ShownPreviews } from "../ports/shown-previews.ts";
import type { Reports } from "../report/reports.ts";
import { previewDigest } from "../report/words.ts";
import type { PreviewedChange } from "./change.ts";
import { commentWanted, governPreview } from "./govern-preview.ts";
import { nothingPreviewed } from "./nothing-previewed.ts";
import type { AffectedByFork, PreviewPullRequest } from "./preview-pull-request.ts";
import { problemOf } from "./problems.ts";
import type { Shown } from "./published.ts";
import type { Publisher } from "./publisher.ts";

export interface PullRequestPorts {
  readonly repositories: Repositories;
  readonly pullRequests: PullRequests;
  readonly preview: PreviewPullRequest;
  readonly publisher: Publisher;
  readonly reports: Reports;
  readonly shownPreviews: ShownPreviews;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes note of it, open or closed: it is looked at again when its base moves. */
  readonly onSeen: (repositoryId: number, pull: PullRequest) => void;
  /** It was previewed against that tip of its base branch. */
  readonly onBaseSeen: (
    repository: Repository,
    base: { readonly branch: string; readonly sha: string },
  ) => void;
  /** The pull request was merged: its Applications' way is told from now on. */
  readonly onMerged: (repository: Repository, pull: PullRequest) => Promise<void>;
}

/** A check that takes longer than this is shown as being in progress first; most never are. */
const SLOW_AFTER_MS = 3_000;

/** Makes an open pull request show what merging it would change, and a merged one what becomes of it. */
export async function reconcilePullRequest(
  place: { readonly installationId: number; readonly repositoryId: number; readonly number: number },
  ports: PullRequestPorts,
  signal: AbortSignal,
): Promise<void> {
  const repository = await ports.repositories.get(place.installationId, place.repositoryId);
  if (repository === undefined) return;
  const pull = await ports.pullRequests.get(repository, place.number);
  if (pull === undefined) return;
  ports.onSeen(repository.id, pull);
  if (pull.state === "closed") {
    if (pull.isMerged) await ports.onMerged(repository, pull);
    return;
  }
  const isAllowed =
    !pull.isFork || ports.shownPreviews.isForkAllowed(repository.id, pull.number, pull.head.sha);
  if (isAllowed) await showPreview(repository, pull, { ports, signal });
  else await showFork(repository, pull, ports);
}

interface Run {
  readonly ports: PullRequestPorts;
  readonly signal: AbortSignal;
}

async function showPreview(repository: Repository, pull: PullRequest, { ports, signal }: Run): Promise<void> {
  const slow = sayWhenSlow(repository, pull, ports);
  let previewed: PreviewedChange;
  try {
    previewed = await ports.preview.preview(repository, pull, signal);
  } catch (error) {
    await slow.stop();
    signal.throwIfAborted();
    return showFailure(repository, pull, { error, ports });
  }
  await slow.stop();
  signal.throwIfAborted();
  const { base, problem } = previewed.preview;
  if (problem === undefined) ports.onBaseSeen(repository, base);
  await publish(repository, pull, { previewed, ports });
}

async function publish(
  repository: Repository,
  pull: PullRequest,
  { previewed, ports }: { readonly previewed: PreviewedChange; readonly ports: PullRequestPorts },
): Promise<void> {
  const { publisher, reports, shownPreviews } = ports;
  const place = { repository, number: pull.number };
  const { sha: headSha } = pull.head;
  const reading = await ports.preview.settings(repository, pull);
  const { settings } = reading;
  const digest = previewDigest(previewed.preview);
  const isConfirmed = () => shownPreviews.isChangeConfirmed(repository.id, pull.number, digest);
  const preview = governPreview(previewed.preview, reading, isConfirmed);
  const { sha: baseSha } = preview.base;
  const { perApplication } = settings.check;
  const remark = perApplication ? reports.ownChecksInWords(preview) : "";
  const check = await publisher.check(repository, headSha, {
    ...reports.check(preview, { remark }),
    baseSha,
  });
  const comment = await publisher.comment(
    place,
    { at: (scale) => reports.comment(preview, { scale }).markdown, baseSha },
    commentWanted(settings, preview),
  );
  record(repository, pull, { check, comment, ports, applications: previewed.shown, digest });
  if (perApplication)
    await publisher.ownChecks(repository, headSha, { reports: reports.ownChecks(preview), baseSha });
}

interface ShownWrites {
  readonly check: Shown;
  readonly comment: Shown;
  readonly ports: PullRequestPorts;
  readonly applications: PreviewedChange["shown"];
  readonly digest?: string;
}

/** Remembers what could be seen from when on, by GitHub's clock: commands are bound to it. */
function record(
  repository: Repository,
  pull: PullRequest,
  { check, comment, ports, applications, digest }: ShownWrites,
): void {
  const { shownPreviews, clock } = ports;
  const [before] = shownPreviews.list(repository.id, pull.number);
  const knownAt = before?.headSha === pull.head.sha ? before.shownAt : undefined;
  const writtenAt = Math.max(comment.shownAt ?? 0, check.shownAt ?? 0);
  shownPreviews.record({
    repositoryId: repository.id,
    number: pull.number,
    headSha: pull.head.sha,
    shownAt: writtenAt === 0 ? (knownAt ?? clock.now()) : writtenAt,
    commentId: comment.id,
    checkRunId: check.id,
    applications,
    ...(digest === undefined ? {} : { digest }),
  });
}

/** What it affects is named and nothing of it rendered; where that is nothing, there is nothing to wait for. */
async function showFork(repository: Repository, pull: PullRequest, ports: PullRequestPorts): Promise<void> {
  let fork: AffectedByFork;
  try {
    fork = await ports.preview.affectedByFork(repository, pull);
  } catch (error) {
    return showFailure(repository, pull, { error, ports });
  }
  const { applications, considered, isDefining } = fork;
  if (applications.length > 0 || isDefining) return showForkNotice(repository, pull, { applications, ports });
  const { preview, shown } = nothingPreviewed(pull, undefined);
  const previewed = { preview: { ...preview, applicationsConsidered: considered }, shown };
  return publish(repository, pull, { previewed, ports });
}

async function showForkNotice(
  repository: Repository,
  pull: PullRequest,
  { applications, ports }: Pick<AffectedByFork, "applications"> & { readonly ports: PullRequestPorts },
): Promise<void> {
  const { head } = pull;
  const { settings, baseSha = pull.base.sha } = await ports.preview.settings(repository, pull);
  const base = { branch: pull.base.branch, sha: baseSha };
  const notice = ports.reports.forkNotice({ base, headSha: head.sha, applications });
  const check = await ports.publisher.check(repository, head.sha, { ...notice.check, baseSha });
  const place = { repository, number: pull.number };
  const text = { at: () => notice.comment, baseSha };
  const wanted = settings.comment.when === "never" ? "if-there-is-one" : "always";
  const comment = await ports.publisher.comment(place, text, wanted);
  record(repository, pull, { check, comment, ports, applications: {} });
}

/** Says why nothing could be previewed; what may pass is tried again by the queue. */
async function showFailure(
  repository: Repository,
  pull: PullRequest,
  { error, ports }: { readonly error: unknown; readonly ports: PullRequestPorts },
): Promise<void> {
  await publish(repository, pull, { previewed: nothingPreviewed(pull, problemOf(error)), ports });
  if (!(error instanceof OperationError) || error.retryable) throw error;
}

/** Posts the check as being in progress once the preview takes long; `stop` waits for a write under way. */
function sayWhenSlow(
  repository: Repository,
  pull: PullRequest,
  ports: PullRequestPorts,
): { stop(): Promise<void> } {
  const done = new AbortController();
  const underWay = ports.reports.checkInProgress({
    headSha: pull.head.sha,
    baseSha: pull.base.sha,
    applications: 0,
  });
  const saying = ports.clock
    .sleep(SLOW_AFTER_MS, done.signal)
    .then(() => ports.publisher.check(repository, pull.head.sha, underWay))
    .catch((error: unknown) => {
      if (!done.signal.aborted) ports.log.warn("the check could not be shown as in progress", { error });
    });
  return {
    async stop() {
      done.abort(new Error("the preview is ready"));
      await saying;
    },
  };
}
