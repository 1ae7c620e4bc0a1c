import type { z } from "zod";

import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { Ref, Scoped, scopeOf } from "./payloads.ts";

export const PushPayload = Scoped.extend({ ref: Ref });

/** The merge queue's own branches: what they want is said by `merge_group`. */
const QUEUE_BRANCHES = "refs/heads/gh-readonly-queue/";

/** Deleted refs count, too: what an Application tracks may be gone. */
export function requestsForPush(payload: z.infer<typeof PushPayload>): readonly ReconcileRequest[] {
  const { ref } = payload;
  if (!/^refs\/(?:heads|tags)\//.test(ref) || ref.startsWith(QUEUE_BRANCHES)) return [];
  return [{ kind: "Ref", ...scopeOf(payload), ref }];
}
