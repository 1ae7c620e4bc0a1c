import type { CheckReport, Comment, CommitStatusReport, Reaction, Repository } from "../domain/github.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { CheckRuns, CheckRunWrites } from "../ports/check-runs.ts";
import type { Comments, CommentWrites, WrittenComment } from "../ports/comments.ts";
import type { CommitStatusWrites } from "../ports/commit-statuses.ts";
import type { Digest } from "../ports/digest.ts";
import type { Log } from "../ports/log.ts";
import { createCheckPublisher, type OwnChecks } from "./publish-checks.ts";
import { createReplyPublisher } from "./publish-replies.ts";
import { type Based, keyOf, type PullRequestPlace, type Shown } from "./published.ts";
import { createRecentMap, type RecentMap } from "./recent-map.ts";
import { apartFromBase, baseOf, STICKY_MARKER, withProgress } from "./sticky-comment.ts";

/**
 * The only way out to GitHub: one sticky comment and one check a pull request, statuses on commits, replies and
 * reactions to commands. Everything passes the exit that masks known secrets; what would say nothing new is not sent.
 */
export interface Publisher {
  /**
   * Creates or edits the sticky comment: found by marker and author, edited only when it has something new to say.
   * @param when - `if-there-is-one` keeps quiet where nothing was ever said.
   * @returns when GitHub dated the write, or `undefined` when the same text is shown already.
   */
  comment(place: PullRequestPlace, text: ShrinkableText, when: "always" | "if-there-is-one"): Promise<Shown>;
  /**
   * Puts the progress after a merge on top of the sticky comment, whose preview stays as it was shown. Where there is none,
   * for the repository wants none or somebody deleted it, none is made.
   */
  progress(place: PullRequestPlace, markdown: string): Promise<void>;
  check(repository: Repository, headSha: string, report: CheckReport & Based): Promise<Shown>;
  /** Checks of single Applications, beside the one of all. */
  ownChecks(repository: Repository, headSha: string, told: OwnChecks): Promise<void>;
  status(repository: Repository, sha: string, status: CommitStatusReport): Promise<void>;
  /** One reply a comment id, and one for all machines: a second one, after a crash, finds the first. */
  reply(place: PullRequestPlace, to: number | "machines", markdown: string): Promise<void>;
  /** Whether a machine's comment is ours, or repeats ours. */
  isOurs(repository: Repository, comment: Pick<Comment, "authorId" | "body">): Promise<boolean>;
  react(repository: Repository, commentId: number, reaction: Reaction): Promise<void>;
}

/** A comment, marker line first, that knows how to be shorter: `at(1)` is the usual limits, less comes after a refusal. */
export interface ShrinkableText extends Based {
  at(scale: number): string;
}

export interface PublisherPorts {
  readonly comments: Comments;
  readonly commentWrites: CommentWrites;
  readonly checkRuns: CheckRuns;
  readonly checkRunWrites: CheckRunWrites;
  readonly statuses: CommitStatusWrites;
  /** Numeric id of our own bot user: a marker alone could be anyone's. */
  readonly botUserId: (repository: Repository) => Promise<number>;
  readonly exit: (text: string) => string;
  readonly digest: Digest;
  readonly log: Log;
}

/** GitHub refuses a 1,001st status of one context on one commit; the last ones are kept for the final word. */
const STATUSES_PER_CONTEXT_MAX = 990;
const SCALES = [1, 0.6, 0.3, 0.1];
/** Comments, and statuses, whose text is remembered: of others it is found again, or said once more. */
const REMEMBERED_MAX = 10_000;

interface PublisherState extends PublisherPorts {
  /** By pull request. */
  readonly sticky: RecentMap<string, KnownComment>;
  /** By commit and context. */
  readonly said: RecentMap<string, { readonly text: string; readonly count: number }>;
}

interface KnownComment {
  readonly id: number;
  readonly hash: string;
}

export function createPublisher(ports: PublisherPorts): Publisher {
  const state: PublisherState = {
    ...ports,
    sticky: createRecentMap(REMEMBERED_MAX),
    said: createRecentMap(REMEMBERED_MAX),
  };
  const checks = createCheckPublisher(ports);
  const replies = createReplyPublisher(ports);
  return {
    comment: (place, text, when) => comment(state, place, { text, when }),
    progress: (place, markdown) => progress(state, place, markdown),
    check: checks.check,
    ownChecks: checks.ownChecks,
    status: (repository, sha, report) => status(state, { repository, sha }, report),
    reply: replies.reply,
    isOurs: replies.isOurs,
    react: (repository, commentId, reaction) => ports.commentWrites.react(repository, commentId, reaction),
  };
}

async function comment(
  state: PublisherState,
  place: PullRequestPlace,
  { text, when }: { readonly text: ShrinkableText; readonly when: "always" | "if-there-is-one" },
): Promise<Shown> {
  const key = keyOf(place);
  const known = state.sticky.get(key) ?? (await findSticky(state, place));
  if (known === undefined && when === "if-there-is-one") return NOT_SHOWN;
  for (const scale of SCALES) {
    const body = state.exit(text.at(scale));
    const hash = state.digest(apartFromBase(body, text.baseSha));
    if (known?.hash === hash) return { shownAt: undefined, id: known.id };
    try {
      const written = await writeSticky(state, place, { id: known?.id, body });
      state.sticky.set(key, { id: written.id, hash });
      return written;
    } catch (error) {
      const isTooLong = error instanceof OperationError && error.reason === "GitHubTextTooLong";
      if (!isTooLong || scale === SCALES.at(-1)) throw error;
    }
  }
  return NOT_SHOWN;
}

const NOT_SHOWN: Shown = { shownAt: undefined, id: undefined };

/** Edits the comment; one that somebody deleted is made anew. */
async function writeSticky(
  { commentWrites }: PublisherState,
  { repository, number }: PullRequestPlace,
  { id, body }: { readonly id: number | undefined; readonly body: string },
): Promise<WrittenComment> {
  const edited = id === undefined ? undefined : await commentWrites.update(repository, id, body);
  return edited ?? commentWrites.create(repository, number, body);
}

async function findSticky(
  state: PublisherState,
  { repository, number }: PullRequestPlace,
): Promise<KnownComment | undefined> {
  const ours = await state.botUserId(repository);
  const comments = await state.comments.list(repository, number, 0);
  const found = comments.find(({ authorId, body }) => authorId === ours && body.startsWith(STICKY_MARKER));
  if (found === undefined) return undefined;
  return { id: found.id, hash: state.digest(apartFromBase(found.body, baseOf(found.body))) };
}

async function progress(state: PublisherState, place: PullRequestPlace, markdown: string): Promise<void> {
  const known = state.sticky.get(keyOf(place)) ?? (await findSticky(state, place));
  const now = known === undefined ? undefined : await state.comments.get(place.repository, known.id);
  if (now === undefined) return;
  const body = withProgress(now.body, state.exit(markdown));
  if (now.body === body) return;
  const written = await state.commentWrites.update(place.repository, now.id, body);
  if (written === undefined) return;
  state.sticky.set(keyOf(place), { id: written.id, hash: state.digest(body) });
}

async function status(
  state: PublisherState,
  { repository, sha }: { readonly repository: Repository; readonly sha: string },
  report: CommitStatusReport,
): Promise<void> {
  const key = `${repository.id}/${sha}/${report.context}`;
  const description = state.exit(report.description);
  const text = `${report.state} ${description} ${report.targetUrl}`;
  const before = state.said.get(key);
  if (before?.text === text) return;
  const count = (before?.count ?? 0) + 1;
  if (count > STATUSES_PER_CONTEXT_MAX && report.state === "pending") {
    state.log.warn("a commit has nearly as many statuses as GitHub allows; only final ones are still sent", {
      key,
    });
    return;
  }
  await state.statuses.create(repository, sha, { ...report, description });
  state.said.set(key, { text, count });
}
