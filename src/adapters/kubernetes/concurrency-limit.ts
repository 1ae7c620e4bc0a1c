import type { Clock } from "../../ports/clock.ts";

/**
 * Bounds how many requests one cluster serves us at a time. There is no fixed rate: the server's own fairness decides,
 * by answering 429, which halves the bound; each round of successes widens it by one again.
 */
export interface ConcurrencyLimit {
  /** Runs `work` when there is room and no pause. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** The server asked for it: nothing starts for that long, and less at a time afterwards. */
  backOff(pauseMs: number): void;
  /** Resolves when no pause is on. */
  untilAllowed(): Promise<void>;
  /** How many may run at present. */
  readonly width: number;
}

export function createConcurrencyLimit(
  clock: Pick<Clock, "monotonic" | "sleep">,
  widthMax: number,
): ConcurrencyLimit {
  const waiting: (() => void)[] = [];
  let width = widthMax;
  let running = 0;
  let successes = 0;
  let pausedUntil = 0;

  const widen = (): void => {
    successes += 1;
    if (successes < width || width === widthMax) return;
    width += 1;
    successes = 0;
  };
  const enter = (): Promise<void> => {
    if (running < width) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  return {
    async run(work) {
      await enter();
      try {
        await sleepUntil(clock, () => pausedUntil);
        const result = await work();
        widen();
        return result;
      } finally {
        running -= 1;
        while (running < width && waiting.length > 0) {
          running += 1;
          waiting.shift()?.();
        }
      }
    },
    backOff(pauseMs) {
      const now = clock.monotonic();
      // Answers to requests that were under way together say the same thing once.
      if (pausedUntil <= now) width = Math.max(1, Math.floor(width / 2));
      pausedUntil = Math.max(pausedUntil, now + pauseMs);
      successes = 0;
    },
    untilAllowed: () => sleepUntil(clock, () => pausedUntil),
    get width() {
      return width;
    },
  };
}

/** The time may be moved further away meanwhile. */
async function sleepUntil(clock: Pick<Clock, "monotonic" | "sleep">, time: () => number): Promise<void> {
  for (let left = time() - clock.monotonic(); left > 0; left = time() - clock.monotonic()) {
    await clock.sleep(left);
  }
}
