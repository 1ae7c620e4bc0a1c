import type { Clock } from "../../ports/clock.ts";

/** The result of reading something, until it is too old or was refused; a reading that failed is never kept. */
export interface Remembered<T> {
  /** Callers who come while it is read share the reading. */
  read(): Promise<T>;
  forget(): void;
}

/** @param ageMsMax - how long a result counts; `Infinity` where nothing tells that it could change */
export function rememberFor<T>(
  ageMsMax: number,
  clock: Pick<Clock, "monotonic">,
  readAnew: () => Promise<T>,
): Remembered<T> {
  let known: { readonly result: Promise<T>; readonly readAt: number } | undefined;
  return {
    read() {
      const now = clock.monotonic();
      if (known !== undefined && now - known.readAt <= ageMsMax) return known.result;
      const reading = { result: readAnew(), readAt: now };
      known = reading;
      reading.result.catch(() => {
        if (known === reading) known = undefined;
      });
      return reading.result;
    },
    forget() {
      known = undefined;
    },
  };
}
