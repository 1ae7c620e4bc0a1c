import type { RenderFailure } from "../domain/renderer-protocol.ts";
import type { RENDER_REASONS } from "../errors/render-reasons.ts";

type Reasons = typeof RENDER_REASONS;

/** Why a render has no result, as data that crosses process borders: a reason of the catalogue and its facts. */
export function failure<R extends keyof Reasons>(reason: R, facts: Parameters<Reasons[R]>[0]): RenderFailure {
  return { reason, facts };
}

/** Carries a failure up through the code that resolves a source. Never leaves the worker. */
export class RenderFailed extends Error {
  override readonly name = "RenderFailed";
  readonly failure: RenderFailure;

  constructor(cause: RenderFailure) {
    super(cause.reason);
    this.failure = cause;
  }
}
