import { type JsonValue, stringifyJson } from "../domain/json.ts";
import type { EngineFailure, EngineRequest } from "./engine-types.ts";
import { createWasi, InstanceExit, type WasiWorld } from "./wasi.ts";

/** One instance of the engines: an own memory that no other instance sees. */
export interface Engine {
  /** Synchronous. After a `fault` the instance must not be called again. */
  call(request: EngineRequest, world: WasiWorld): EngineAnswer;
  /** Clears up after calls, when nobody waits. May take some milliseconds. */
  collect(): void;
  /** How often it was called: an unused instance is like any other unused instance. */
  calls(): number;
  memoryBytes(): number;
}

export interface EngineAnswer {
  readonly outcome: EngineOutcome;
  readonly askedForRandomness: boolean;
}

export type EngineOutcome =
  | {
      readonly kind: "made";
      readonly documents: readonly Uint8Array[];
      readonly text: Uint8Array | undefined;
      readonly askedForClock: boolean;
    }
  | { readonly kind: "failed"; readonly failure: EngineFailure }
  /** The instance is lost. */
  | { readonly kind: "fault"; readonly fault: "memory" | "depth" | "other"; readonly message: string };

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly _initialize: () => void;
  readonly alloc: (size: number) => number;
  readonly call: () => number;
  readonly result: () => number;
  readonly collect: () => void;
}

interface Header {
  readonly documentBytes: readonly number[] | null;
  readonly textBytes: number;
  readonly askedForClock: boolean;
  readonly error?: EngineFailure;
}

/** For what Go's runtime draws before any request: fresh instances are all alike. */
const START_SEED = "plumbline engines";

const NEW_LINE = 0x0a;

export function createEngine(module: WebAssembly.Module): Engine {
  const wasi = createWasi(START_SEED);
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: { ...wasi.imports } });
  const engine = instance.exports as unknown as Exports;
  wasi.attach(engine.memory);
  engine._initialize();
  let calls = 0;
  return {
    call(request, world) {
      calls += 1;
      wasi.enter(world);
      const outcome = run(engine, request, wasi.lastWords);
      return { outcome, ...wasi.leave() };
    },
    collect: () => engine.collect(),
    calls: () => calls,
    memoryBytes: () => engine.memory.buffer.byteLength,
  };
}

function run(engine: Exports, request: EngineRequest, lastWords: () => string): EngineOutcome {
  try {
    const input = new TextEncoder().encode(stringifyJson(request as unknown as JsonValue));
    const at = engine.alloc(input.length) >>> 0;
    new Uint8Array(engine.memory.buffer, at, input.length).set(input);
    const length = engine.call() >>> 0;
    return readAnswer(new Uint8Array(engine.memory.buffer, engine.result() >>> 0, length));
  } catch (fault) {
    return { kind: "fault", ...describeFault(fault, lastWords()) };
  }
}

/** Copies out of the instance's memory, which the next call overwrites. */
function readAnswer(answer: Uint8Array): EngineOutcome {
  const headEnd = answer.indexOf(NEW_LINE);
  const { documentBytes, textBytes, askedForClock, error } = JSON.parse(
    new TextDecoder().decode(answer.subarray(0, headEnd)),
  ) as Header;
  if (error?.kind === "crash") return { kind: "fault", ...describeFault(undefined, error.message) };
  if (error !== undefined) return { kind: "failed", failure: error };
  let at = headEnd + 1;
  const documents = (documentBytes ?? []).map((bytes) => {
    at += bytes;
    return answer.slice(at - bytes, at);
  });
  return {
    kind: "made",
    documents,
    text: textBytes < 0 ? undefined : answer.slice(at, at + textBytes),
    askedForClock,
  };
}

/** Go says why it gives up on its error stream; a native stack that overflows is a RangeError of the host's. */
function describeFault(
  fault: unknown,
  words: string,
): { readonly fault: "memory" | "depth" | "other"; readonly message: string } {
  const message = words === "" ? String(fault) : words;
  if (/out of memory|cannot allocate|out of bounds memory access/i.test(message))
    return { fault: "memory", message };
  if (/stack overflow|stack exceeds/i.test(message)) return { fault: "depth", message };
  if (fault instanceof RangeError && /call stack/i.test(fault.message)) return { fault: "depth", message };
  return {
    fault: "other",
    message: fault instanceof InstanceExit ? message : `${String(fault)} ${words}`.trim(),
  };
}
