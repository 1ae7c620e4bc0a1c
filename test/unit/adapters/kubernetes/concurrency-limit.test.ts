import { expect, it } from "vitest";

import { createConcurrencyLimit } from "../../../../src/adapters/kubernetes/concurrency-limit.ts";
import { createFakeClock, type FakeClock, settle } from "../../../support/fake-clock.ts";

const limitOn = (clock: FakeClock, widthMax: number, closing = new AbortController().signal) =>
  createConcurrencyLimit({ clock, closing }, widthMax);

/** Work that ends when it is told to. */
function createWork() {
  const ends: (() => void)[] = [];
  return {
    start: () => new Promise<void>((resolve) => ends.push(resolve)),
    running: () => ends.length,
    endOne: async () => {
      ends.shift()?.();
      await settle();
    },
  };
}

it("runs so many at a time and no more, in order", async () => {
  const limit = limitOn(createFakeClock(), 2);
  const work = createWork();
  const all = Promise.all(Array.from({ length: 5 }, () => limit.run(work.start)));
  await settle();
  const seen = [work.running()];
  for (let ended = 0; ended < 5; ended += 1) {
    await work.endOne();
    seen.push(work.running());
  }
  await all;
  expect(seen).toEqual([2, 2, 2, 2, 1, 0]);
});

it("starts nothing during a pause, and what waited after it", async () => {
  const clock = createFakeClock();
  const limit = limitOn(clock, 2);
  const work = createWork();
  limit.backOff(1_000);
  const done = limit.run(work.start);
  await clock.advance(999);
  expect(work.running()).toBe(0);
  limit.backOff(500);
  await clock.advance(499);
  expect(work.running()).toBe(0);
  await clock.advance(1);
  expect(work.running()).toBe(1);
  await work.endOne();
  await done;
});

it("halves once for answers that came together, and widens again with success", async () => {
  const clock = createFakeClock();
  const limit = limitOn(clock, 8);
  for (let answers = 0; answers < 5; answers += 1) limit.backOff(100);
  expect(limit.width).toBe(4);
  await clock.advance(100);
  limit.backOff(100);
  expect(limit.width).toBe(2);
  await clock.advance(100);
  const widths: number[] = [];
  for (let successes = 0; successes < 5; successes += 1) {
    await limit.run(() => Promise.resolve());
    widths.push(limit.width);
  }
  expect(widths).toEqual([2, 3, 3, 3, 4]);
});

it("is never narrower than one, and frees its place after a failure", async () => {
  const clock = createFakeClock();
  const limit = limitOn(clock, 1);
  limit.backOff(1);
  await clock.advance(1);
  expect(limit.width).toBe(1);
  await expect(limit.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await limit.run(() => Promise.resolve("yes"))).toBe("yes");
});

it("keeps nobody waiting for a pause once it is closed", async () => {
  const closing = new AbortController();
  const limit = limitOn(createFakeClock(), 1, closing.signal);
  limit.backOff(1_000);
  const done = limit.run(() => Promise.resolve("asked"));
  await settle();
  closing.abort();
  expect(await done).toBe("asked");
  expect(await limit.run(() => Promise.resolve("asked too"))).toBe("asked too");
});
