import { formatGroupKind, type GroupKind } from "../../domain/resource-key.ts";
import type { LiveChange } from "../../ports/cluster-reads.ts";
import type { Scheduler } from "./scheduler.ts";

/** Within the 50 ms that the port allows. */
const BATCH_MS = 20;

/** Gathers what changed, and tells of it together. */
export interface LiveChanges {
  /** An object, and the instances it belonged to before and belongs to now. */
  add(key: string, instanceNames: readonly string[]): void;
  /** A kind that became stale, or fresh again. */
  addKind(kind: GroupKind): void;
  subscribe(listener: (change: LiveChange) => void): () => void;
  close(): void;
}

export function createLiveChanges(scheduler: Scheduler): LiveChanges {
  const listeners = new Set<(change: LiveChange) => void>();
  const keys = new Set<string>();
  const instanceNames = new Set<string>();
  const kinds = new Map<string, GroupKind>();
  let cancel: (() => void) | undefined;

  function tell(): void {
    cancel = undefined;
    const change = { instanceNames: new Set(instanceNames), keys: new Set(keys), kinds: [...kinds.values()] };
    keys.clear();
    instanceNames.clear();
    kinds.clear();
    for (const listener of listeners) listener(change);
  }

  const schedule = (): void => {
    cancel ??= scheduler.after(BATCH_MS, tell);
  };
  return {
    add(key, names) {
      keys.add(key);
      for (const name of names) instanceNames.add(name);
      schedule();
    },
    addKind(kind) {
      kinds.set(formatGroupKind(kind), kind);
      schedule();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      listeners.clear();
      cancel?.();
    },
  };
}
