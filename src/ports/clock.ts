/** Time, as an input. */
export interface Clock {
  /** Milliseconds since the epoch: for what people read and for what GitHub dates. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back: for durations and back-off. */
  monotonic(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
