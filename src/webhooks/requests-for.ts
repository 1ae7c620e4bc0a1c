import type { z } from "zod";

import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { CheckRunPayload, requestsForCheckRun } from "./check-run.ts";
import { CheckSuitePayload, requestsForCheckSuite } from "./check-suite.ts";
import { InstallationPayload, requestsForInstallation, requestsForRepository } from "./installation.ts";
import { IssueCommentPayload, requestsForIssueComment } from "./issue-comment.ts";
import { MergeGroupPayload, requestsForMergeGroup } from "./merge-group.ts";
import type { Self } from "./payloads.ts";
import { PullRequestPayload, requestsForPullRequest } from "./pull-request.ts";
import { PushPayload, requestsForPush } from "./push.ts";

/** What a delivery says. */
export type DeliveryReading =
  /** None: it was understood, and is of no interest. */
  | { readonly kind: "requests"; readonly requests: readonly ReconcileRequest[] }
  | { readonly kind: "unknown-event" }
  /** `problem` says which field, never what it held. */
  | { readonly kind: "malformed"; readonly problem: string };

type Reader = (payload: unknown, self: Self) => DeliveryReading;

const READERS = {
  check_run: reader(CheckRunPayload, requestsForCheckRun),
  check_suite: reader(CheckSuitePayload, requestsForCheckSuite),
  installation: reader(InstallationPayload, requestsForInstallation),
  installation_repositories: reader(InstallationPayload, requestsForInstallation),
  issue_comment: reader(IssueCommentPayload, requestsForIssueComment),
  merge_group: reader(MergeGroupPayload, requestsForMergeGroup),
  pull_request: reader(PullRequestPayload, requestsForPullRequest),
  push: reader(PushPayload, requestsForPush),
  repository: reader(InstallationPayload, requestsForRepository),
} as const satisfies Record<string, Reader>;

export type EventName = keyof typeof READERS;

/** GitHub's names of the events that we read. */
export const EVENT_NAMES = Object.keys(READERS) as readonly EventName[];

/** Whether a delivery's event is one that we read. The name is a stranger's word: `__proto__` is none (T010). */
export function isEventName(name: string): name is EventName {
  return Object.hasOwn(READERS, name);
}

/** Where a delivery says to look; never what to do there. Total: whatever the payload is, it answers (T011–T013). */
export function requestsFor(eventName: string, payload: unknown, self: Self): DeliveryReading {
  return isEventName(eventName) ? READERS[eventName](payload, self) : { kind: "unknown-event" };
}

function reader<T>(
  schema: z.ZodType<T>,
  requests: (payload: T, self: Self) => readonly ReconcileRequest[],
): Reader {
  return (payload, self) => {
    const parsed = schema.safeParse(payload);
    if (parsed.success) return { kind: "requests", requests: requests(parsed.data, self) };
    const [issue] = parsed.error.issues;
    return {
      kind: "malformed",
      problem: `${issue?.path.join(".") || "payload"}: ${issue?.code ?? "invalid"}`,
    };
  };
}
