import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { TrustLevel } from "../domain/trust-level.ts";
import { createEngine, type Engine } from "./engine.ts";
import { createObjectStore, type ObjectAddress } from "./object-store.ts";
import { type Engines, render } from "./render.ts";
import type { ObjectDelivery, WorkerOrder, WorkerReport, WorkerStart } from "./worker-messages.ts";

/**
 * An instance that has grown past this is given back: Go returns no memory, and most renders need half. A quarter of
 * that is the headroom in engines/main.go, which is never touched.
 */
const KEPT_MEMORY_BYTES_MAX = 128 * 1024 * 1024;

/** One thread with one instance of the engines at a time, rendering one order after the other. */
function start({ limits, objects, signal }: WorkerStart): void {
  const store = createObjectStore((address) => fetchObject(address));
  const lock = new Int32Array(signal);
  const engines = createEngines();
  let missing = new Set<string>();

  function receive(delivery: ObjectDelivery): void {
    store.add(delivery);
    for (const { oid, content } of delivery) if (content === "missing") missing.add(oid);
  }

  /** Waits, with the thread asleep, until the object has come or is known to be missing. */
  function fetchObject(address: ObjectAddress): void {
    drain();
    if (store.has(address)) return;
    missing = new Set();
    report({ type: "want", address });
    for (;;) {
      const seen = Atomics.load(lock, 0);
      drain();
      if (store.has(address) || missing.has(address.oid)) return;
      Atomics.wait(lock, 0, seen);
    }
  }

  function drain(): void {
    for (
      let message = receiveMessageOnPort(objects);
      message !== undefined;
      message = receiveMessageOnPort(objects)
    ) {
      receive(message.message as ObjectDelivery);
    }
  }

  objects.on("message", receive);
  parentPort?.on("message", (order: WorkerOrder) => {
    if (order.type === "render") {
      engines.bind(order.trust);
      const { kind, ...result } = render(order.order, { engines, store, limits });
      report({ type: kind, ...result } as WorkerReport);
    } else if (order.type === "renew") engines.discard();
    else engines.use(order.module);
    engines.prepare();
    report({ type: "idle" });
  });
}

interface TrustedEngines extends Engines {
  use(module: WebAssembly.Module): void;
  /** Makes sure that the current instance has served no other trust level. Our own warm-up binds to none. */
  bind(trust: TrustLevel | "ours"): void;
  /** Has an instance cleared up and ready before it is asked for. */
  prepare(): void;
}

function createEngines(): TrustedEngines {
  let module: WebAssembly.Module | undefined;
  let engine: Engine | undefined;
  let level: TrustLevel | undefined;

  function current(): Engine {
    if (module === undefined) throw new Error("no module yet");
    engine ??= createEngine(module);
    return engine;
  }

  return {
    current,
    use(compiled) {
      module = compiled;
    },
    fresh() {
      engine = undefined;
      return current();
    },
    discard() {
      engine = undefined;
      level = undefined;
    },
    bind(trust) {
      if (trust === "ours" || trust === level) return;
      if (level !== undefined) engine = undefined;
      level = trust;
    },
    prepare() {
      engine?.collect();
      if (engine !== undefined && engine.memoryBytes() > KEPT_MEMORY_BYTES_MAX) engine = undefined;
      if (engine === undefined) level = undefined;
      current();
    },
  };
}

function report(message: WorkerReport): void {
  parentPort?.postMessage(message, message.type === "rendered" ? [message.body.buffer as ArrayBuffer] : []);
}

start(workerData as WorkerStart);
