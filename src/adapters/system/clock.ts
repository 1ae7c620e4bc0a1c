import { setTimeout as delay } from "node:timers/promises";

import type { Clock } from "../../ports/clock.ts";

/** The machine's own clocks. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: async (ms, signal) => {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    },
  };
}
