import type { Application, RetryPolicy } from "./application.ts";
import type { Initiator } from "./operation.ts";

/** What automated syncs do where the Application is silent: 5, 10, 20, 40, 80 seconds (argocd-behaviour §6.1). */
const AUTOMATED_RETRY: RetryPolicy = {
  limit: 5,
  durationMs: 5_000,
  factor: 2,
  maxDurationMs: 180_000,
  refresh: false,
};

const NO_RETRY: RetryPolicy = { ...AUTOMATED_RETRY, limit: 0 };

/** How failed attempts are repeated: as the Application says, else a few times if nobody asked for the sync. */
export function retryPolicyFor(
  { syncPolicy }: Pick<Application, "syncPolicy">,
  initiator: Initiator,
): RetryPolicy {
  const isAsked = initiator.kind === "command" || initiator.kind === "cli";
  return syncPolicy.retry ?? (isAsked ? NO_RETRY : AUTOMATED_RETRY);
}

/**
 * Milliseconds to wait after a failed attempt before the next one, or `undefined` when it was the last.
 *
 * @param retryCount - attempts that failed before this one.
 */
export function retryDelayMs(policy: RetryPolicy, retryCount: number): number | undefined {
  const { limit, durationMs, factor, maxDurationMs } = policy;
  if (limit >= 0 && retryCount >= limit) return undefined;
  return Math.min(maxDurationMs, durationMs * factor ** retryCount);
}
