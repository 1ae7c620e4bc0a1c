import { z } from "zod";

import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { Scoped, type Self, Sha, scopeOf } from "./payloads.ts";

export const CheckRunPayload = Scoped.extend({
  action: z.string(),
  check_run: z.object({ head_sha: Sha, app: z.object({ id: z.number().nullish() }).nullish() }),
});

/** "Re-run" on our check. What we did to it ourselves comes back as other actions, and is nothing new (T050). */
export function requestsForCheckRun(
  payload: z.infer<typeof CheckRunPayload>,
  self: Self,
): readonly ReconcileRequest[] {
  const { action, check_run: run } = payload;
  if (action !== "rerequested" || run.app?.id !== self.appId) return [];
  return [{ kind: "Check", ...scopeOf(payload), headSha: run.head_sha }];
}
