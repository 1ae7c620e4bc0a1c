import { describe, expect, it } from "vitest";

import { createScheduler } from "../../../../src/sandbox/embedded-cluster/scheduler.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";
import { START_MS, STILL_CLOCK } from "./still-cluster.ts";

describe("the scheduler", () => {
  it("runs what is due in order, at its time", () => {
    const scheduler = createScheduler(STILL_CLOCK);
    const log: string[] = [];
    const note = (name: string) => () => log.push(`${name}@${scheduler.now() - START_MS}`);
    scheduler.after(20, note("b"));
    scheduler.after(10, note("a"));
    scheduler.after(20, note("c"));
    scheduler.after(31, note("late"));
    scheduler.advance(30);
    expect(log).toEqual(["a@10", "b@20", "c@20"]);
    expect(scheduler.now()).toBe(START_MS + 30);
  });

  it("settles: moves time only as far as the last task", () => {
    const scheduler = createScheduler(STILL_CLOCK);
    scheduler.after(5, () => scheduler.after(7, () => undefined));
    scheduler.settle();
    expect(scheduler.now()).toBe(START_MS + 12);
  });

  it("runs by the clock where that moves", async () => {
    const clock = createFakeClock();
    const scheduler = createScheduler(clock);
    const log: string[] = [];
    scheduler.after(100, () => log.push("later"));
    scheduler.after(50, () => log.push("sooner"));
    await clock.advance(60);
    expect(log).toEqual(["sooner"]);
    await clock.advance(60);
    expect(log).toEqual(["sooner", "later"]);
  });

  it("runs nothing that was cancelled, and nothing once stopped", async () => {
    const clock = createFakeClock();
    const scheduler = createScheduler(clock);
    const log: string[] = [];
    scheduler.after(10, () => log.push("cancelled"))();
    scheduler.after(10, () => log.push("stopped"));
    scheduler.stop();
    scheduler.after(10, () => log.push("after"));
    await clock.advance(100);
    scheduler.advance(100);
    expect(log).toEqual([]);
    expect(clock.sleepers()).toBe(0);
  });
});
