import type { Operation } from "../../src/domain/operation.ts";

/** An operation of the Application `argocd/shop` that began just now and did nothing yet, changed as asked. */
export function operation(
  changes: Partial<Operation> = {},
  request: Partial<Operation["request"]> = {},
): Operation {
  return {
    id: "op",
    application: "argocd/shop",
    request: {
      revisions: ["sha1"],
      prune: false,
      confirm: "",
      resources: [],
      digest: "",
      initiator: { kind: "automated" },
      selfHealAttempts: 0,
      ...request,
    },
    phase: "Running",
    message: "",
    startedAt: 0,
    retryCount: 0,
    results: [],
    ...changes,
  };
}
