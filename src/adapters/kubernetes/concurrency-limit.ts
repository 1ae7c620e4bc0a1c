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

/** @param closing - from when on nobody waits for a pause any more */
interface Time {
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  /** From when on nobody waits for a pause any more. */
  readonly closing: AbortSignal;
}

export function createConcurrencyLimit(time: Time, widthMax: number): ConcurrencyLimit {
  const waiting: (() => void)[] = [];
  const pause = createPause(time);
  let width = widthMax;
  let running = 0;
  let successes = 0;

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
        await pause.over();
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
      // Answers to requests that were under way together say the same thing once.
      if (!pause.isOn()) width = Math.max(1, Math.floor(width / 2));
      pause.extend(pauseMs);
      successes = 0;
    },
    untilAllowed: () => pause.over(),
    get width() {
      return width;
    },
  };
}

function createPause({ clock, closing }: Time) {
  let until = 0;
  return {
    isOn: () => until > clock.monotonic(),
    extend(ms: number): void {
      until = Math.max(until, clock.monotonic() + ms);
    },
    /** It may be extended meanwhile. */
    async over(): Promise<void> {
      for (;;) {
        const leftMs = until - clock.monotonic();
        if (leftMs <= 0 || closing.aborted) return;
        await sleepUnless(closing, clock, leftMs);
      }
    },
  };
}

/** Sleeps, or wakes at once where nothing is worth waiting for any more. */
export async function sleepUnless(
  closing: AbortSignal,
  clock: Pick<Clock, "sleep">,
  ms: number,
): Promise<void> {
  await clock.sleep(ms, closing).catch(() => undefined);
}
