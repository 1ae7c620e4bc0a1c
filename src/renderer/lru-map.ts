/** Values by key, the least recently used forgotten once their sizes add up to more than a bound. */
export interface LruMap<T> {
  get(key: string): T | undefined;
  /** Keeps the newest value even where it alone is larger than the bound. */
  set(key: string, value: T, bytes: number): void;
}

export function createLruMap<T>(bytesMax: number): LruMap<T> {
  const entries = new Map<string, { readonly value: T; readonly bytes: number }>();
  let total = 0;
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      total += bytes - (entries.get(key)?.bytes ?? 0);
      entries.delete(key);
      entries.set(key, { value, bytes });
      for (const [oldest, entry] of entries) {
        if (total <= bytesMax || oldest === key) break;
        entries.delete(oldest);
        total -= entry.bytes;
      }
    },
  };
}
