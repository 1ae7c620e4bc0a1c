import { MessageChannel, Worker } from "node:worker_threads";
import type { RenderOrder } from "../domain/renderer-protocol.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import { failure } from "./failure.ts";
import type { RenderLimits } from "./limits.ts";
import type { ObjectAddress, StoredObject } from "./object-store.ts";
import type { Rendering } from "./render.ts";
import type { WorkerOrder, WorkerReport, WorkerStart } from "./worker-messages.ts";

/** A worker from outside. It renders one order at a time; whatever becomes of it, `render` answers. */
export interface WorkerThread {
  /** `starting` until an instance is ready, and again while it is replaced. */
  state(): "starting" | "idle" | "busy" | "gone";
  /** Whether it has ever been idle: one that has not will not be, started again. */
  wasReady(): boolean;
  /** Whose orders the instance has served; `undefined` is none yet. */
  trust(): TrustLevel | undefined;
  /** Only when idle. */
  render(order: RenderOrder, trust: TrustLevel | "ours"): Promise<Rendering>;
  /** Only when idle: an instance that has served nobody. */
  renew(): void;
  deliver(objects: readonly StoredObject[]): void;
  stop(): void;
}

export interface WorkerThreadOptions {
  readonly module: Promise<WebAssembly.Module>;
  readonly limits: RenderLimits;
  /** The order that is running needs an object which has not been delivered. */
  onWant(address: ObjectAddress, order: RenderOrder): void;
  /** The state has changed. */
  onChange(): void;
}

/** For templates that include themselves a thousand times before Helm gives up: each level is a dozen native frames. */
const STACK_MEBIBYTES = 64;
const HEAP_MEBIBYTES = 256;
/** What a render leaves in JavaScript's own memory is small, and dies with it: no reason to let it pile up. */
const YOUNG_MEBIBYTES = 12;
/** Git objects that have not come by then will not. */
const OBJECT_WAIT_MS_MAX = 120_000;

const workerFile = new URL(`./worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

interface State extends WorkerThreadOptions {
  readonly worker: Worker;
  readonly lock: Int32Array;
  state: "starting" | "idle" | "busy" | "gone";
  trust: TrustLevel | undefined;
  running: Running | undefined;
  wasReady: boolean;
}

interface Running {
  readonly order: RenderOrder;
  readonly startedAt: number;
  readonly answer: (rendering: Rendering) => void;
  timer: NodeJS.Timeout | undefined;
  /** Time in which the worker waited for Git objects, and since when it does. */
  waitedMs: number;
  waitingSince: number | undefined;
}

export function createWorkerThread(options: WorkerThreadOptions): WorkerThread {
  const signal = new SharedArrayBuffer(4);
  const { port1, port2 } = new MessageChannel();
  const start: WorkerStart = { limits: options.limits, objects: port2, signal };
  const worker = new Worker(workerFile, {
    workerData: start,
    transferList: [port2],
    resourceLimits: {
      maxOldGenerationSizeMb: HEAP_MEBIBYTES,
      maxYoungGenerationSizeMb: YOUNG_MEBIBYTES,
      stackSizeMb: STACK_MEBIBYTES,
    },
    env: {},
    stdin: false,
  });
  const state: State = {
    ...options,
    worker,
    lock: new Int32Array(signal),
    state: "starting",
    trust: undefined,
    running: undefined,
    wasReady: false,
  };
  void options.module.then((module) => worker.postMessage({ type: "module", module } satisfies WorkerOrder));
  worker.on("message", (report: WorkerReport) => receive(state, report));
  worker.on("error", (error: unknown) => lose(state, error));
  worker.on("exit", () => lose(state, new Error("the worker ended")));
  return {
    state: () => state.state,
    wasReady: () => state.wasReady,
    trust: () => state.trust,
    render: (order, trust) => render(state, order, trust),
    renew() {
      state.trust = undefined;
      change(state, "starting");
      worker.postMessage({ type: "renew" } satisfies WorkerOrder);
    },
    deliver(objects) {
      port1.postMessage(objects);
      Atomics.add(state.lock, 0, 1);
      Atomics.notify(state.lock, 0);
      endWait(state.running);
    },
    stop: () => void worker.terminate(),
  };
}

function render(state: State, order: RenderOrder, trust: TrustLevel | "ours"): Promise<Rendering> {
  if (trust !== "ours") state.trust = trust;
  const { promise, resolve } = Promise.withResolvers<Rendering>();
  const now = performance.now();
  state.running = {
    order,
    startedAt: now,
    answer: resolve,
    timer: undefined,
    waitedMs: 0,
    waitingSince: undefined,
  };
  change(state, "busy");
  watchTime(state, state.running);
  state.worker.postMessage({ type: "render", order, trust } satisfies WorkerOrder);
  return promise;
}

/** Stops the worker when its time is up. Looked at again as often as waiting for objects has made more of it. */
function watchTime(state: State, running: Running): void {
  const left = state.limits.timeMs - (performance.now() - running.startedAt - waited(running));
  const waitLeft =
    running.waitingSince === undefined
      ? Number.POSITIVE_INFINITY
      : running.waitingSince + OBJECT_WAIT_MS_MAX - performance.now();
  const { path } = running.order.source;
  if (left <= 0) {
    const seconds = Math.round(state.limits.timeMs / 1000);
    finish(state, { kind: "failed", failure: failure("RenderTimeLimit", { path, seconds }) });
  } else if (waitLeft <= 0) {
    finish(state, {
      kind: "failed",
      failure: failure("RendererCrashed", { path, message: "Git objects did not arrive" }),
    });
  } else {
    running.timer = setTimeout(() => watchTime(state, running), Math.max(5, Math.min(left, waitLeft)));
    return;
  }
  void state.worker.terminate();
  change(state, "gone");
}

function waited({ waitedMs, waitingSince }: Running): number {
  return waitedMs + (waitingSince === undefined ? 0 : performance.now() - waitingSince);
}

function endWait(running: Running | undefined): void {
  if (running?.waitingSince === undefined) return;
  running.waitedMs = waited(running);
  running.waitingSince = undefined;
}

function receive(state: State, report: WorkerReport): void {
  switch (report.type) {
    case "idle":
      state.wasReady = true;
      change(state, "idle");
      break;
    case "want":
      if (state.running === undefined) break;
      state.running.waitingSince ??= performance.now();
      state.onWant(report.address, state.running.order);
      break;
    case "rendered":
      finish(state, { kind: "rendered", rendered: report.rendered, body: report.body });
      break;
    case "failed":
      finish(state, { kind: "failed", failure: report.failure });
      break;
  }
}

function finish(state: State, rendering: Rendering): void {
  const { running } = state;
  state.running = undefined;
  if (running === undefined) return;
  clearTimeout(running.timer);
  // What follows on the worker, an instance's replacement perhaps, is not this render's.
  if (state.state === "busy") change(state, "starting");
  running.answer(rendering);
}

function lose(state: State, error: unknown): void {
  const path = state.running?.order.source.path ?? "";
  const message = error instanceof Error ? error.message : String(error);
  const isMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  finish(state, {
    kind: "failed",
    failure: isMemory
      ? failure("RenderMemoryLimit", { path, bytesMax: state.limits.memoryBytes })
      : failure("RendererCrashed", { path, message }),
  });
  if (state.state !== "gone") change(state, "gone");
}

function change(state: State, next: State["state"]): void {
  state.state = next;
  state.onChange();
}
