import { z } from "zod";

import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { Ref, Scoped, Sha, scopeOf } from "./payloads.ts";

export const MergeGroupPayload = Scoped.extend({
  action: z.string(),
  merge_group: z.object({ head_sha: Sha, head_ref: Ref }),
});

/** The merge queue stalls until the group's own commit has our check. */
export function requestsForMergeGroup(
  payload: z.infer<typeof MergeGroupPayload>,
): readonly ReconcileRequest[] {
  const { action, merge_group: group } = payload;
  if (action !== "checks_requested") return [];
  return [{ kind: "Check", ...scopeOf(payload), headSha: group.head_sha, groupRef: group.head_ref }];
}
