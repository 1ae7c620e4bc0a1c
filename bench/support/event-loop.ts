import { monitorEventLoopDelay } from "node:perf_hooks";

/** Milliseconds between two samples. */
const PAUSE_MS = 5;

/** How late this process's event loop is. */
export interface EventLoopDelay {
  /** Since the last call, in milliseconds. */
  take(): { readonly p99Ms: number; readonly maxMs: number };
}

/** Node counts from one sample to the next, the pause between them included: what is beyond the pause is the delay. */
export function watchEventLoop(): EventLoopDelay {
  const intervals = monitorEventLoopDelay({ resolution: PAUSE_MS });
  intervals.enable();
  const delayOf = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - PAUSE_MS);
  return {
    take() {
      const taken = { p99Ms: delayOf(intervals.percentile(99)), maxMs: delayOf(intervals.max) };
      intervals.reset();
      return taken;
    },
  };
}
