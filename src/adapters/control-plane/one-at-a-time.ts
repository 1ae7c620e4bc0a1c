/** Work that never runs twice at once. */
export interface OneAtATime<T> {
  /** The result of a run that begins after this call; callers who wait for the same run share it. */
  next(): Promise<T>;
  /** Resolves when nothing runs, or waits to run, any more. */
  settled(): Promise<void>;
}

/** @param work - never rejects */
export function oneAtATime<T>(work: () => Promise<T>): OneAtATime<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<T> | undefined;
  return {
    next() {
      waiting ??= last.then(() => {
        waiting = undefined;
        return work();
      });
      last = waiting;
      return waiting;
    },
    async settled() {
      await last;
    },
  };
}
