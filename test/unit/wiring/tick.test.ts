import { describe, expect, it } from "vitest";

import { tick } from "../../../src/wiring/tick.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { createRecordedLog } from "../../support/silent-log.ts";

const HOUR = 3_600_000;

/** Runs the timer for so many ticks, 180 s apart, and tells what was asked, with hours since the start. */
async function run(ticks: number, redeliver: () => Promise<number> = async () => 0) {
  const clock = createFakeClock();
  const start = clock.now();
  const stop = new AbortController();
  const told: string[] = [];
  const resyncs: number[] = [];
  const ended = tick(
    { resync: async () => void resyncs.push(clock.now()), reconciler: { resume: () => undefined } },
    {
      settings: { reconcileMs: 180_000 },
      clock,
      log: createRecordedLog(),
      signal: stop.signal,
      install: async () => undefined,
      failedDeliveries: {
        redeliver: (since) => {
          told.push(`${(clock.now() - start) / HOUR} since ${((since - start) / HOUR).toFixed(2)}`);
          return redeliver();
        },
      },
    },
  );
  await clock.advance(180_000 * (ticks - 1));
  stop.abort(new Error("done"));
  await ended;
  return { told, resyncs: resyncs.length };
}

describe("the timer", () => {
  it("T247 has failed deliveries sent again at the start and once an hour, not with every tick", async () => {
    expect(await run(45)).toEqual({
      told: ["0 since -24.00", "1 since -0.08", "2 since 0.92"],
      resyncs: 45,
    });
  });

  it("looks at everything though GitHub does not send again, and asks for the same the next time", async () => {
    const answers = [Promise.reject(new Error("away")), Promise.resolve(1), Promise.resolve(0)];
    expect(await run(41, () => answers.shift() ?? Promise.resolve(0))).toEqual({
      told: ["0 since -24.00", "1 since -24.00", "2 since 0.92"],
      resyncs: 41,
    });
  });
});
