import { describe, expect, it } from "vitest";

import { OperationError } from "../../../src/errors/operation-error.ts";
import { createWorkQueue, type WorkItem } from "../../../src/reconciler/work-queue.ts";
import { createFakeClock, settle } from "../../support/fake-clock.ts";
import { createRecordedLog } from "../../support/silent-log.ts";

function rig(concurrency = 2) {
  const clock = createFakeClock();
  const log = createRecordedLog();
  const queue = createWorkQueue({ concurrency, clock, log });
  const story: string[] = [];
  return { clock, log, queue, story, item };

  /** An item that tells when it starts, and ends when its gate opens. */
  function item(key: string, options: Partial<WorkItem> & { readonly name?: string } = {}) {
    const name = options.name ?? key;
    const gate = Promise.withResolvers<undefined>();
    const work: WorkItem = {
      key,
      priority: 1,
      whenSuperseded: "finish",
      run: async (signal) => {
        story.push(`${name} starts`);
        signal.addEventListener("abort", () => gate.reject(signal.reason as Error));
        await gate.promise;
        story.push(`${name} ends`);
        return undefined;
      },
      settled: () => story.push(`${name} settled`),
      ...options,
    };
    queue.add(work);
    return { open: () => gate.resolve(undefined) };
  }
}

describe("createWorkQueue", () => {
  it("runs one item a key at a time, and of those waiting only the newest", async () => {
    const { item, story } = rig();
    const first = item("a", { name: "first" });
    item("a", { name: "second" });
    const third = item("a", { name: "third" });
    first.open();
    await settle();
    third.open();
    await settle();
    expect(story).toEqual([
      "first starts",
      "first ends",
      "first settled",
      "third starts",
      "third ends",
      "second settled",
      "third settled",
    ]);
  });

  it("runs what a person waits for before what the timer found", async () => {
    const { item, story } = rig(1);
    const running = item("running");
    item("timer", { priority: 2 });
    item("person", { priority: 0 });
    running.open();
    await settle();
    expect(story).toEqual(["running starts", "running ends", "running settled", "person starts"]);
  });

  it("tells the running item to stop when a newer one makes its result worthless", async () => {
    const { item, story } = rig();
    item("pull", { name: "old push", whenSuperseded: "abort" });
    const newer = item("pull", { name: "new push", whenSuperseded: "abort" });
    await settle();
    newer.open();
    await settle();
    expect(story).toEqual([
      "old push starts",
      "new push starts",
      "new push ends",
      "old push settled",
      "new push settled",
    ]);
  });

  it("T264 tries a failure that may pass again, not before the other side allows it", async () => {
    const { clock, item, story } = rig();
    let attempts = 0;
    item("a", {
      run: async () => {
        attempts += 1;
        if (attempts > 1) return undefined;
        throw OperationError.of(
          "RepositoryUnreachable",
          { url: "https://git.example" },
          { retryAfterMs: 60_000 },
        );
      },
    });
    await settle();
    await clock.advance(59_000);
    expect(attempts).toBe(1);
    await clock.advance(1_000);
    expect([attempts, story]).toEqual([2, ["a settled"]]);
  });

  it("T269 goes on trying what may pass, however long the other side is away, and ever less often", async () => {
    const { clock, item, story } = rig();
    const attemptedAt: number[] = [];
    const since = clock.now();
    let isAway = true;
    item("a", {
      run: () => {
        attemptedAt.push((clock.now() - since) / 1_000);
        if (!isAway) return Promise.resolve(undefined);
        return Promise.reject(OperationError.of("RepositoryUnreachable", { url: "https://git.example" }));
      },
    });
    await clock.advance(3_600_000);
    expect(attemptedAt.slice(0, 11)).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 435, 615]);
    expect(story).toEqual([]);
    isAway = false;
    await clock.advance(180_000);
    expect(story).toEqual(["a settled"]);
  });

  it("gives up at once on what cannot pass", async () => {
    const { clock, item, log, story } = rig();
    item("a", {
      run: () => Promise.reject(OperationError.of("MergeConflict", { paths: ["x"] })),
    });
    await clock.advance(600_000);
    expect(story).toEqual(["a settled"]);
    expect(log.lines.map(({ level }) => level)).toEqual(["error"]);
  });

  it("T104 puts an item that keeps crashing aside until it is asked for again", async () => {
    const { clock, item, story } = rig();
    let attempts = 0;
    const crash = {
      run: () => {
        attempts += 1;
        return Promise.reject(new TypeError("a bug"));
      },
    };
    item("poison", crash);
    await clock.advance(3_600_000);
    expect([attempts, story]).toEqual([6, ["poison settled"]]);
    item("poison", crash);
    await settle();
    expect(attempts).toBe(7);
  });

  it("T239 stops taking items, aborts what runs, and leaves it unsettled for the next start", async () => {
    const { item, queue, story } = rig();
    item("a");
    await queue.close();
    item("b");
    await settle();
    expect(story).toEqual(["a starts"]);
  });

  it("looks again by itself when an item asks for it", async () => {
    const { clock, item } = rig();
    let runs = 0;
    item("a", {
      run: async () => {
        runs += 1;
        return runs === 1 ? { requeueAfterMs: 5_000 } : undefined;
      },
    });
    await clock.advance(4_999);
    expect(runs).toBe(1);
    await clock.advance(1);
    expect(runs).toBe(2);
  });

  it("never runs a key twice at once, whatever is due again while a newer item runs", async () => {
    const { clock, item, story } = rig();
    item("a", { name: "again", run: () => Promise.resolve({ requeueAfterMs: 5_000 }) });
    await settle();
    const first = item("a", { name: "first" });
    await settle();
    first.open();
    await settle();
    const second = item("a", { name: "second" });
    await clock.advance(10_000);
    second.open();
    await settle();
    expect(story).toEqual([
      "first starts",
      "first ends",
      "again settled",
      "first settled",
      "second starts",
      "second ends",
      "second settled",
    ]);
  });

  it("runs what came meanwhile at once, in place of the retry that was due later", async () => {
    const { clock, item, story } = rig();
    let failures = 0;
    item("a", {
      name: "failing",
      run: () => {
        failures += 1;
        return Promise.reject(OperationError.of("RepositoryUnreachable", { url: "https://git.example" }));
      },
    });
    await settle();
    item("a", { name: "newer", run: () => Promise.resolve(undefined) });
    await clock.advance(3_600_000);
    expect([failures, story]).toEqual([1, ["failing settled", "newer settled"]]);
  });
});
