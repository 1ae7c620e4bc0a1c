import MarkdownIt from "markdown-it";

import type {
  CheckRunState,
  CommentState,
  PullState,
  RepositoryState,
  StatusState,
} from "../github/model.ts";

/** All that the page shows, as JSON. Texts people wrote are Markdown turned into HTML here, so the page needs no parser. */
export interface DemoView {
  readonly cluster: string;
  readonly repository: string;
  readonly cloneUrl: string;
  readonly people: readonly { readonly login: string; readonly role: string }[];
  readonly pullRequests: readonly PullRequestView[];
  readonly applications: readonly ApplicationView[];
}

export interface ApplicationView {
  readonly name: string;
  readonly sync: string;
  readonly health: string;
  readonly message: string;
  readonly revision: string;
}

export interface PullRequestView {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly state: "open" | "merged" | "closed";
  readonly base: string;
  readonly head: string;
  readonly headSha: string;
  readonly comments: readonly CommentView[];
  readonly checks: readonly CheckView[];
  readonly statuses: readonly StatusView[];
}

interface CommentView {
  readonly id: number;
  readonly author: string;
  readonly isBot: boolean;
  readonly isEdited: boolean;
  readonly at: number;
  readonly html: string;
  readonly reactions: readonly string[];
}

interface CheckView {
  readonly name: string;
  readonly state: string;
  readonly title: string;
  readonly html: string;
}

interface StatusView {
  readonly context: string;
  readonly state: string;
  readonly description: string;
  readonly sha: string;
}

// GitHub keeps a few HTML elements, <details> among them; what they could do here the page's content policy forbids.
const markdown = new MarkdownIt({ html: true, linkify: false, breaks: true });

/** A repository's conversation as people see it on github.com. */
export function pullRequestViews(repository: RepositoryState): readonly PullRequestView[] {
  return [...repository.pulls.values()].map((pull) => pullRequestView(repository, pull)).reverse();
}

function pullRequestView(repository: RepositoryState, pull: PullState): PullRequestView {
  const shown = pull.merged?.sha ?? pull.headSha;
  const comments = [...repository.comments.values()].filter(({ pullNumber }) => pullNumber === pull.number);
  return {
    number: pull.number,
    title: pull.title,
    author: pull.author.login,
    state: pull.merged === undefined ? pull.state : "merged",
    base: pull.base.branch,
    head: pull.head.branch,
    headSha: pull.headSha,
    comments: comments.map(commentView),
    checks: newestByName(
      [...repository.checkRuns.values()].filter(({ headSha }) => headSha === pull.headSha),
    ).map(checkView),
    statuses: newestByContext(repository.statuses.filter(({ sha }) => sha === shown)),
  };
}

function commentView(comment: CommentState): CommentView {
  return {
    id: comment.id,
    author: comment.author.login,
    isBot: comment.author.type === "Bot",
    isEdited: comment.updatedAt > comment.createdAt,
    at: comment.createdAt,
    html: markdown.render(comment.body),
    reactions: comment.reactions.map(({ content }) => content),
  };
}

function checkView({ name, status, conclusion, output }: CheckRunState): CheckView {
  return {
    name,
    state: conclusion ?? status,
    title: output.title ?? "",
    html: markdown.render(`${output.summary ?? ""}\n\n${output.text ?? ""}`),
  };
}

function newestByName(runs: readonly CheckRunState[]): readonly CheckRunState[] {
  return [...new Map(runs.map((run) => [run.name, run])).values()];
}

function newestByContext(statuses: readonly StatusState[]): readonly StatusView[] {
  const newest = new Map(statuses.map((status) => [status.context, status]));
  return [...newest.values()].map(({ context, state, description, sha }) => ({
    context,
    state,
    description,
    sha,
  }));
}
