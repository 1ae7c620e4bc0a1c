import { describe, expect, it } from "vitest";

import type { RetryPolicy } from "../../../src/domain/application.ts";
import { retryDelayMs, retryPolicyFor } from "../../../src/domain/retry.ts";

const POLICY: RetryPolicy = { limit: 2, durationMs: 1_000, factor: 3, maxDurationMs: 5_000, refresh: false };

/** Seconds between attempts, until there are no more. */
function schedule(policy: RetryPolicy, attempts = 10): readonly (number | undefined)[] {
  return Array.from({ length: attempts }, (_, count) => {
    const delay = retryDelayMs(policy, count);
    return delay === undefined ? undefined : delay / 1_000;
  });
}

describe("retryDelayMs", () => {
  it("grows by the factor and stops at the limit", () => {
    expect(schedule(POLICY, 4)).toEqual([1, 3, undefined, undefined]);
  });

  it("never exceeds the maximum, and never ends without a limit", () => {
    expect(schedule({ ...POLICY, limit: -1 }, 5)).toEqual([1, 3, 5, 5, 5]);
    expect(retryDelayMs({ ...POLICY, limit: -1 }, 5_000)).toBe(5_000);
  });

  it("does not retry with a limit of 0", () => {
    expect(retryDelayMs({ ...POLICY, limit: 0 }, 0)).toBeUndefined();
  });
});

describe("retryPolicyFor", () => {
  const silent = { syncPolicy: { syncOptions: [] } };
  const command = { kind: "command", login: "a", commentId: 1, repository: "a/b", number: 1 } as const;

  it("retries automated syncs five times where the Application is silent", () => {
    expect(schedule(retryPolicyFor(silent, { kind: "automated" }), 6)).toEqual([
      5,
      10,
      20,
      40,
      80,
      undefined,
    ]);
  });

  it("does not retry what people ask for, unless the Application says so", () => {
    expect(retryDelayMs(retryPolicyFor(silent, command), 0)).toBeUndefined();
    expect(retryDelayMs(retryPolicyFor(silent, { kind: "cli" }), 0)).toBeUndefined();
    const policy = { syncPolicy: { syncOptions: [], retry: POLICY } };
    expect(retryPolicyFor(policy, command)).toBe(POLICY);
    expect(retryPolicyFor(policy, { kind: "automated" })).toBe(POLICY);
  });
});
