import { describe, expect, it } from "vitest";
import { type Candidate, chooseJob, type Taker } from "../../../src/renderer/choose-job.ts";

/** `idle synced`, `busy fork`, `idle` for an instance that has served nobody. */
function thread(text: string): Taker & { readonly text: string } {
  const [state, trust] = text.split(" ") as [ReturnType<Taker["state"]>, ReturnType<Taker["trust"]>];
  return { text, state: () => state, trust: () => trust };
}

/** `fork` or `fork 2`, with the priority. */
function job(text: string): Candidate {
  const [trust, priority = "0"] = text.split(" ") as [Candidate["trust"], string?];
  return { trust, priority: Number(priority) };
}

function choice(threads: readonly string[], queue: readonly string[], passed = 0): string {
  const jobs = queue.map(job);
  const chosen = chooseJob({ threads: threads.map(thread), queue: jobs, workers: 2, passed });
  return chosen === undefined ? "none" : `job ${jobs.indexOf(chosen.job)}: ${chosen.thread.text}`;
}

describe("who takes which job", () => {
  it.for([
    { threads: ["idle", "idle synced", "idle"], queue: ["synced"], takes: "job 0: idle synced" },
    { threads: ["busy synced", "idle", "idle fork"], queue: ["synced"], takes: "job 0: idle" },
    { threads: ["idle fork", "busy synced", "idle fork"], queue: ["synced"], takes: "job 0: idle fork" },
    { threads: ["idle fork"], queue: ["synced", "fork"], takes: "job 1: idle fork" },
    { threads: ["idle fork"], queue: ["synced 0", "fork 1"], takes: "job 0: idle fork" },
    { threads: ["idle fork"], queue: ["ours"], takes: "job 0: idle fork" },
    { threads: ["busy", "starting", "gone"], queue: ["synced"], takes: "none" },
    { threads: ["idle"], queue: [], takes: "none" },
  ])("$queue on $threads: $takes", ({ threads, queue, takes }) => {
    expect(choice(threads, queue)).toBe(takes);
  });

  it.for([
    { threads: ["starting synced", "busy synced", "idle"], queue: ["synced"], takes: "none" },
    { threads: ["starting synced", "busy synced", "idle fork"], queue: ["synced"], takes: "none" },
    { threads: ["starting synced", "busy synced", "idle"], queue: ["synced", "fork"], takes: "job 1: idle" },
    { threads: ["gone synced", "busy synced", "idle"], queue: ["synced"], takes: "job 0: idle" },
  ])(
    "a level with its share of instances leaves the spare alone: $threads, $queue",
    ({ threads, queue, takes }) => {
      expect(choice(threads, queue)).toBe(takes);
    },
  );

  it("lets the first of the queue be passed so often, and no more: it would wait for all the others", () => {
    const queue = ["synced", "fork", "fork"];
    expect(choice(["idle fork", "idle fork"], queue, 15)).toBe("job 1: idle fork");
    expect(choice(["idle fork", "idle fork"], queue, 16)).toBe("job 0: idle fork");
  });
});
