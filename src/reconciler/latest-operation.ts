import type { Operation } from "../domain/operation.ts";
import type { Operations } from "../ports/operations.ts";

/** The operation of an Application that was started last, running or ended. */
export function latestOperation(
  operations: Pick<Operations, "history">,
  application: string,
): Operation | undefined {
  return operations.history(application, 1)[0];
}

/** The one that is under way: an Application has at most one, and none is started before it has ended. */
export function runningOperation(
  operations: Pick<Operations, "history">,
  application: string,
): Operation | undefined {
  const latest = latestOperation(operations, application);
  return latest?.phase === "Running" ? latest : undefined;
}
