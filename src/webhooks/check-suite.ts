import { z } from "zod";

import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { Scoped, type Self, Sha, scopeOf } from "./payloads.ts";

export const CheckSuitePayload = Scoped.extend({
  action: z.string(),
  check_suite: z.object({ head_sha: Sha, app: z.object({ id: z.number().nullish() }).nullish() }),
});

/** "Re-run all checks" of ours. New suites are made on every push and say nothing that `push` does not. */
export function requestsForCheckSuite(
  payload: z.infer<typeof CheckSuitePayload>,
  self: Self,
): readonly ReconcileRequest[] {
  const { action, check_suite: suite } = payload;
  if (action !== "rerequested" || suite.app?.id !== self.appId) return [];
  return [{ kind: "Check", ...scopeOf(payload), headSha: suite.head_sha }];
}
