import type { CheckRunState, CommentState, PullState, RepositoryState } from "./model.ts";
import { latestStatuses } from "./present-checks.ts";
import { detailsOf } from "./pull-requests.ts";
import { fullName, type World } from "./world.ts";

/** All a page shows, as plain data: what GitHub's own pages would. */
export interface Snapshot {
  readonly repositories: readonly RepositorySnapshot[];
  readonly users: readonly string[];
}

export interface RepositorySnapshot {
  readonly id: number;
  readonly fullName: string;
  readonly defaultBranch: string;
  readonly cloneUrl: string;
  /** Newest first. */
  readonly pullRequests: readonly PullSnapshot[];
  /** Branch → its tip with the statuses on it. */
  readonly branches: Readonly<Record<string, CommitSnapshot>>;
}

export interface PullSnapshot {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly state: "open" | "closed" | "merged";
  readonly isDraft: boolean;
  readonly isMergeable: boolean;
  readonly base: string;
  readonly head: string;
  readonly headCommit: CommitSnapshot;
  readonly mergeCommit: CommitSnapshot | undefined;
  readonly comments: readonly CommentSnapshot[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface CommentSnapshot {
  readonly id: number;
  readonly author: string;
  readonly isBot: boolean;
  readonly body: string;
  readonly createdAt: number;
  readonly isEdited: boolean;
  /** GitHub's words for them: `eyes`, `rocket`, `-1`. */
  readonly reactions: readonly string[];
}

export interface CommitSnapshot {
  readonly sha: string;
  readonly checkRuns: readonly CheckRunSnapshot[];
  readonly statuses: readonly {
    readonly context: string;
    readonly state: string;
    readonly description: string;
  }[];
}

export interface CheckRunSnapshot {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

export async function createSnapshot(world: World): Promise<Snapshot> {
  const repositories = [...world.repositories.values()].map((repository) =>
    snapshotRepository(world, repository),
  );
  const users = [...world.accounts.values()].filter(({ type }) => type === "User").map(({ login }) => login);
  return { repositories: await Promise.all(repositories), users };
}

async function snapshotRepository(world: World, repository: RepositoryState): Promise<RepositorySnapshot> {
  const refs = await repository.git.refs();
  const branches = [...refs]
    .filter(([ref]) => ref.startsWith("refs/heads/"))
    .map(([ref, sha]) => [ref.slice("refs/heads/".length), snapshotCommit(repository, sha)] as const);
  const pulls = [...repository.pulls.values()].reverse().map((pull) => snapshotPull(repository, pull));
  return {
    id: repository.id,
    fullName: fullName(repository),
    defaultBranch: repository.defaultBranch,
    cloneUrl: `${world.url}/${fullName(repository)}.git`,
    pullRequests: await Promise.all(pulls),
    branches: Object.fromEntries(branches),
  };
}

async function snapshotPull(repository: RepositoryState, pull: PullState): Promise<PullSnapshot> {
  const comments = [...repository.comments.values()].filter(({ pullNumber }) => pullNumber === pull.number);
  const isMergeable = pull.state === "open" && (await detailsOf({ repository, pull })).mergeable === true;
  const owner = pull.head.repository === repository ? "" : `${pull.head.repository.owner.login}:`;
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    author: pull.author.login,
    state: pull.merged === undefined ? pull.state : "merged",
    isDraft: pull.isDraft,
    isMergeable,
    base: pull.base.branch,
    head: `${owner}${pull.head.branch}`,
    headCommit: snapshotCommit(repository, pull.headSha),
    mergeCommit: pull.merged === undefined ? undefined : snapshotCommit(repository, pull.merged.sha),
    comments: comments.map(snapshotComment),
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
  };
}

function snapshotComment(comment: CommentState): CommentSnapshot {
  return {
    id: comment.id,
    author: comment.author.login,
    isBot: comment.author.type === "Bot",
    body: comment.body,
    createdAt: comment.createdAt,
    isEdited: comment.updatedAt !== comment.createdAt,
    reactions: comment.reactions.map(({ content }) => content),
  };
}

function snapshotCommit(repository: RepositoryState, sha: string): CommitSnapshot {
  const runs = [...repository.checkRuns.values()].filter(({ headSha }) => headSha === sha);
  return {
    sha,
    checkRuns: runs.map(snapshotRun),
    statuses: latestStatuses(repository, sha).map(({ context, state, description }) => ({
      context,
      state,
      description,
    })),
  };
}

function snapshotRun(run: CheckRunState): CheckRunSnapshot {
  return {
    id: run.id,
    name: run.name,
    status: run.status,
    conclusion: run.conclusion,
    title: run.output.title ?? "",
    summary: run.output.summary ?? "",
    text: run.output.text ?? "",
  };
}
