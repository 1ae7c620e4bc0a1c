import type { CommitFacts } from "../github/git-store.ts";
import type {
  Account,
  CheckRunState,
  CommentState,
  PullState,
  RepositoryState,
  StatusState,
} from "../github/model.ts";
import { createCommentHtml } from "./comment-html.ts";

/** All that the page shows, as JSON. Texts people wrote are Markdown turned into HTML here, so the page needs no parser. */
export interface DemoView {
  readonly cluster: string;
  readonly repository: string;
  readonly cloneUrl: string;
  readonly people: readonly { readonly login: string; readonly role: string }[];
  /** Newest first. */
  readonly pullRequests: readonly PullRequestView[];
  /** Branches that were pushed and that no pull request is of; sorted. */
  readonly branches: readonly string[];
  /** Sorted by name. */
  readonly applications: readonly ApplicationView[];
  /** Whether the cluster is ours to disturb. */
  readonly mayDrift: boolean;
}

export interface ApplicationView {
  readonly name: string;
  readonly sync: string;
  readonly health: string;
  readonly message: string;
  readonly revision: string;
  /** When its last sync ended, in milliseconds since the epoch; null before the first. */
  readonly syncedAt: number | null;
}

/** Times are milliseconds since the epoch. */
export interface PullRequestView {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly state: "open" | "merged" | "closed";
  readonly createdAt: number;
  readonly html: string;
  readonly base: string;
  readonly head: string;
  /** Oldest first. */
  readonly commits: readonly CommitView[];
  readonly comments: readonly CommentView[];
  readonly checks: readonly CheckView[];
  /** Of the merge commit, once there is one. */
  readonly statuses: readonly StatusView[];
  readonly merged: { readonly sha: string; readonly by: string; readonly at: number } | null;
}

interface CommitView {
  readonly sha: string;
  readonly author: string;
  readonly title: string;
  readonly at: number;
}

interface CommentView {
  readonly id: number;
  readonly author: string;
  readonly isBot: boolean;
  readonly isEdited: boolean;
  readonly at: number;
  readonly html: string;
  readonly reactions: readonly { readonly content: string; readonly by: readonly string[] }[];
}

interface CheckView {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly title: string;
  readonly html: string;
}

interface StatusView {
  readonly context: string;
  readonly state: string;
  readonly description: string;
}

/** How a repository's pull requests look at this moment, as people see them on github.com; newest first. */
export type ViewPullRequests = () => Promise<readonly PullRequestView[]>;

/** Commits are asked of Git once a push: the view is made anew at every change. */
export function createPullRequestViews(repository: RepositoryState): ViewPullRequests {
  const html = createCommentHtml();
  const commits = new Map<number, { readonly head: string; readonly list: readonly CommitView[] }>();
  const commitsOf = async ({ number, base, headSha, merged }: PullState): Promise<readonly CommitView[]> => {
    const known = commits.get(number);
    // After the merge the base holds them all.
    if (known !== undefined && (known.head === headSha || merged !== undefined)) return known.list;
    const list = (await repository.git.between(base.sha, headSha)).map(commitView);
    commits.set(number, { head: headSha, list });
    return list;
  };
  return () =>
    Promise.all(
      [...repository.pulls.values()].reverse().map(async (pull) => ({
        ...pullRequestView(repository, pull, html),
        commits: await commitsOf(pull),
      })),
    );
}

const HEADS = "refs/heads/";

/** What people pushed and opened no pull request of; Git is asked once a push. */
export function createBranchViews(repository: RepositoryState): () => Promise<readonly string[]> {
  let known: { readonly pushedAt: number; readonly branches: readonly string[] } | undefined;
  return async () => {
    const { pushedAt } = repository;
    if (known?.pushedAt !== pushedAt) {
      const names = [...(await repository.git.refs()).keys()].filter((ref) => ref.startsWith(HEADS));
      known = { pushedAt, branches: names.map((ref) => ref.slice(HEADS.length)).sort() };
    }
    const taken = new Set([...repository.pulls.values()].map(({ head }) => head.branch));
    return known.branches.filter((name) => name !== repository.defaultBranch && !taken.has(name));
  };
}

type Html = (text: string) => string;

function pullRequestView(
  repository: RepositoryState,
  pull: PullState,
  html: Html,
): Omit<PullRequestView, "commits"> {
  const { number, title, body, author, createdAt, base, head, headSha, state, merged } = pull;
  const comments = [...repository.comments.values()].filter(({ pullNumber }) => pullNumber === number);
  const runs = [...repository.checkRuns.values()].filter((run) => run.headSha === headSha);
  const statuses = repository.statuses.filter(({ sha }) => sha === (merged?.sha ?? headSha));
  return {
    number,
    title,
    author: author.login,
    state: merged === undefined ? state : "merged",
    createdAt,
    html: html(body === "" ? "*No description provided.*" : body),
    base: base.branch,
    head: head.branch,
    comments: comments.map((comment) => commentView(comment, html)),
    checks: newest(runs, ({ name }) => name).map((run) => checkView(run, html)),
    statuses: newest(statuses, ({ context }) => context).map(statusView),
    merged: merged === undefined ? null : { sha: merged.sha, by: merged.by.login, at: merged.at },
  };
}

function commitView({ sha, name, message, date }: CommitFacts): CommitView {
  return { sha, author: name, title: message.split("\n")[0] ?? "", at: Date.parse(date) };
}

function commentView(comment: CommentState, html: Html): CommentView {
  const { id, author, body, createdAt, updatedAt, reactions } = comment;
  const by = Map.groupBy(reactions, ({ content }) => content);
  return {
    id,
    author: nameOf(author),
    isBot: author.type === "Bot",
    isEdited: updatedAt > createdAt,
    at: createdAt,
    html: html(body),
    reactions: [...by].map(([content, all]) => ({ content, by: all.map((one) => nameOf(one.author)) })),
  };
}

/** GitHub shows a bot by its App's name, with a label beside it. */
function nameOf({ login, type }: Account): string {
  return type === "Bot" ? login.replace(/\[bot\]$/, "") : login;
}

function checkView({ id, name, status, conclusion, output }: CheckRunState, html: Html): CheckView {
  return {
    id,
    name,
    state: conclusion ?? status,
    title: output.title ?? "",
    html: html(`${output.summary ?? ""}\n\n${output.text ?? ""}`),
  };
}

function statusView({ context, state, description }: StatusState): StatusView {
  return { context, state, description };
}

/** The last of each name. */
function newest<T>(all: readonly T[], nameOfOne: (one: T) => string): readonly T[] {
  return [...new Map(all.map((one) => [nameOfOne(one), one])).values()];
}
