import { createReadStream } from "node:fs";
import { createBrotliDecompress } from "node:zlib";
import {
  type ControllerMessage,
  createFrameReader,
  encodeFrame,
  type Frame,
  RENDERER_PROTOCOL,
  type RendererMessage,
  type RenderOrder,
} from "../domain/renderer-protocol.ts";
import { DEFAULT_LIMITS, type RenderLimits } from "./limits.ts";
import { limitMemory } from "./memory-limit.ts";
import { createObjectHub } from "./object-hub.ts";
import type { ObjectAddress, StoredObject } from "./object-store.ts";
import { createPool, type Job, type Pool } from "./pool.ts";
import { createWarmUp } from "./warm-up.ts";

/** The program's one argument, as JSON. */
interface Settings {
  /** The engines' module, brotli-compressed. */
  readonly enginesFile: string;
  /** Its size decompressed. */
  readonly enginesBytes: number;
  readonly enginesHash: string;
  readonly workers: number;
  readonly spares: number;
  readonly warmUp: boolean;
  readonly limits: Partial<RenderLimits>;
}

/** Behind everything that somebody waits for. */
const WARM_UP_PRIORITY = Number.MAX_SAFE_INTEGER;

const CHUNK_BYTES = 1024 * 1024;

interface State {
  readonly pool: Pool;
  readonly hub: ReturnType<typeof createObjectHub>;
  readonly jobs: Map<number, Job>;
}

main(JSON.parse(process.argv[2] ?? "{}") as Settings);

/** The renderer process: orders and objects in on standard input, documents out on standard output. */
function main(settings: Settings): void {
  const limits = { ...DEFAULT_LIMITS, ...settings.limits };
  const hub = createObjectHub();
  const pool = createPool({
    module: compile(settings, limits.memoryBytes),
    limits,
    workers: settings.workers,
    spares: settings.spares,
    onWant: (address, order) => want(state, address, order),
  });
  const state: State = { pool, hub, jobs: new Map() };
  const readFrames = createFrameReader<ControllerMessage>();
  process.stdin.on("data", (chunk: Buffer) => {
    for (const frame of readFrames(chunk)) receive(state, frame);
  });
  // The controller is gone, and with it everybody who could want anything.
  process.stdin.on("end", () => process.exit(0));
  send({ type: "ready", protocol: RENDERER_PROTOCOL, enginesHash: settings.enginesHash });
  if (settings.warmUp) warmUp(state);
}

/** Once a process; a failure ends it, since nothing can be rendered. */
async function compile(
  { enginesFile, enginesBytes }: Settings,
  memoryBytesMax: number,
): Promise<WebAssembly.Module> {
  const module = await decompress(enginesFile, enginesBytes);
  limitMemory(module, memoryBytesMax);
  const compiled = await WebAssembly.compile(module);
  // The compiled module has a copy of its own: forty megabytes need not wait for the collector.
  module.buffer.transfer(0);
  return compiled;
}

async function decompress(file: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const module = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of createReadStream(file).pipe(createBrotliDecompress({ chunkSize: CHUNK_BYTES }))) {
    module.set(chunk as Buffer, at);
    at += (chunk as Buffer).length;
  }
  return module;
}

function receive(state: State, { head, body }: Frame<ControllerMessage>): void {
  switch (head.type) {
    case "render":
      addJob(state, head);
      break;
    case "cancel":
      cancelJob(state, head.id);
      break;
    case "objects":
      takeObjects(state, state.hub.keep(objectsOf(head, body)), state.jobs.get(head.id ?? 0));
      break;
    case "stats": {
      const stats = { ...state.pool.stats(), residentBytes: process.memoryUsage.rss() };
      send({ type: "stats", id: head.id, stats });
      break;
    }
  }
}

/** What has come is good for every worker; that something is missing concerns only the one that asked. */
function takeObjects({ pool }: State, objects: readonly StoredObject[], asking: Job | undefined): void {
  const missing = objects.filter(({ content }) => content === "missing");
  const present = objects.filter(({ content }) => content !== "missing");
  if (present.length > 0) pool.deliver(present);
  if (missing.length > 0 && asking !== undefined) pool.answer(asking, missing);
}

function cancelJob({ pool, jobs }: State, id: number): void {
  const job = jobs.get(id);
  jobs.delete(id);
  if (job !== undefined) pool.cancel(job);
}

function addJob(
  state: State,
  { id, order, priority }: ControllerMessage & { readonly type: "render" },
): void {
  const job: Job = {
    order,
    trust: order.trust,
    priority,
    onStart: () => send({ type: "started", id }),
    onEnd(rendering) {
      if (!state.jobs.delete(id)) return;
      if (rendering.kind === "failed") send({ type: "failed", id, failure: rendering.failure });
      else send({ type: "rendered", id, ...rendering.rendered }, rendering.body);
    },
  };
  state.jobs.set(id, job);
  state.pool.add(job);
}

function objectsOf(
  { repository, objects }: ControllerMessage & { readonly type: "objects" },
  body: Uint8Array,
): readonly StoredObject[] {
  let at = 0;
  return objects.map(({ oid, kind, bytes }) => {
    if (typeof bytes === "string") return { repository, oid, kind, content: bytes };
    at += bytes;
    return { repository, oid, kind, content: body.subarray(at - bytes, at) };
  });
}

/**
 * From what is here already, else from the controller; paths mean something in the order's own trees only. One that was
 * cancelled gets no answer: its worker is stopped in a moment.
 */
function want({ pool, hub, jobs }: State, address: ObjectAddress, order: RenderOrder): void {
  const { mount, path, oid } = address;
  const present = hub.get(address);
  const [id] = [...jobs].find(([, job]) => job.order === order) ?? [];
  if (present !== undefined) pool.deliver([present]);
  else if (id !== undefined) send({ type: "want", id, mount, path, oid });
}

function warmUp({ pool, hub }: State): void {
  const { objects, orders } = createWarmUp();
  pool.deliver(hub.keep(objects));
  for (const order of orders) {
    pool.add({
      order,
      trust: "ours",
      priority: WARM_UP_PRIORITY,
      onStart: () => undefined,
      onEnd: () => undefined,
    });
  }
}

function send(message: RendererMessage, body?: Uint8Array): void {
  process.stdout.write(encodeFrame(message, body === undefined ? [] : [body]));
}
