import type { Operation } from "../domain/operation.ts";

/** Intents and how far they got. Every call is durable when it returns. */
export interface Operations {
  /**
   * Writes the intent. An operation whose id is known is not written again: ids made from comment ids make an order be
   * carried out at most once.
   * @throws RangeError when the Application has another one running: the queue's key should have prevented it.
   */
  start(operation: Operation): "started" | "known";
  save(operation: Operation): void;
  running(): readonly Operation[];
  /** Newest first; finished ones included. */
  history(application: string, limit: number): readonly Operation[];
}
