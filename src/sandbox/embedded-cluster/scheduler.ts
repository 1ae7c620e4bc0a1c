import type { Clock } from "../../ports/clock.ts";
import { createTaskQueue, type TaskQueue } from "./task-queue.ts";

/** What happens later in an embedded cluster. Its time is the clock's, plus what tests have advanced it by. */
export interface Scheduler {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once, `delayMs` from now, after everything due before it. Returns how to cancel it. */
  after(delayMs: number, task: () => void): () => void;
  /** Moves time on at once and runs, in order, all that falls due. */
  advance(ms: number): void;
  /** Runs all that is due within `withinMs`, moving time on only as far as the last task. */
  settle(withinMs?: number): void;
  /** Forgets everything scheduled; nothing runs any more. */
  stop(): void;
}

/** More tasks than any settled cluster of a test needs: past it two controllers are fighting. */
const TASKS_MAX = 1_000_000;

/** Long enough for every rollout, shorter than the deadlines at which they fail (600 s). */
export const SETTLE_MS = 60_000;

/** A scheduler that sleeps by the clock, and can be moved on by hand where the clock stands still. */
export function createScheduler(clock: Clock): Scheduler {
  const tasks = createTaskQueue();
  let skewMs = 0;
  let isStopped = false;
  const now = (): number => clock.now() + skewMs;

  function runUntil(timeLimit: number): void {
    for (let count = 0; ; count++) {
      const next = tasks.first();
      if (next === undefined || next.dueAt > timeLimit) return;
      if (count > TASKS_MAX) throw new Error("Embedded cluster: two controllers never agree");
      tasks.remove(next);
      skewMs += Math.max(0, next.dueAt - now());
      next.run();
    }
  }

  const pump = createPump(clock, { tasks, now, runUntil });
  return {
    now,
    after(delayMs, run) {
      if (isStopped) return () => undefined;
      const task = { dueAt: now() + delayMs, run };
      tasks.add(task);
      pump.wake();
      return () => tasks.remove(task);
    },
    advance(ms) {
      const end = now() + ms;
      runUntil(end);
      skewMs += Math.max(0, end - now());
      pump.wake();
    },
    settle(withinMs = SETTLE_MS) {
      runUntil(now() + withinMs);
      pump.wake();
    },
    stop() {
      isStopped = true;
      tasks.clear();
      pump.stop();
    },
  };
}

/** Sleeps until the first task is due, whichever that is, and runs it. */
function createPump(
  clock: Clock,
  {
    tasks,
    now,
    runUntil,
  }: {
    readonly tasks: TaskQueue;
    readonly now: () => number;
    readonly runUntil: (timeLimit: number) => void;
  },
): { readonly wake: () => void; readonly stop: () => void } {
  let sleeping: { readonly dueAt: number; readonly abort: AbortController } | undefined;
  let isStopped = false;

  function wake(): void {
    const next = tasks.first();
    if (next === undefined || isStopped) return;
    if (sleeping !== undefined && sleeping.dueAt <= next.dueAt) return;
    sleeping?.abort.abort();
    const current = { dueAt: next.dueAt, abort: new AbortController() };
    sleeping = current;
    clock.sleep(Math.max(0, next.dueAt - now()), current.abort.signal).then(
      () => {
        if (sleeping !== current) return;
        sleeping = undefined;
        // A timer may fire a little early, and a test's clock may not move at all while it sleeps.
        runUntil(Math.max(now(), current.dueAt));
        wake();
      },
      () => undefined,
    );
  }

  return {
    wake,
    stop() {
      isStopped = true;
      sleeping?.abort.abort();
    },
  };
}
