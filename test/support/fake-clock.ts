import type { Clock } from "../../src/ports/clock.ts";

export interface FakeClock extends Clock {
  /** Moves both clocks on and wakes who slept until then, in the order of their waking times. */
  advance(ms: number): Promise<void>;
  /** How many are asleep. */
  sleepers(): number;
}

/** A clock that stands still until it is told otherwise. */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let elapsedMs = 0;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const sleeper = { at: elapsedMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal.reason as Error);
        });
      }),
    async advance(ms) {
      await settle();
      const end = elapsedMs + ms;
      for (;;) {
        const next = sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        elapsedMs = Math.max(elapsedMs, next.at);
        sleepers = sleepers.filter((one) => one !== next);
        next.wake();
        await settle();
      }
      elapsedMs = end;
      await settle();
    },
    sleepers: () => sleepers.length,
  };
}

/** Lets everything that is ready to run, run: promises first, then what they scheduled. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
