import type { RenderTree } from "./render-tree.ts";
import { createSeededRandom, type RandomStream } from "./seeded-random.ts";
import { createWasiFiles } from "./wasi-files.ts";
import { createWasiMemory } from "./wasi-memory.ts";
import { CLOCK, ERRNO } from "./wasi-numbers.ts";
import type { HostFunction } from "./wasi-state.ts";

/** What a call may see beside its input. */
export interface WasiWorld {
  readonly tree: RenderTree;
  readonly seed: string;
  readonly clockMs: number;
}

/**
 * The system that a wasm instance of Go finds: a tree to read, a clock and a random stream that are inputs, and two
 * output streams nobody listens to. No other call exists.
 */
export interface Wasi {
  readonly imports: Readonly<Record<string, HostFunction>>;
  attach(memory: WebAssembly.Memory): void;
  /** From here on the instance is in this world, and has asked for nothing yet. */
  enter(world: WasiWorld): void;
  /** @returns whether the instance asked for randomness since it entered. */
  leave(): { readonly askedForRandomness: boolean };
  lastWords(): string;
}

/** Thrown through the instance when Go's runtime gives up; the instance is lost. */
export class InstanceExit extends Error {
  override readonly name = "InstanceExit";
}

const NANOSECONDS_PER_MS = 1e6;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;

interface State {
  readonly memory: ReturnType<typeof createWasiMemory>;
  random: RandomStream;
  clockMs: number;
  askedForRandomness: boolean;
}

/** @param seed - for what the runtime draws while it starts; always the same, so that fresh instances are equal. */
export function createWasi(seed: string): Wasi {
  const memory = createWasiMemory();
  const files = createWasiFiles(memory);
  const state: State = {
    memory,
    random: createSeededRandom(seed),
    clockMs: 0,
    askedForRandomness: false,
  };
  files.mount(undefined);
  return {
    imports: { ...files.calls, ...clockCalls(state), ...processCalls(state) },
    attach: (attached) => memory.attach(attached),
    enter({ tree, seed: callSeed, clockMs }) {
      files.mount(tree);
      state.random = createSeededRandom(callSeed);
      state.clockMs = clockMs;
      state.askedForRandomness = false;
    },
    leave() {
      files.mount(undefined);
      return { askedForRandomness: state.askedForRandomness };
    },
    lastWords: () => files.lastWords(),
  };
}

function clockCalls(state: State): Record<string, HostFunction> {
  return {
    clock_time_get(id: number, _precision: bigint, at: number) {
      // The runtime's timers and collector need the monotonic clock to go on; nothing renders from it. Who asks for
      // the time of day is not seen here, since the collector does: the engine notes which template function did.
      const ms = id === CLOCK.realtime ? state.clockMs : performance.now();
      state.memory.view().setBigUint64(at, BigInt(Math.round(ms * NANOSECONDS_PER_MS)), true);
      return ERRNO.success;
    },
    random_get(at: number, length: number) {
      state.askedForRandomness = true;
      state.random.fill(state.memory.bytes().subarray(at, at + length));
      return ERRNO.success;
    },
    poll_oneoff: (...call: Poll) => sleep(state, call),
  };
}

/** Where subscriptions are, where events go, how many there are, and where the number of events goes. */
type Poll = [number, number, number, number];

/** Go polls for one thing here: that some time passes while nothing can run. */
function sleep({ memory }: State, [subscriptionsAt, eventsAt, count, writtenAt]: Poll): number {
  const view = memory.view();
  let wait = Number.POSITIVE_INFINITY;
  for (let index = 0; index < count; index += 1) {
    const at = subscriptionsAt + index * SUBSCRIPTION_BYTES;
    if (view.getUint8(at + 8) !== 0) continue;
    const timeoutMs = Number(view.getBigUint64(at + 24, true)) / NANOSECONDS_PER_MS;
    const isAbsolute = (view.getUint16(at + 40, true) & 1) !== 0;
    wait = Math.min(wait, isAbsolute ? timeoutMs - performance.now() : timeoutMs);
    view.setBigUint64(eventsAt, view.getBigUint64(at, true), true);
  }
  if (!Number.isFinite(wait)) return ERRNO.notSupported;
  if (wait > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
  for (let offset = 8; offset < EVENT_BYTES; offset += 8) view.setBigUint64(eventsAt + offset, 0n, true);
  view.setUint32(writtenAt, 1, true);
  return ERRNO.success;
}

/** A program's name, which Go expects, and one variable that tells it where it is. */
function processCalls(state: State): Record<string, HostFunction> {
  return {
    ...textList(state, ["args_sizes_get", "args_get"], "engines\0"),
    ...textList(state, ["environ_sizes_get", "environ_get"], "PWD=/\0"),
    sched_yield: () => ERRNO.success,
    proc_exit(code: number) {
      throw new InstanceExit(`the engine exited with code ${code}`);
    },
  };
}

/** The two calls by which a list of texts is read; here, of one text. */
function textList(
  { memory }: State,
  [sizesCall, listCall]: readonly [string, string],
  text: string,
): Record<string, HostFunction> {
  const bytes = new TextEncoder().encode(text);
  return {
    [sizesCall](countAt: number, bytesAt: number) {
      memory.view().setUint32(countAt, 1, true);
      memory.view().setUint32(bytesAt, bytes.length, true);
      return ERRNO.success;
    },
    [listCall](pointersAt: number, at: number) {
      memory.view().setUint32(pointersAt, at, true);
      memory.bytes().set(bytes, at);
      return ERRNO.success;
    },
  };
}
