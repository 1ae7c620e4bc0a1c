import type { CommentState, PullState, RepositoryState } from "./model.ts";
import {
  apiUrl,
  isoTime,
  nodeId,
  type Presented,
  presentAccount,
  presentApp,
  presentRepository,
  repositoryPage,
  repositoryUrl,
} from "./present.ts";
import { roleOf, type World } from "./world.ts";

/** A pull request and the repository it is in: its base. */
export interface PullPlace {
  readonly repository: RepositoryState;
  readonly pull: PullState;
}

/** What only the single-item answer and the webhooks carry. */
export interface PullDetails {
  readonly mergeable: boolean | undefined;
  readonly commits: number;
  readonly files: number;
  readonly additions: number;
  readonly deletions: number;
}

/** A pull-request-simple, as lists have it. */
export function presentPullSimple(world: World, { repository, pull }: PullPlace): Presented {
  const url = `${repositoryUrl(world, repository)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(world, repository)}/issues/${pull.number}`;
  const page = `${repositoryPage(world, repository)}/pull/${pull.number}`;
  const links = pullLinks(world, { repository, pull });
  return {
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    number: pull.number,
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    ...links,
    _links: {
      self: { href: url },
      html: { href: page },
      issue: { href: issue },
      comments: { href: links.comments_url },
      review_comments: { href: links.review_comments_url },
      review_comment: { href: links.review_comment_url },
      commits: { href: links.commits_url },
      statuses: { href: links.statuses_url },
    },
    state: pull.state,
    locked: false,
    draft: pull.isDraft,
    title: pull.title,
    body: pull.body === "" ? null : pull.body,
    user: presentAccount(world, pull.author),
    author_association: association({ repository, pull }),
    created_at: isoTime(pull.createdAt),
    updated_at: isoTime(pull.updatedAt),
    closed_at: pull.closedAt === undefined ? null : isoTime(pull.closedAt),
    merged_at: pull.merged === undefined ? null : isoTime(pull.merged.at),
    merge_commit_sha: pull.merged?.sha ?? null,
    base: presentEnd(world, { repository, branch: pull.base.branch, sha: pull.base.sha }),
    head: presentEnd(world, { ...pull.head, sha: pull.headSha }),
    ...NOT_KEPT,
  };
}

const NOT_KEPT = {
  assignee: null,
  assignees: [],
  labels: [],
  milestone: null,
  requested_reviewers: [],
  requested_teams: [],
  auto_merge: null,
  active_lock_reason: null,
} as const;

/** A pull-request, as a single answer and the webhooks have it. */
export function presentPull(world: World, place: PullPlace, details: PullDetails): Presented {
  const { pull, repository } = place;
  const comments = [...repository.comments.values()].filter(({ pullNumber }) => pullNumber === pull.number);
  return {
    ...presentPullSimple(world, place),
    merged: pull.merged !== undefined,
    merged_by: pull.merged === undefined ? null : presentAccount(world, pull.merged.by),
    mergeable: details.mergeable ?? null,
    rebaseable: details.mergeable ?? null,
    mergeable_state: mergeableState(pull, details.mergeable),
    maintainer_can_modify: false,
    comments: comments.length,
    review_comments: 0,
    commits: details.commits,
    changed_files: details.files,
    additions: details.additions,
    deletions: details.deletions,
  };
}

function mergeableState(pull: PullState, mergeable: boolean | undefined): string {
  if (mergeable === undefined) return "unknown";
  if (!mergeable) return "dirty";
  return pull.isDraft ? "draft" : "clean";
}

function pullLinks(world: World, { repository, pull }: PullPlace) {
  const url = `${repositoryUrl(world, repository)}/pulls`;
  return {
    comments_url: `${repositoryUrl(world, repository)}/issues/${pull.number}/comments`,
    review_comments_url: `${url}/${pull.number}/comments`,
    review_comment_url: `${url}/comments{/number}`,
    commits_url: `${url}/${pull.number}/commits`,
    statuses_url: `${repositoryUrl(world, repository)}/statuses/${pull.headSha}`,
  };
}

function presentEnd(
  world: World,
  end: { readonly repository: RepositoryState; readonly branch: string; readonly sha: string },
): Presented {
  return {
    label: `${end.repository.owner.login}:${end.branch}`,
    ref: end.branch,
    sha: end.sha,
    user: presentAccount(world, end.repository.owner),
    repo: presentRepository(world, end.repository),
  };
}

function association({ repository, pull }: PullPlace): string {
  if (repository.owner.id === pull.author.id) return "OWNER";
  return ["write", "maintain", "admin"].includes(roleOf(repository, pull.author)) ? "COLLABORATOR" : "NONE";
}

const REACTIONS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"] as const;

function presentReactions(url: string, contents: readonly string[]): Presented {
  const counts: Record<string, number> = Object.fromEntries(
    REACTIONS.map((content) => [content, contents.filter((other) => other === content).length]),
  );
  return { url: `${url}/reactions`, total_count: contents.length, ...counts };
}

/** An issue-comment. */
export function presentComment(world: World, repository: RepositoryState, comment: CommentState): Presented {
  const url = `${repositoryUrl(world, repository)}/issues/comments/${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url,
    html_url: `${repositoryPage(world, repository)}/pull/${comment.pullNumber}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(world, repository)}/issues/${comment.pullNumber}`,
    user: presentAccount(world, comment.author),
    author_association: "COLLABORATOR",
    body: comment.body,
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    performed_via_github_app: presentViaApp(world, comment.viaAppId),
    reactions: presentReactions(
      url,
      comment.reactions.map(({ content }) => content),
    ),
  };
}

function presentViaApp(world: World, appId: number | undefined): Presented | null {
  if (appId === undefined) return null;
  if (appId === world.app.id) return presentApp(world);
  return { ...presentApp(world), id: appId, slug: `app-${appId}`, name: `App ${appId}` };
}

/** The issue that every pull request also is, as the webhooks of comments carry it. */
export function presentIssue(world: World, place: PullPlace): Presented {
  const { repository, pull } = place;
  const url = `${repositoryUrl(world, repository)}/issues/${pull.number}`;
  const simple = presentPullSimple(world, place);
  return {
    id: pull.id,
    node_id: simple["node_id"],
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    locked: false,
    draft: pull.isDraft,
    url,
    repository_url: repositoryUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: simple["html_url"],
    user: simple["user"],
    author_association: simple["author_association"],
    labels: [],
    assignee: null,
    assignees: [],
    milestone: null,
    active_lock_reason: null,
    comments: [...repository.comments.values()].filter(({ pullNumber }) => pullNumber === pull.number).length,
    created_at: simple["created_at"],
    updated_at: simple["updated_at"],
    closed_at: simple["closed_at"],
    reactions: presentReactions(url, []),
    pull_request: {
      url: simple["url"],
      html_url: simple["html_url"],
      diff_url: simple["diff_url"],
      patch_url: simple["patch_url"],
      merged_at: simple["merged_at"],
    },
  };
}

/** As check runs name the pull requests they belong to; GitHub leaves forks out. */
export function presentPullMinimal(world: World, { repository, pull }: PullPlace): Presented {
  const repo = { id: repository.id, url: repositoryUrl(world, repository), name: repository.name };
  return {
    id: pull.id,
    number: pull.number,
    url: `${apiUrl(world)}/repos/${repository.owner.login}/${repository.name}/pulls/${pull.number}`,
    head: { ref: pull.head.branch, sha: pull.headSha, repo },
    base: { ref: pull.base.branch, sha: pull.base.sha, repo },
  };
}
