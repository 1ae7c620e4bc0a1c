import type { RendererStats, RenderFailure } from "../../domain/renderer-protocol.ts";
import type { ContextOf, Reason } from "../../errors/catalogue.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { RenderRequest, RenderResult } from "../../ports/renderer.ts";
import type { DocumentCache } from "./document-cache.ts";
import type { EnginesInfo } from "./engines-info.ts";
import type { ObjectServer } from "./object-server.ts";
import type { RendererProcess } from "./renderer-process.ts";

/** A render that somebody waits for. */
export interface Pending {
  readonly request: RenderRequest;
  readonly resolve: (result: RenderResult) => void;
  readonly reject: (error: unknown) => void;
  /** How often the process has begun it. */
  attempts: number;
}

/** Everything the adapter knows, in one process's life after another. */
export interface RendererState {
  readonly engines: EnginesInfo;
  readonly server: ObjectServer;
  readonly cache: DocumentCache;
  readonly pending: Map<number, Pending>;
  readonly asked: Map<number, Pick<PromiseWithResolvers<RendererStats>, "resolve" | "reject">>;
  process: RendererProcess | undefined;
  /** Resolves when the present process is there no more. */
  ended: Promise<void>;
  isClosed: boolean;
  falseStarts: number;
  nextId: number;
}

/** A renderer that nobody waits for does not keep a command line's process from ending. */
export function holdWhileNeeded({ process, pending, asked }: RendererState): void {
  process?.hold(pending.size + asked.size > 0 ? "hold" : "release");
}

export function begin(pending: Pending | undefined): void {
  if (pending !== undefined) pending.attempts += 1;
}

export function fail(state: RendererState, id: number, error: unknown): void {
  settle(state, id, ({ reject }) => reject(error));
}

export function settle(state: RendererState, id: number, how: (pending: Pending) => void): void {
  const pending = state.pending.get(id);
  if (pending === undefined) return;
  state.pending.delete(id);
  try {
    how(pending);
  } catch (error) {
    pending.reject(error);
  }
}

export function errorOf({ reason, facts }: RenderFailure): OperationError {
  return OperationError.of(reason as Reason, facts as unknown as ContextOf<Reason>);
}

export function takeId(state: RendererState): number {
  state.nextId += 1;
  return state.nextId;
}
