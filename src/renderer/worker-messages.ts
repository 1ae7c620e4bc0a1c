import type { MessagePort } from "node:worker_threads";
import type { RenderedOrder, RenderFailure, RenderOrder } from "../domain/renderer-protocol.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import type { RenderLimits } from "./limits.ts";
import type { ObjectAddress, StoredObject } from "./object-store.ts";

/** What a worker is started with. */
export interface WorkerStart {
  readonly limits: RenderLimits;
  /** Brings {@link StoredObject} lists. */
  readonly objects: MessagePort;
  /** One Int32, raised after each list: what a worker that waits for an object sleeps on. */
  readonly signal: SharedArrayBuffer;
}

/** Pool → worker. */
export type WorkerOrder =
  /** First: a worker is started while the module is still compiled. */
  | { readonly type: "module"; readonly module: WebAssembly.Module }
  | { readonly type: "render"; readonly order: RenderOrder; readonly trust: TrustLevel | "ours" }
  /** Takes a new instance, that no level has used. */
  | { readonly type: "renew" };

/** Worker → pool. */
export type WorkerReport =
  | { readonly type: "idle" }
  | { readonly type: "want"; readonly address: ObjectAddress }
  | { readonly type: "rendered"; readonly rendered: RenderedOrder; readonly body: Uint8Array }
  | { readonly type: "failed"; readonly failure: RenderFailure };

export type ObjectDelivery = readonly StoredObject[];
