import type { Operation } from "../domain/operation.ts";

/** Intents and how far they got. Every call is durable when it returns. */
export interface Operations {
  /** @throws RangeError when the Application already has a running one: the queue's key should have prevented it. */
  start(operation: Operation): void;
  save(operation: Operation): void;
  running(): readonly Operation[];
  /** Newest first; finished ones included. */
  history(application: string, limit: number): readonly Operation[];
}
