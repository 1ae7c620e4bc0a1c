import { describe, expect, it } from "vitest";

import {
  type Ask,
  BUDGET_LIMITS,
  type BudgetLimits,
  createBudget,
  delayOf,
} from "../../../../src/adapters/github/budget.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";

const READ: Ask = { cost: "read", rank: 1, lane: "" };
const WRITE: Ask = { cost: "write", rank: 1, lane: "" };
const CONTENT: Ask = { cost: "content", rank: 1, lane: "" };
const PATIENT: BudgetLimits = { ...BUDGET_LIMITS, patienceMs: Number.POSITIVE_INFINITY };
const MINUTE_MS = 60_000;

describe("how long a request waits", () => {
  const none = { points: [], content: [], silentUntil: 0 };
  const limits: BudgetLimits = {
    pointsPerMinute: 10,
    contentPerMinute: 2,
    contentPerHour: 3,
    concurrent: 5,
    patienceMs: 0,
  };

  it.for<[string, Ask, Parameters<typeof delayOf>[0], number]>([
    ["not at all when nothing was sent", WRITE, none, 0],
    ["not at all while points are left", WRITE, { ...none, points: [[99_000, 5]] }, 0],
    [
      "until enough points are a minute old",
      WRITE,
      {
        ...none,
        points: [
          [50_000, 3],
          [60_000, 3],
        ],
      },
      10_000,
    ],
    [
      "until all points are a minute old",
      WRITE,
      {
        ...none,
        points: [
          [60_000, 5],
          [70_000, 5],
        ],
      },
      20_000,
    ],
    [
      "less for a read",
      READ,
      {
        ...none,
        points: [
          [60_000, 5],
          [70_000, 4],
        ],
      },
      0,
    ],
    ["until the minute's content is old", CONTENT, { ...none, content: [50_000, 60_000] }, 10_000],
    ["until the hour's content is old", CONTENT, { ...none, content: [10_000, 20_000, 30_000] }, 3_510_000],
    ["not for content that is an edit", WRITE, { ...none, content: [90_000, 95_000] }, 0],
    ["until GitHub's silence is over", READ, { ...none, silentUntil: 130_000 }, 30_000],
  ])("%s", ([, ask, usage, delayMs]) => {
    expect(delayOf(usage, ask, { at: 100_000, limits })).toBe(delayMs);
  });
});

interface Sent {
  readonly name: string;
  readonly at: number;
}

/** A budget whose requests take no time unless they are held. */
function rig(limits: BudgetLimits = PATIENT) {
  const clock = createFakeClock();
  const budget = createBudget(clock, limits);
  const sent: Sent[] = [];
  const refused: (number | undefined)[] = [];
  const hold = (name: string, ask: Ask): Promise<() => void> =>
    budget.acquire(ask).then((done) => {
      sent.push({ name, at: clock.monotonic() });
      return done;
    });
  const send = (name: string, ask: Ask): void =>
    void hold(name, ask).then(
      (done) => done(),
      (error: { retryAfterMs?: number }) => refused.push(error.retryAfterMs),
    );
  return { clock, budget, sent, refused, hold, send, names: () => sent.map(({ name }) => name) };
}

describe("the budget", () => {
  it("never exceeds what GitHub documents in any minute or hour", async () => {
    const { clock, sent, send } = rig();
    for (let index = 0; index < 700; index += 1) send(`c${index}`, CONTENT);
    await clock.advance(2 * 60 * MINUTE_MS);
    expect(sent).toHaveLength(700);
    const times = sent.map(({ at }) => at);
    const most = (windowMs: number): number =>
      Math.max(...times.map((at, index) => index + 1 - times.findIndex((time) => time > at - windowMs)));
    expect(most(MINUTE_MS)).toBeLessThanOrEqual(80);
    expect(most(60 * MINUTE_MS)).toBeLessThanOrEqual(500);
  });

  it("lets the verdict pass first, then words, then lights", async () => {
    const { clock, budget, names, send } = rig();
    budget.pause(1_000);
    send("status", { ...CONTENT, rank: 3 });
    send("comment", { ...CONTENT, rank: 1 });
    send("check", { ...WRITE, rank: 0 });
    send("second comment", { ...CONTENT, rank: 1 });
    await clock.advance(1_000);
    expect(names()).toEqual(["check", "comment", "second comment", "status"]);
  });

  it("keeps the order within a pull request, and nothing waits for another's", async () => {
    const { clock, names, hold, send } = rig();
    const done = await hold("first of 7", { ...WRITE, lane: "7" });
    send("second of 7", { ...WRITE, lane: "7" });
    send("first of 8", { ...WRITE, lane: "8" });
    await clock.advance(0);
    expect(names()).toEqual(["first of 7", "first of 8"]);
    done();
    await clock.advance(0);
    expect(names()).toEqual(["first of 7", "first of 8", "second of 7"]);
  });

  it("has so many under way and no more", async () => {
    const { clock, sent, hold } = rig({ ...PATIENT, concurrent: 3 });
    const held = [1, 2, 3, 4, 5].map((name) => hold(String(name), READ));
    await clock.advance(0);
    expect(sent).toHaveLength(3);
    (await held[0])?.();
    await clock.advance(0);
    expect(sent).toHaveLength(4);
  });

  it("T264 waits as long as GitHub wants, if that is short", async () => {
    const { clock, budget, sent, send } = rig(BUDGET_LIMITS);
    budget.pause(5_000);
    send("comment", CONTENT);
    await clock.advance(4_999);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect(sent).toEqual([{ name: "comment", at: 5_000 }]);
  });

  it("T264 T265 says when to come back, if that is long, also to those who wait already", async () => {
    const { clock, budget, sent, refused, send } = rig(BUDGET_LIMITS);
    budget.pause(5_000);
    send("waits", CONTENT);
    budget.pause(60_000);
    send("comes later", CONTENT);
    await clock.advance(0);
    expect(refused).toEqual([60_000, 60_000]);
    await clock.advance(60_000);
    send("comes back", CONTENT);
    await clock.advance(0);
    expect(sent.map(({ name }) => name)).toEqual(["comes back"]);
  });

  it("T265 is silent from the answer that says nothing is left", async () => {
    const { clock, budget, refused, send } = rig(BUDGET_LIMITS);
    budget.observe({ remaining: 1, resetInMs: 30 * MINUTE_MS });
    send("the last", READ);
    budget.observe({ remaining: 0, resetInMs: 30 * MINUTE_MS });
    send("one more", READ);
    await clock.advance(0);
    expect(refused).toEqual([30 * MINUTE_MS]);
  });

  it("does not let what may go sooner wait for what must wait longer", async () => {
    const { clock, sent, send } = rig({ ...PATIENT, pointsPerMinute: 12, contentPerMinute: 1 });
    send("edit", WRITE);
    await clock.advance(5_000);
    send("comment", CONTENT);
    send("second comment", CONTENT);
    send("second edit", WRITE);
    await clock.advance(2 * MINUTE_MS);
    expect(sent).toEqual([
      { name: "edit", at: 0 },
      { name: "comment", at: 5_000 },
      { name: "second edit", at: MINUTE_MS },
      { name: "second comment", at: MINUTE_MS + 5_000 },
    ]);
  });

  it("leaves no timer behind when nothing waits", async () => {
    const { clock, send } = rig();
    send("one", READ);
    await clock.advance(0);
    expect(clock.sleepers()).toBe(0);
  });
});
