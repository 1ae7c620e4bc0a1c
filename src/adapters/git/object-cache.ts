/** Values by key, the least recently used dropped once their sizes add up to more than the limit. */
export interface SizedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V, bytes: number): void;
}

/** Objects are named by their content, so an entry is never out of date, only forgotten. */
export function createSizedCache<V>(bytesMax: number): SizedCache<V> {
  const entries = new Map<string, { readonly value: V; readonly bytes: number }>();
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
      if (bytes > bytesMax) return;
      total += bytes - (entries.get(key)?.bytes ?? 0);
      entries.delete(key);
      entries.set(key, { value, bytes });
      for (const [oldest, entry] of entries) {
        if (total <= bytesMax) return;
        entries.delete(oldest);
        total -= entry.bytes;
      }
    },
  };
}
