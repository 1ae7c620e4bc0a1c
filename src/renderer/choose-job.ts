import type { TrustLevel } from "../domain/trust-level.ts";

/** A job as far as it matters who takes it. */
export interface Candidate {
  readonly trust: TrustLevel | "ours";
  /** Lower goes first; equals in the order they came. */
  readonly priority: number;
}

/** A worker as far as it matters what it may take. */
export interface Taker {
  state(): "starting" | "idle" | "busy" | "gone";
  /** Whose orders its instance has served; `undefined` is none yet. */
  trust(): TrustLevel | undefined;
}

/** How far past the first of the queue a job of a worker's own trust level is looked for, and how many may pass it. */
const LOOK_AHEAD = 16;

/**
 * The next job and who takes it: an instance of the job's own trust level, else one that has served nobody, else one
 * that has to be replaced. A level that has as many instances as there are workers waits for one of them instead, which
 * takes a few milliseconds; a new instance takes a hundred, and the spare is kept for another level. Jobs of equal
 * priority may pass each other by a little where that saves a replacement.
 */
export function chooseJob<Job extends Candidate, Thread extends Taker>({
  queue,
  threads,
  workers,
  passed,
}: {
  /** In their order. */
  readonly queue: readonly Job[];
  readonly threads: readonly Thread[];
  readonly workers: number;
  /** How many jobs were chosen in a row before the first of the queue. */
  readonly passed: number;
}): { readonly job: Job; readonly thread: Thread } | undefined {
  const idle = threads.filter((thread) => thread.state() === "idle");
  const [first] = queue;
  if (idle.length === 0 || first === undefined) return undefined;
  const seen = passed < LOOK_AHEAD ? LOOK_AHEAD : 1;
  const candidates = queue.slice(0, seen).filter(({ priority }) => priority === first.priority);
  for (const job of candidates) {
    const thread = idle.find((one) => job.trust === "ours" || one.trust() === job.trust);
    if (thread !== undefined) return { job, thread };
  }
  const serving = (trust: Job["trust"]) =>
    threads.filter((thread) => thread.state() !== "gone" && thread.trust() === trust).length;
  const job = candidates.find(({ trust }) => serving(trust) < workers);
  const thread = idle.find((one) => one.trust() === undefined) ?? idle[0];
  return job === undefined || thread === undefined ? undefined : { job, thread };
}
