import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

/** When to look again without being asked. */
export type LookAgain = { readonly requeueAfterMs: number } | undefined;

/** One piece of work. Items with the same key never run at once, and of those waiting only the newest runs. */
export interface WorkItem {
  readonly key: string;
  /** Lower runs first: 0 for what a person waits for, 1 for syncs, 2 for what the timer found. */
  readonly priority: number;
  /** `abort`: a newer item with this key makes the running one's result worthless, so it is told to stop. */
  readonly whenSuperseded: "abort" | "finish";
  run(signal: AbortSignal): Promise<LookAgain>;
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

/**
 * Attempts after which an item that keeps crashing is put aside until somebody asks again (poison pill, T104). What may
 * pass is tried until it does: nobody asks again for a sync or a status that an outage of some minutes kept waiting.
 */
const CRASHES_MAX = 6;
const FIRST_RETRY_MS = 1_000;
const RETRY_MAX_MS = 180_000;

interface Slot {
  waiting: WorkItem | undefined;
  running: { readonly item: WorkItem; readonly controller: AbortController } | undefined;
  /** To be run again later, unless a newer item takes its place before. */
  delayed: { readonly item: WorkItem; readonly controller: AbortController } | undefined;
  attempts: number;
  /** Items replaced while waiting: settled together with the one that replaced them. */
  replaced: WorkItem[];
}

export interface WorkQueueOptions {
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
}

interface QueueState extends WorkQueueOptions {
  readonly slots: Map<string, Slot>;
  /** Slots that could start now, in the order they became so, by priority. */
  readonly ready: Map<number, Set<Slot>>;
  readonly stopping: AbortController;
  runningCount: number;
  onIdle: (() => void)[];
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const queue: QueueState = {
    ...options,
    slots: new Map(),
    ready: new Map(),
    stopping: new AbortController(),
    runningCount: 0,
    onIdle: [],
  };
  const idle = async (): Promise<void> => {
    if (!isIdle(queue)) await new Promise<void>((resolve) => queue.onIdle.push(resolve));
  };
  return {
    add: (item) => add(queue, item),
    idle,
    async close() {
      queue.stopping.abort(STOPPING);
      for (const slot of queue.slots.values()) {
        setWaiting(queue, slot, undefined);
        slot.running?.controller.abort(STOPPING);
      }
      await idle();
    },
    size: () => queue.runningCount + readyCount(queue),
  };
}

function add(queue: QueueState, item: WorkItem): void {
  if (queue.stopping.signal.aborted) return;
  const slot = queue.slots.get(item.key) ?? {
    waiting: undefined,
    running: undefined,
    delayed: undefined,
    attempts: 0,
    replaced: [],
  };
  queue.slots.set(item.key, slot);
  if (slot.waiting !== undefined) slot.replaced.push(slot.waiting);
  // The newer one reads the same present state, and says itself when to look again.
  if (slot.delayed !== undefined) slot.replaced.push(slot.delayed.item);
  slot.delayed?.controller.abort(SUPERSEDED);
  slot.delayed = undefined;
  setWaiting(queue, slot, item);
  slot.attempts = 0;
  if (slot.running !== undefined && item.whenSuperseded === "abort")
    slot.running.controller.abort(SUPERSEDED);
  pump(queue);
}

function pump(queue: QueueState): void {
  while (queue.runningCount < queue.concurrency) {
    const next = firstReady(queue);
    if (next === undefined) break;
    start(queue, next);
  }
  if (!isIdle(queue)) return;
  for (const resolve of queue.onIdle) resolve();
  queue.onIdle = [];
}

function start(queue: QueueState, slot: Slot): void {
  const item = slot.waiting;
  if (item === undefined) return;
  const replaced = slot.replaced;
  setWaiting(queue, slot, undefined);
  slot.replaced = [];
  const controller = new AbortController();
  slot.running = { item, controller };
  queue.runningCount += 1;
  void work(queue, slot, item).then((outcome) => {
    slot.running = undefined;
    queue.runningCount -= 1;
    setWaiting(queue, slot, slot.waiting);
    if (outcome === "retry") slot.replaced.push(...replaced);
    else if (!queue.stopping.signal.aborted) for (const done of [...replaced, item]) done.settled();
    if (slot.waiting === undefined && outcome !== "retry") queue.slots.delete(item.key);
    pump(queue);
  });
}

async function work(queue: QueueState, slot: Slot, item: WorkItem): Promise<"done" | "retry"> {
  const signal = slot.running?.controller.signal ?? queue.stopping.signal;
  try {
    const again = await item.run(signal);
    slot.attempts = 0;
    if (again === undefined) return "done";
    later(queue, { slot, item, delayMs: again.requeueAfterMs });
    return "retry";
  } catch (error) {
    if (!signal.aborted) return failed(queue, { slot, item, error });
    if (slot.waiting === undefined) return "done";
    slot.replaced.push(item);
    return "retry";
  }
}

interface Failure {
  readonly slot: Slot;
  readonly item: WorkItem;
  readonly error: unknown;
}

function failed(queue: QueueState, { slot, item, error }: Failure): "done" | "retry" {
  slot.attempts += 1;
  const { attempts } = slot;
  const isExpected = error instanceof OperationError;
  const isTriedAgain = isExpected ? error.retryable : attempts < CRASHES_MAX;
  if (!isTriedAgain) {
    queue.log.error("work was given up until it is asked for again", { key: item.key, attempts, error });
    return "done";
  }
  const asked = isExpected ? (error.retryAfterMs ?? 0) : 0;
  const delayMs = Math.max(asked, Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** (attempts - 1)));
  queue.log.warn("work failed and is tried again", { key: item.key, attempts, delayMs, error });
  later(queue, { slot, item, delayMs });
  return "retry";
}

interface Delay {
  readonly slot: Slot;
  readonly item: WorkItem;
  readonly delayMs: number;
}

function later(queue: QueueState, { slot, item, delayMs }: Delay): void {
  // A newer item is waiting already; it reads the same present state.
  if (slot.waiting !== undefined) {
    slot.replaced.push(item);
    return;
  }
  const controller = new AbortController();
  slot.delayed = { item, controller };
  const wake = (): void => {
    slot.delayed = undefined;
    setWaiting(queue, slot, item);
    pump(queue);
  };
  const signal = AbortSignal.any([controller.signal, queue.stopping.signal]);
  void queue.clock.sleep(delayMs, signal).then(wake, () => undefined);
}

/** The only place where `waiting` changes, and called again where `running` ends: `ready` follows from the two. */
function setWaiting({ ready }: QueueState, slot: Slot, item: WorkItem | undefined): void {
  if (slot.waiting !== undefined) ready.get(slot.waiting.priority)?.delete(slot);
  slot.waiting = item;
  if (item === undefined || slot.running !== undefined) return;
  const ofPriority = ready.get(item.priority) ?? new Set();
  ready.set(item.priority, ofPriority.add(slot));
}

function firstReady({ ready }: QueueState): Slot | undefined {
  let best: { readonly priority: number; readonly slot: Slot } | undefined;
  for (const [priority, [slot]] of ready) {
    if (slot !== undefined && (best === undefined || priority < best.priority)) best = { priority, slot };
  }
  return best?.slot;
}

function readyCount({ ready }: QueueState): number {
  return [...ready.values()].reduce((sum, { size }) => sum + size, 0);
}

function isIdle(queue: QueueState): boolean {
  return queue.runningCount === 0 && readyCount(queue) === 0;
}

const SUPERSEDED = new Error("a newer request took this one's place");
const STOPPING = new Error("the process is stopping");
