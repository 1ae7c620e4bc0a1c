import type { RendererStats, RenderOrder } from "../domain/renderer-protocol.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import { chooseJob } from "./choose-job.ts";
import type { RenderLimits } from "./limits.ts";
import type { ObjectAddress, StoredObject } from "./object-store.ts";
import type { Rendering } from "./render.ts";
import { createWorkerThread, type WorkerThread } from "./worker-thread.ts";

export interface PoolOptions {
  readonly module: Promise<WebAssembly.Module>;
  readonly limits: RenderLimits;
  /** Renders at the same time. */
  readonly workers: number;
  /** Instances kept ready beside those. */
  readonly spares: number;
  /** A worker waits for an object that has not been delivered. */
  onWant(address: ObjectAddress, order: RenderOrder): void;
}

export interface Job {
  readonly order: RenderOrder;
  readonly trust: TrustLevel | "ours";
  /** Lower goes first; equals in the order they came. */
  readonly priority: number;
  /** The job leaves the queue. */
  onStart(): void;
  onEnd(rendering: Rendering): void;
}

/** Workers and the queue before them. A worker's end is its own: the queue goes on with another. */
export interface Pool {
  add(job: Job): void;
  /** Out of the queue, or stopped where it runs unless it ends by itself; what `onEnd` is told then is of no use. */
  cancel(job: Job): void;
  /** Objects for every worker. */
  deliver(objects: readonly StoredObject[]): void;
  /** Objects for the worker that runs this job, if one does. */
  answer(job: Job, objects: readonly StoredObject[]): void;
  stats(): Omit<RendererStats, "residentBytes">;
}

/** A cancelled render that ends by itself within this time costs less than a new worker. */
const CANCEL_GRACE_MS = 250;

const FAILED_STARTS_MAX = 3;

interface State extends PoolOptions {
  threads: WorkerThread[];
  queue: Job[];
  readonly running: Map<Job, WorkerThread>;
  isDispatching: boolean;
  /** How many jobs were chosen in a row before the first of the queue. */
  passed: number;
  rendered: number;
  threadsMade: number;
  /** Workers that ended before they were ready, in a row. */
  failedStarts: number;
}

export function createPool(options: PoolOptions): Pool {
  const state: State = {
    ...options,
    threads: [],
    queue: [],
    running: new Map(),
    isDispatching: false,
    passed: 0,
    rendered: 0,
    threadsMade: 0,
    failedStarts: 0,
  };
  dispatch(state);
  return {
    add(job) {
      const at = state.queue.findLastIndex(({ priority }) => priority <= job.priority);
      state.queue.splice(at + 1, 0, job);
      dispatch(state);
    },
    cancel: (job) => cancel(state, job),
    deliver(objects) {
      for (const thread of state.threads) thread.deliver(objects);
    },
    answer: (job, objects) => state.running.get(job)?.deliver(objects),
    stats: () => ({
      workers: state.threads.length,
      queued: state.queue.length,
      running: state.running.size,
      rendered: state.rendered,
      instancesMade: state.threadsMade,
    }),
  };
}

/** Brings the threads up to their number and hands out what can be handed out. Never runs inside itself. */
function dispatch(state: State): void {
  if (state.isDispatching) return;
  state.isDispatching = true;
  for (const thread of state.threads) countStart(state, thread);
  state.threads = state.threads.filter((thread) => thread.state() !== "gone");
  while (state.threads.length < state.workers + state.spares) state.threads.push(startThread(state));
  for (;;) {
    const next = state.running.size < state.workers ? chooseJob(state) : undefined;
    if (next === undefined) break;
    run(state, next.job, next.thread);
  }
  keepSpare(state);
  state.isDispatching = false;
}

/** @throws where workers do not come up at all: the process is of no use, and whoever started it is to know. */
function countStart(state: State, thread: WorkerThread): void {
  if (thread.wasReady()) state.failedStarts = 0;
  else if (thread.state() === "gone") state.failedStarts += 1;
  if (state.failedStarts >= FAILED_STARTS_MAX) throw new Error("no worker of the renderer starts");
}

function startThread(state: State): WorkerThread {
  state.threadsMade += 1;
  return createWorkerThread({
    module: state.module,
    limits: state.limits,
    onWant: (address, order) => state.onWant(address, order),
    onChange: () => queueMicrotask(() => dispatch(state)),
  });
}

function run(state: State, job: Job, thread: WorkerThread): void {
  state.passed = job === state.queue[0] ? 0 : state.passed + 1;
  state.queue = state.queue.filter((queued) => queued !== job);
  state.running.set(job, thread);
  job.onStart();
  void thread.render(job.order, job.trust).then((rendering) => {
    state.running.delete(job);
    state.rendered += 1;
    job.onEnd(rendering);
    dispatch(state);
  });
}

function cancel(state: State, job: Job): void {
  state.queue = state.queue.filter((queued) => queued !== job);
  const thread = state.running.get(job);
  if (thread === undefined) return;
  setTimeout(() => {
    if (state.running.get(job) === thread) thread.stop();
  }, CANCEL_GRACE_MS).unref();
}

/**
 * Where nothing waits and every instance has served somebody, one that is least likely to be needed gives way to a
 * fresh one: the next render of another trust level then starts at once.
 */
function keepSpare(state: State): void {
  if (state.spares === 0 || state.queue.length > 0 || state.running.size > 0) return;
  const { threads } = state;
  if (threads.some((thread) => thread.state() !== "idle" || thread.trust() === undefined)) return;
  const repeated = threads.find(
    (thread, index) => threads.findIndex((other) => other.trust() === thread.trust()) < index,
  );
  const fork = threads.find((thread) => thread.trust() === "fork");
  (repeated ?? fork)?.renew();
}
