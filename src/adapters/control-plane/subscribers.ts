import type { Log } from "../../ports/log.ts";

/** Those who want to know of something, each on its own: one that fails does not keep it from the others. */
export interface Subscribers<T> {
  /** @returns how to stop */
  subscribe(onChange: (value: T) => void): () => void;
  tell(value: T): void;
}

export function createSubscribers<T>(log: Log): Subscribers<T> {
  const all = new Set<(value: T) => void>();
  return {
    subscribe(onChange) {
      all.add(onChange);
      return () => all.delete(onChange);
    },
    tell(value) {
      for (const onChange of all) {
        try {
          onChange(value);
        } catch (error) {
          log.error("a subscriber failed", { error });
        }
      }
    },
  };
}
