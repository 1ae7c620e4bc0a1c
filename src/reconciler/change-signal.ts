import { formatResourceKey, type ResourceKey } from "../domain/resource-key.ts";
import type { Clock } from "../ports/clock.ts";
import type { LiveState } from "../ports/cluster-reads.ts";

/** Wakes whoever waits when watched objects of an Application change. */
export interface ChangeSignal {
  /** Resolves at the next change, at once if there was one since the last wait, or after `timeoutMs`. */
  wait(timeoutMs: number, signal: AbortSignal | undefined): Promise<"changed" | "timeout">;
  stop(): void;
}

/** Listens from now on: a change between looking and waiting is not missed. */
export function createChangeSignal(
  live: LiveState,
  about: { readonly instanceName: string; readonly keys: readonly ResourceKey[] },
  clock: Clock,
): ChangeSignal {
  const keys = new Set(about.keys.map(formatResourceKey));
  let hasChanged = false;
  let wake: (() => void) | undefined;
  const stop = live.subscribe((change) => {
    const isOurs = change.instanceNames.has(about.instanceName) || !keys.isDisjointFrom(change.keys);
    if (!isOurs && change.kinds.length === 0) return;
    hasChanged = true;
    wake?.();
  });
  return {
    stop,
    async wait(timeoutMs, signal) {
      if (!hasChanged) {
        const timer = new AbortController();
        const stopped = signal === undefined ? timer.signal : AbortSignal.any([timer.signal, signal]);
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        try {
          await Promise.race([changed, clock.sleep(timeoutMs, stopped)]);
        } finally {
          wake = undefined;
          timer.abort(new Error("no longer waited for"));
        }
      }
      const outcome = hasChanged ? "changed" : "timeout";
      hasChanged = false;
      return outcome;
    },
  };
}
