import type { Comment, Repository } from "../../domain/github.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Comments, CommentWrites, WrittenComment } from "../../ports/comments.ts";
import type { GitHubClient, Octokit } from "./client.ts";
import { hasNextPage, orUndefined, PER_PAGE, readPages } from "./pages.ts";
import { nameOf } from "./pull-requests.ts";
import { shownAtOf } from "./sending.ts";

/** The part of GitHub's answers that we read. */
interface CommentJson {
  readonly id: number;
  readonly html_url: string;
  readonly issue_url: string;
  readonly body?: string | undefined;
  readonly user: { readonly id: number; readonly login: string; readonly type: string } | null;
  readonly performed_via_github_app?: { readonly id: number } | null | undefined;
  readonly created_at: string;
  readonly updated_at: string;
}

type Clients = Pick<GitHubClient, "asInstallation" | "appId">;

export function createComments(clients: Clients): Comments {
  return {
    async get(repository, commentId) {
      const { issues } = clients.asInstallation(repository.installationId).rest;
      const response = await orUndefined(issues.getComment({ ...nameOf(repository), comment_id: commentId }));
      // The same API serves comments of plain issues: nothing to us (T044).
      return response === undefined || !isOnPullRequest(response.data) ? undefined : toComment(response.data);
    },
    list: (repository, number, since) => listComments(clients, { repository, number, since }),
  };
}

/** Writes as the App. A creation whose outcome is unknown is looked for before it is tried again (T263). */
export function createCommentWrites(clients: Clients): CommentWrites {
  return {
    async create(repository, number, body) {
      try {
        return await createOnce(clients, { repository, number }, body);
      } catch (error) {
        if (!(error instanceof OperationError) || error.reason !== "GitHubUnavailable") throw error;
      }
      const written = await listComments(clients, { repository, number, since: 0 });
      const mine = written.findLast(
        (comment) => comment.viaAppId === clients.appId && isSameText(comment.body, body),
      );
      if (mine !== undefined) return { id: mine.id, shownAt: mine.createdAt };
      return createOnce(clients, { repository, number }, body);
    },
    async update(repository, commentId, body) {
      const { issues } = clients.asInstallation(repository.installationId).rest;
      const answer = issues.updateComment({ ...nameOf(repository), comment_id: commentId, body });
      const response = await orUndefined(answer);
      return response && { id: response.data.id, shownAt: shownAtOf(response, response.data.updated_at) };
    },
    async react(repository, commentId, content) {
      const { reactions } = clients.asInstallation(repository.installationId).rest;
      const wanted = { ...nameOf(repository), comment_id: commentId, content };
      await orUndefined(reactions.createForIssueComment(wanted));
    },
  };
}

interface Place {
  readonly repository: Repository;
  readonly number: number;
}

async function createOnce(
  clients: Clients,
  { repository, number }: Place,
  body: string,
): Promise<WrittenComment> {
  const { issues } = clients.asInstallation(repository.installationId).rest;
  const response = await issues.createComment({ ...nameOf(repository), issue_number: number, body });
  return { id: response.data.id, shownAt: shownAtOf(response, response.data.created_at) };
}

async function listComments(
  clients: Clients,
  place: Place & { readonly since: number },
): Promise<readonly Comment[]> {
  const { repository, number, since } = place;
  const { issues }: Octokit["rest"] = clients.asInstallation(repository.installationId).rest;
  return readPages("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", async (page) => {
    const response = await issues.listComments({
      ...nameOf(repository),
      issue_number: number,
      per_page: PER_PAGE,
      page,
      ...(since === 0 ? {} : { since: new Date(since).toISOString() }),
    });
    return { items: response.data.map(toComment), hasMore: hasNextPage(response) };
  });
}

/** GitHub may change line ends and what follows the last line. */
function isSameText(a: string, b: string): boolean {
  const normalize = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();
  return normalize(a) === normalize(b);
}

function isOnPullRequest({ html_url }: CommentJson): boolean {
  return /\/pull\/\d+(?:#|$)/.test(html_url);
}

function toComment(json: CommentJson): Comment {
  return {
    id: json.id,
    pullRequestNumber: Number(/\/(\d+)$/.exec(json.issue_url)?.[1] ?? 0),
    authorId: json.user?.id ?? 0,
    authorLogin: json.user?.login ?? "ghost",
    authorType: json.user?.type === "User" ? "User" : "Bot",
    viaAppId: json.performed_via_github_app?.id,
    body: json.body ?? "",
    createdAt: Date.parse(json.created_at),
    updatedAt: Date.parse(json.updated_at),
  };
}
