import { apiError } from "../api-error.ts";
import { addComment, addReaction, deleteComment, editComment, findComment } from "../conversation.ts";
import type { CommentState, ReactionState } from "../model.ts";
import { isoTime, nodeId, presentAccount } from "../present.ts";
import { presentComment } from "../present-pull-request.ts";
import type { World } from "../world.ts";
import { hasRole } from "../world.ts";
import {
  type Access,
  type Call,
  created,
  ok,
  paginate,
  placeOf,
  type Route,
  repositoryOf,
  senderOf,
  text,
  viaAppOf,
} from "./route.ts";

// Comments of pull requests need either permission; an App that asks for one of them has this one.
const READ: Access = { kind: "repository", permission: "pull_requests", level: "read", role: "read" };
const WRITE: Access = { kind: "repository", permission: "pull_requests", level: "write", role: "read" };

export const CONVERSATION_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    access: READ,
    handle(call) {
      const { repository, pull } = placeOf(call);
      const since = call.query["since"] === undefined ? 0 : Date.parse(call.query["since"]);
      const wanted = [...repository.comments.values()].filter(
        (comment) => comment.pullNumber === pull.number && comment.updatedAt >= since,
      );
      const { page, headers } = paginate(call, wanted);
      return { status: 200, headers, body: page.map((one) => presentComment(call.world, repository, one)) };
    },
  },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    access: WRITE,
    isContent: true,
    handle(call) {
      const { repository, pull } = placeOf(call);
      const author = { account: senderOf(call), ...viaAppOf(call) };
      const place = { repository, number: pull.number };
      const comment = addComment(call.world, place, { ...author, body: text(call, "body") });
      return created(presentComment(call.world, repository, comment));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    access: READ,
    handle: (call) => ok(presentComment(call.world, repositoryOf(call), commentOf(call))),
  },
  {
    method: "PATCH",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    access: WRITE,
    handle(call) {
      const repository = repositoryOf(call);
      mustOwn(call);
      const place = { repository, commentId: commentOf(call).id };
      const comment = editComment(call.world, place, { account: senderOf(call), body: text(call, "body") });
      return ok(presentComment(call.world, repository, comment));
    },
  },
  {
    method: "DELETE",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    access: WRITE,
    handle(call) {
      mustOwn(call);
      deleteComment(
        call.world,
        { repository: repositoryOf(call), commentId: commentOf(call).id },
        senderOf(call),
      );
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    access: READ,
    handle(call) {
      const { page, headers } = paginate(call, commentOf(call).reactions);
      return { status: 200, headers, body: page.map((one) => presentReaction(call.world, one)) };
    },
  },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    access: WRITE,
    handle(call) {
      const place = { repository: repositoryOf(call), commentId: commentOf(call).id };
      const wanted = { account: senderOf(call), content: text(call, "content") };
      const { reaction, isNew } = addReaction(call.world, place, wanted);
      return (isNew ? created : ok)(presentReaction(call.world, reaction));
    },
  },
];

function commentOf(call: Call): CommentState {
  return findComment(repositoryOf(call), Number(call.params["comment_id"]));
}

/** People with write permission may edit what others wrote; Apps only their own. */
function mustOwn(call: Call): void {
  const sender = senderOf(call);
  if (commentOf(call).author.id === sender.id) return;
  const isPerson = call.actor.kind === "user" && hasRole(repositoryOf(call), sender, "write");
  if (!isPerson) throw apiError(403, "Must have admin rights to Repository.");
}

function presentReaction(world: World, reaction: ReactionState) {
  return {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: presentAccount(world, reaction.author),
    content: reaction.content,
    created_at: isoTime(reaction.createdAt),
  };
}
