import { apiError, validationError } from "./api-error.ts";
import type { Account, CommentState, ReactionState, RepositoryState } from "./model.ts";
import { presentComment, presentIssue } from "./present-pull-request.ts";
import type { World } from "./world.ts";

/** What GitHub says it accepts. @see https://github.com/mshick/add-pr-comment/issues/93 */
export const COMMENT_CHARS_MAX = 65_536;

/** Who writes, and through which App if through any. */
export interface Author {
  readonly account: Account;
  readonly viaAppId?: number;
}

/** @throws ApiError 404, 422 */
export function addComment(
  world: World,
  place: { readonly repository: RepositoryState; readonly number: number },
  { body, account, viaAppId }: Author & { readonly body: string },
): CommentState {
  const { repository, number } = place;
  const pull = repository.pulls.get(number);
  if (pull === undefined) throw apiError(404, "Not Found");
  checkBody(body);
  const at = world.now();
  const comment: CommentState = {
    id: world.newId(),
    pullNumber: number,
    author: account,
    viaAppId,
    body,
    createdAt: at,
    updatedAt: at,
    reactions: [],
  };
  repository.comments.set(comment.id, comment);
  pull.updatedAt = at;
  tell(world, repository, { comment, action: "created", sender: account });
  return comment;
}

/** @throws ApiError 404, 422 */
export function editComment(
  world: World,
  place: { readonly repository: RepositoryState; readonly commentId: number },
  { body, account }: Author & { readonly body: string },
): CommentState {
  const comment = findComment(place.repository, place.commentId);
  checkBody(body);
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = world.now();
  touchPull(world, place.repository, comment);
  tell(world, place.repository, { comment, action: "edited", sender: account, changes: { body: { from } } });
  return comment;
}

/** @throws ApiError 404 */
export function deleteComment(
  world: World,
  place: { readonly repository: RepositoryState; readonly commentId: number },
  account: Account,
): void {
  const comment = findComment(place.repository, place.commentId);
  touchPull(world, place.repository, comment);
  tell(world, place.repository, { comment, action: "deleted", sender: account });
  place.repository.comments.delete(comment.id);
}

/** The same reaction by the same account is kept once. */
export function addReaction(
  world: World,
  place: { readonly repository: RepositoryState; readonly commentId: number },
  { account, content }: { readonly account: Account; readonly content: string },
): { readonly reaction: ReactionState; readonly isNew: boolean } {
  const { reactions } = findComment(place.repository, place.commentId);
  const existing = reactions.find((one) => one.content === content && one.author.id === account.id);
  if (existing !== undefined) return { reaction: existing, isNew: false };
  const reaction = { id: world.newId(), author: account, content, createdAt: world.now() };
  reactions.push(reaction);
  return { reaction, isNew: true };
}

/** @throws ApiError 404 */
export function findComment(repository: RepositoryState, commentId: number): CommentState {
  const comment = repository.comments.get(commentId);
  if (comment === undefined) throw apiError(404, "Not Found");
  return comment;
}

function checkBody(body: string): void {
  if (body.trim() === "") throw validationError("IssueComment", "body", "body can't be blank");
  if (body.length > COMMENT_CHARS_MAX) {
    throw validationError(
      "IssueComment",
      "body",
      `body is too long (maximum is ${COMMENT_CHARS_MAX} characters)`,
    );
  }
}

function touchPull(world: World, repository: RepositoryState, comment: CommentState): void {
  const pull = repository.pulls.get(comment.pullNumber);
  if (pull !== undefined) pull.updatedAt = world.now();
}

interface Told {
  readonly comment: CommentState;
  readonly action: "created" | "edited" | "deleted";
  readonly sender: Account;
  readonly changes?: unknown;
}

function tell(world: World, repository: RepositoryState, { comment, action, sender, changes }: Told): void {
  const pull = repository.pulls.get(comment.pullNumber);
  if (pull === undefined) return;
  world.emit({
    event: "issue_comment",
    action,
    repository,
    sender,
    fields: {
      ...(changes === undefined ? {} : { changes }),
      issue: presentIssue(world, { repository, pull }),
      comment: presentComment(world, repository, comment),
    },
  });
}
