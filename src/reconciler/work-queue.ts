import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

/** One piece of work. Items with the same key never run at once, and of those waiting only the newest runs. */
export interface WorkItem {
  readonly key: string;
  /** Lower runs first: 0 for what a person waits for, 1 for syncs, 2 for what the timer found. */
  readonly priority: number;
  /** `abort`: a newer item with this key makes the running one's result worthless, so it is told to stop. */
  readonly whenSuperseded: "abort" | "finish";
  /** @returns when to look again by itself, if at all. */
  run(signal: AbortSignal): Promise<{ readonly requeueAfterMs: number } | undefined>;
  /** Called once this item, or the newer one that replaced it, has been worked off or given up. */
  settled(): void;
}

export interface WorkQueue {
  add(item: WorkItem): void;
  /** Resolves when nothing runs and nothing is waiting, delayed retries apart. */
  idle(): Promise<void>;
  /** Takes no more items, aborts what runs, and resolves when it has stopped. */
  close(): Promise<void>;
  /** Waiting and running items, for metrics and tests. */
  size(): number;
}

/** Attempts after which an item that keeps failing is put aside until somebody asks again (poison pill, T104). */
const ATTEMPTS_MAX = 6;
const FIRST_RETRY_MS = 1_000;
const RETRY_MAX_MS = 180_000;

interface Slot {
  waiting: WorkItem | undefined;
  running: { readonly item: WorkItem; readonly controller: AbortController } | undefined;
  attempts: number;
  /** Items replaced while waiting: settled together with the one that replaced them. */
  replaced: WorkItem[];
}

export function createWorkQueue(options: {
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
}): WorkQueue {
  const { concurrency, clock, log } = options;
  const slots = new Map<string, Slot>();
  const stopping = new AbortController();
  let runningCount = 0;
  let onIdle: (() => void)[] = [];

  return {
    add(item) {
      if (stopping.signal.aborted) return;
      const slot = slots.get(item.key) ?? {
        waiting: undefined,
        running: undefined,
        attempts: 0,
        replaced: [],
      };
      slots.set(item.key, slot);
      if (slot.waiting !== undefined) slot.replaced.push(slot.waiting);
      slot.waiting = item;
      slot.attempts = 0;
      if (slot.running !== undefined && item.whenSuperseded === "abort")
        slot.running.controller.abort(SUPERSEDED);
      pump();
    },
    idle: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))),
    async close() {
      stopping.abort(STOPPING);
      for (const slot of slots.values()) {
        slot.waiting = undefined;
        slot.running?.controller.abort(STOPPING);
      }
      if (!isIdle()) await new Promise<void>((resolve) => onIdle.push(resolve));
    },
    size: () => runningCount + waitingSlots().length,
  };

  function pump(): void {
    while (runningCount < concurrency) {
      const next = waitingSlots().reduce<Slot | undefined>(
        (best, slot) => (best === undefined || priorityOf(slot) < priorityOf(best) ? slot : best),
        undefined,
      );
      if (next === undefined) break;
      start(next);
    }
    if (isIdle()) {
      for (const resolve of onIdle) resolve();
      onIdle = [];
    }
  }

  function start(slot: Slot): void {
    const item = slot.waiting;
    if (item === undefined) return;
    const replaced = slot.replaced;
    slot.waiting = undefined;
    slot.replaced = [];
    const controller = new AbortController();
    slot.running = { item, controller };
    runningCount += 1;
    void work(slot, item, controller.signal).then((outcome) => {
      slot.running = undefined;
      runningCount -= 1;
      if (outcome === "retry") {
        slot.replaced.push(...replaced);
      } else if (!stopping.signal.aborted) {
        for (const done of [...replaced, item]) done.settled();
      }
      if (slot.waiting === undefined && outcome !== "retry") slots.delete(item.key);
      pump();
    });
  }

  async function work(slot: Slot, item: WorkItem, signal: AbortSignal): Promise<"done" | "retry"> {
    try {
      const again = await item.run(signal);
      slot.attempts = 0;
      if (again !== undefined) later(slot, item, again.requeueAfterMs);
      return again === undefined ? "done" : "retry";
    } catch (error) {
      if (signal.aborted) {
        if (slot.waiting === undefined) return "done";
        slot.replaced.push(item);
        return "retry";
      }
      return failed(slot, item, error);
    }
  }

  function failed(slot: Slot, item: WorkItem, error: unknown): "done" | "retry" {
    slot.attempts += 1;
    const isExpected = error instanceof OperationError;
    const mayPass = !isExpected || error.retryable;
    if (!mayPass || slot.attempts >= ATTEMPTS_MAX) {
      log.error("work was given up until it is asked for again", {
        key: item.key,
        attempts: slot.attempts,
        error,
      });
      return "done";
    }
    const asked = isExpected ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(asked, Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** (slot.attempts - 1)));
    log.warn("work failed and is tried again", { key: item.key, attempts: slot.attempts, delayMs, error });
    later(slot, item, delayMs);
    return "retry";
  }

  function later(slot: Slot, item: WorkItem, delayMs: number): void {
    void clock.sleep(delayMs, stopping.signal).then(
      () => {
        // A newer item has taken this one's place meanwhile; it reads the same present state.
        if (slot.waiting !== undefined || slot.running !== undefined) {
          item.settled();
          return;
        }
        slots.set(item.key, slot);
        slot.waiting = item;
        pump();
      },
      () => undefined,
    );
  }

  function waitingSlots(): Slot[] {
    return [...slots.values()].filter((slot) => slot.waiting !== undefined && slot.running === undefined);
  }

  function isIdle(): boolean {
    return runningCount === 0 && waitingSlots().length === 0;
  }
}

const SUPERSEDED = new Error("a newer request took this one's place");
const STOPPING = new Error("the process is stopping");

function priorityOf(slot: Slot): number {
  return slot.waiting?.priority ?? Number.POSITIVE_INFINITY;
}
