import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createEngine } from "./engine.ts";
import { createObjectStore, type ObjectAddress } from "./object-store.ts";
import { render } from "./render.ts";
import { createTrustedEngines } from "./trusted-engines.ts";
import type { ObjectDelivery, WorkerOrder, WorkerReport, WorkerStart } from "./worker-messages.ts";

/** One thread with one instance of the engines at a time, rendering one order after the other. */
function start({ limits, objects, signal }: WorkerStart): void {
  const store = createObjectStore((address) => fetchObject(address));
  const lock = new Int32Array(signal);
  let module: WebAssembly.Module | undefined;
  const engines = createTrustedEngines(() => {
    if (module === undefined) throw new Error("no module yet");
    return createEngine(module);
  });
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
    else module = order.module;
    engines.prepare();
    report({ type: "idle" });
  });
}

function report(message: WorkerReport): void {
  parentPort?.postMessage(message, message.type === "rendered" ? [message.body.buffer as ArrayBuffer] : []);
}

start(workerData as WorkerStart);
