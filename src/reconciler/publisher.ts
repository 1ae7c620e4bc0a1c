import type { CheckReport, CommitStatusReport, Reaction, Repository } from "../domain/github.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { CheckRuns, CheckRunWrites } from "../ports/check-runs.ts";
import type { Comments, CommentWrites, WrittenComment } from "../ports/comments.ts";
import type { CommitStatusWrites } from "../ports/commit-statuses.ts";
import type { Digest } from "../ports/digest.ts";
import type { Log } from "../ports/log.ts";
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
  /** Puts the progress after a merge on top of the sticky comment, whose preview stays as it was shown. */
  progress(place: PullRequestPlace, markdown: string): Promise<void>;
  check(repository: Repository, headSha: string, report: CheckReport & Based): Promise<Shown>;
  status(repository: Repository, sha: string, status: CommitStatusReport): Promise<void>;
  /** One reply a comment id: a second one, after a crash, finds the first. */
  reply(place: PullRequestPlace, commentId: number, markdown: string): Promise<void>;
  react(repository: Repository, commentId: number, reaction: Reaction): Promise<void>;
}

export interface PullRequestPlace {
  readonly repository: Repository;
  readonly number: number;
}

/** A comment, marker line first, that knows how to be shorter: `at(1)` is the usual limits, less comes after a refusal. */
export interface ShrinkableText extends Based {
  at(scale: number): string;
}

/** What is told about a base: told anew only when more has changed than where the base is (DESIGN §7). */
export interface Based {
  /** SHA of the base's commit; absent where there is none. */
  readonly baseSha?: string;
}

export interface Shown {
  readonly shownAt: number | undefined;
  readonly id: number | undefined;
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

interface PublisherState extends PublisherPorts {
  /** By pull request. */
  readonly sticky: Map<string, KnownComment>;
  /** By commit. */
  readonly checks: Map<string, KnownCheck>;
  /** By commit and context. */
  readonly said: Map<string, { readonly text: string; readonly count: number }>;
}

interface KnownComment {
  readonly id: number;
  readonly hash: string;
}

interface KnownCheck {
  readonly id: number;
  readonly isCompleted: boolean;
  /** `undefined` for a run of an earlier process. */
  readonly hash: string | undefined;
}

export function createPublisher(ports: PublisherPorts): Publisher {
  const state: PublisherState = { ...ports, sticky: new Map(), checks: new Map(), said: new Map() };
  return {
    comment: (place, text, when) => comment(state, place, { text, when }),
    progress: (place, markdown) => progress(state, place, markdown),
    check: (repository, headSha, report) => check(state, { repository, headSha }, report),
    status: (repository, sha, report) => status(state, { repository, sha }, report),
    reply: (place, commentId, markdown) => reply(state, place, { commentId, markdown }),
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
  const body = withProgress(now?.body ?? `${STICKY_MARKER} -->`, state.exit(markdown));
  if (now?.body === body) return;
  const written = await writeSticky(state, place, { id: now?.id, body });
  state.sticky.set(keyOf(place), { id: written.id, hash: state.digest(body) });
}

async function check(
  state: PublisherState,
  { repository, headSha }: { readonly repository: Repository; readonly headSha: string },
  report: CheckReport & Based,
): Promise<Shown> {
  const { exit } = state;
  const clean = {
    ...report,
    title: exit(report.title),
    summary: exit(report.summary),
    text: exit(report.text),
  };
  const key = `${repository.id}/${headSha}`;
  const hash = state.digest(apartFromBase(JSON.stringify({ ...clean, baseSha: "" }), report.baseSha));
  const known = state.checks.get(key) ?? (await findCheck(state, repository, headSha));
  if (known?.hash === hash) return { shownAt: undefined, id: known.id };
  // A completed run cannot go back to being in progress: looking again is a new run.
  const isReusable = known !== undefined && (!known.isCompleted || report.status === "completed");
  const written = isReusable
    ? await state.checkRunWrites.update(repository, known.id, clean)
    : await state.checkRunWrites.create(repository, headSha, {
        ...clean,
        externalId: `plumbline:${headSha}`,
      });
  state.checks.set(key, { id: written.id, isCompleted: report.status === "completed", hash });
  return written;
}

async function findCheck(
  { checkRuns }: PublisherState,
  repository: Repository,
  headSha: string,
): Promise<KnownCheck | undefined> {
  const found = await checkRuns.find(repository, headSha);
  return found === undefined ? undefined : { ...found, hash: undefined };
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

async function reply(
  state: PublisherState,
  { repository, number }: PullRequestPlace,
  { commentId, markdown }: { readonly commentId: number; readonly markdown: string },
): Promise<void> {
  const marker = `<!-- plumbline:reply ${commentId} -->`;
  const ours = await state.botUserId(repository);
  const comments = await state.comments.list(repository, number, 0);
  if (comments.some(({ authorId, body }) => authorId === ours && body.startsWith(marker))) return;
  await state.commentWrites.create(repository, number, `${marker}\n${state.exit(markdown)}`);
}

function keyOf({ repository, number }: PullRequestPlace): string {
  return `${repository.id}/${number}`;
}
