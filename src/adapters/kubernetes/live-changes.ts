import { formatGroupKind, type GroupKind } from "../../domain/resource-key.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LiveChange } from "../../ports/cluster-reads.ts";

/** Changes within that time reach subscribers together. */
const BATCH_MS = 50;

/** Gathers changes, and hands them to every subscriber together. */
export interface LiveChanges {
  add(formattedKey: string, instanceNames: readonly string[]): void;
  addKind(kind: GroupKind): void;
  subscribe(onChange: (change: LiveChange) => void): () => void;
  stop(): void;
}

export function createLiveChanges(clock: Pick<Clock, "sleep">): LiveChanges {
  const subscribers = new Set<(change: LiveChange) => void>();
  const stopping = new AbortController();
  let keys = new Set<string>();
  let instanceNames = new Set<string>();
  let kinds = new Map<string, GroupKind>();
  let isScheduled = false;

  const flush = (): void => {
    const change: LiveChange = { keys, instanceNames, kinds: [...kinds.values()] };
    keys = new Set();
    instanceNames = new Set();
    kinds = new Map();
    isScheduled = false;
    for (const subscriber of subscribers) subscriber(change);
  };
  const schedule = (): void => {
    if (isScheduled || subscribers.size === 0) return;
    isScheduled = true;
    clock.sleep(BATCH_MS, stopping.signal).then(flush, () => undefined);
  };
  return {
    add(formattedKey, names) {
      if (subscribers.size === 0) return;
      keys.add(formattedKey);
      for (const name of names) instanceNames.add(name);
      schedule();
    },
    addKind(kind) {
      if (subscribers.size === 0) return;
      kinds.set(formatGroupKind(kind), kind);
      schedule();
    },
    subscribe(onChange) {
      subscribers.add(onChange);
      return () => {
        subscribers.delete(onChange);
      };
    },
    stop: () => stopping.abort(),
  };
}
