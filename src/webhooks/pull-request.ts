import { z } from "zod";

import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { Id, Ref, Scoped, scopeOf } from "./payloads.ts";

/** Labels, reviews and the like change nothing that we show. */
const ACTIONS: ReadonlySet<string> = new Set([
  "opened",
  "reopened",
  "synchronize",
  "edited",
  "closed",
  "ready_for_review",
]);

export const PullRequestPayload = Scoped.extend({
  action: z.string(),
  number: Id,
  pull_request: z.object({ merged: z.boolean().nullish(), base: z.object({ ref: Ref }) }),
});

/** A merge moves the base branch, so the Applications that track it need a look as well. */
export function requestsForPullRequest(
  payload: z.infer<typeof PullRequestPayload>,
): readonly ReconcileRequest[] {
  const { action, number, pull_request: pull } = payload;
  if (!ACTIONS.has(action)) return [];
  const scope = scopeOf(payload);
  const look: ReconcileRequest = { kind: "PullRequest", ...scope, number };
  if (pull.merged !== true) return [look];
  return [look, { kind: "Ref", ...scope, ref: `refs/heads/${pull.base.ref}` }];
}
