import type { Problem } from "../domain/problem.ts";
import { OperationError } from "../errors/operation-error.ts";

/** The words of a failure. A bug of ours is told as one, without its text: that is for the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof OperationError) {
    const { reason, title, remedy, retryable } = error;
    return { reason, title, remedy, retryable };
  }
  return {
    reason: "InternalError",
    title: "Plumbline failed on its own account",
    remedy: "Nothing was changed. The details are in the log; it is tried again at the next reconcile.",
    retryable: true,
  };
}
