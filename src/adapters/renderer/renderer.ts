import {
  type Frame,
  RENDERER_PROTOCOL,
  type RendererMessage,
  type RendererStats,
} from "../../domain/renderer-protocol.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { ObjectSource, Renderer, RenderRequest, RenderResult } from "../../ports/renderer.ts";
import { createDocumentCache } from "./document-cache.ts";
import { readEnginesInfo } from "./engines-info.ts";
import { createObjectServer } from "./object-server.ts";
import { orderOf, PRIORITIES, resultOf } from "./render-order.ts";
import { type RendererProcess, startRendererProcess } from "./renderer-process.ts";
import {
  begin,
  errorOf,
  fail,
  holdWhileNeeded,
  type RendererState,
  settle,
  takeId,
} from "./renderer-state.ts";
import { answerWant, sendObjects } from "./send-objects.ts";

export interface RendererOptions {
  /** Where Git objects come from. */
  readonly objects: ObjectSource;
  /** Renders at the same time, a worker each. Default 2. */
  readonly workers?: number;
  /** Instances kept ready beside those: a render of another trust level starts at once. Default 1. */
  readonly spares?: number;
  /** Renders a built-in chart and base in the background after the start, so that the first real ones are fast. */
  readonly warmUp?: boolean;
  /** Overrides for `src/renderer/limits.ts`, by name. */
  readonly limits?: Readonly<Partial<Record<LimitName, number>>>;
}

export type LimitName =
  | "timeMs"
  | "memoryBytes"
  | "outputBytes"
  | "documents"
  | "directoryBytes"
  | "fileBytes"
  | "treeEntries";

/** The renderer process, started at once and again whenever it ends before `close`. */
export interface ProcessRenderer extends Renderer {
  stats(): Promise<RendererStats>;
  /** Process id of the renderer that runs now. */
  pid(): number | undefined;
  close(): Promise<void>;
}
/** Everything the adapter knows. */
interface State extends RendererState {
  readonly options: RendererOptions;
}

/** A render is sent a second time when the process died under it, and no third time. */
const ATTEMPTS_MAX = 2;
/** A process that ends so often in a row, with nothing rendered, will not get better. */
const FALSE_STARTS_MAX = 3;

export function createRenderer(options: RendererOptions): ProcessRenderer {
  const state: State = {
    options,
    engines: readEnginesInfo(),
    server: createObjectServer(options.objects),
    cache: createDocumentCache(),
    pending: new Map(),
    asked: new Map(),
    process: undefined,
    ended: Promise.resolve(),
    isClosed: false,
    falseStarts: 0,
    nextId: 1,
  };
  start(state);
  return {
    enginesHash: state.engines.sha256,
    render: (request, signal) => render(state, request, signal),
    pid: () => state.process?.pid,
    async stats() {
      const process = running(state);
      const { promise, resolve, reject } = Promise.withResolvers<RendererStats>();
      const id = takeId(state);
      state.asked.set(id, { resolve, reject });
      process.send({ type: "stats", id });
      holdWhileNeeded(state);
      return promise;
    },
    async close() {
      state.isClosed = true;
      state.process?.hold("hold");
      state.process?.kill();
      await state.ended;
    },
  };
}

async function render(state: State, request: RenderRequest, signal?: AbortSignal): Promise<RenderResult> {
  signal?.throwIfAborted();
  if (state.isClosed) throw crashed(request, CLOSED);
  const { promise, resolve, reject } = Promise.withResolvers<RenderResult>();
  const id = takeId(state);
  state.pending.set(id, { request, resolve, reject, attempts: 0 });
  function abort(): void {
    state.pending.delete(id);
    state.process?.send({ type: "cancel", id });
    reject(signal?.reason);
  }
  signal?.addEventListener("abort", abort, { once: true });
  running(state);
  holdWhileNeeded(state);
  void dispatch(state, id);
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", abort);
    holdWhileNeeded(state);
  }
}

/** Sends an order, after the objects it will most likely open. */
async function dispatch(state: State, id: number): Promise<void> {
  const pending = state.pending.get(id);
  if (pending === undefined) return;
  const process = running(state);
  const { request } = pending;
  const [mount] = request.mounts;
  try {
    const foreseen = mount === undefined ? [] : await state.server.foresee(mount, request.source.path);
    sendObjects(process, { repository: mount?.repository ?? "", objects: foreseen });
  } catch (error) {
    fail(state, id, error);
  }
  // Cancelled, or another process since: whoever started that one has sent the order again.
  if (!state.pending.has(id) || state.process !== process) return;
  process.send({
    type: "render",
    id,
    order: orderOf(request),
    priority: PRIORITIES[request.priority ?? "sync"],
  });
}

/** Not after `close`: nobody would end that process. */
function running(state: State): RendererProcess {
  if (state.isClosed) throw new Error(CLOSED);
  return state.process ?? start(state);
}

const CLOSED = "the renderer was closed";

function crashed({ source }: RenderRequest, message: string): OperationError {
  return OperationError.of("RendererCrashed", { path: source.path, message });
}

function start(state: State): RendererProcess {
  const { workers = 2, spares = 1, warmUp = true, limits = {} } = state.options;
  const { promise, resolve } = Promise.withResolvers<void>();
  const process = startRendererProcess({
    settings: {
      enginesHash: state.engines.sha256,
      enginesBytes: state.engines.bytes,
      workers,
      spares,
      warmUp,
      limits,
    },
    onFrame: (frame) => receive(state, process, frame),
    onEnd(lastWords) {
      state.process = undefined;
      resolve();
      recover(state, lastWords);
    },
  });
  state.falseStarts += 1;
  state.process = process;
  state.ended = promise;
  state.server.forget();
  holdWhileNeeded(state);
  return process;
}

function receive(state: State, process: RendererProcess, { head, body }: Frame<RendererMessage>): void {
  switch (head.type) {
    case "ready":
      if (head.protocol !== RENDERER_PROTOCOL) process.kill();
      break;
    case "started":
      begin(state.pending.get(head.id));
      break;
    case "want":
      void answerWant(process, head, {
        server: state.server,
        mount: state.pending.get(head.id)?.request.mounts[head.mount],
        onFailure: (error) => fail(state, head.id, error),
      });
      break;
    case "rendered":
      state.falseStarts = 0;
      settle(state, head.id, ({ resolve }) => resolve(resultOf(head, body, state.cache)));
      break;
    case "failed":
      state.falseStarts = 0;
      fail(state, head.id, errorOf(head.failure));
      break;
    case "stats":
      state.asked.get(head.id)?.resolve(head.stats);
      state.asked.delete(head.id);
      holdWhileNeeded(state);
      break;
  }
}

/** After the process has ended: what it had begun twice fails, the rest is sent to the next one. */
function recover(state: State, lastWords: string): void {
  const why = state.isClosed ? CLOSED : `the renderer process ended: ${lastWords}`;
  const isHopeless = state.isClosed || state.falseStarts >= FALSE_STARTS_MAX;
  for (const [id, { request, attempts }] of state.pending) {
    if (!isHopeless && attempts < ATTEMPTS_MAX) continue;
    fail(state, id, crashed(request, why));
  }
  if (isHopeless) {
    for (const { reject } of state.asked.values()) reject(new Error(why));
    state.asked.clear();
    state.falseStarts = 0;
    return;
  }
  const process = start(state);
  for (const id of state.pending.keys()) void dispatch(state, id);
  for (const id of state.asked.keys()) process.send({ type: "stats", id });
}
