import { z } from "zod";

import { parseComment } from "../commands/parse-comment.ts";
import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { Id, Scoped, type Self, scopeOf } from "./payloads.ts";

export const IssueCommentPayload = Scoped.extend({
  action: z.string(),
  issue: z.object({ number: Id, pull_request: z.object({}).nullish() }),
  comment: z.object({
    id: Id,
    body: z.string(),
    performed_via_github_app: z.object({ id: z.number().nullish() }).nullish(),
  }),
});

/**
 * A new comment on a pull request that seems to say something to us: it is read again before anything is done. Edits
 * order nothing, comments on plain issues neither (T037, T044); our own are not even looked at (T047).
 */
export function requestsForIssueComment(
  payload: z.infer<typeof IssueCommentPayload>,
  self: Self,
): readonly ReconcileRequest[] {
  const { action, issue, comment } = payload;
  const isPullRequest = issue.pull_request !== undefined && issue.pull_request !== null;
  if (action !== "created" || !isPullRequest) return [];
  if (comment.performed_via_github_app?.id === self.appId) return [];
  if (parseComment(comment.body).kind === "none") return [];
  return [{ kind: "Comment", ...scopeOf(payload), number: issue.number, commentId: comment.id }];
}
