import { CATALOGUE, type ContextOf, type Reason } from "./catalogue.ts";
import type { Explanation } from "./explanation.ts";

/** A failure with a reason and a remedy. Anything else that is thrown is a bug of ours. */
export class OperationError extends Error implements Explanation {
  override readonly name = "OperationError";
  readonly reason: Reason;
  readonly title: string;
  readonly remedy: string;
  /** The remedy where nothing goes on by itself, as in a terminal. */
  readonly remedyByHand: string;
  readonly retryable: boolean;
  /** When the other side said so: not before this many milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  private constructor(
    reason: Reason,
    explanation: Explanation,
    options: ErrorOptions & { retryAfterMs?: number },
  ) {
    super(`${reason}: ${explanation.title}`, options);
    this.reason = reason;
    this.title = explanation.title;
    this.remedy = [explanation.remedy, explanation.meanwhile ?? []].flat().join(" ");
    this.remedyByHand = [explanation.remedy, explanation.byHand ?? []].flat().join(" ");
    this.retryable = explanation.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** @param options.cause - kept for logs, never shown to users: it may hold URLs or tokens. */
  static of<R extends Reason>(
    reason: R,
    context: ContextOf<R>,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ): OperationError {
    const explain = CATALOGUE[reason] as (context: ContextOf<R>) => Explanation;
    return new OperationError(reason, explain(context), options);
  }
}
