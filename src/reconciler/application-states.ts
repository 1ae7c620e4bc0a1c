import type { ApplicationStatus } from "../domain/application-status.ts";
import { equalJson, type JsonValue } from "../domain/json.ts";

/** The last known status of every Application: memory only, for it is found again by looking. */
export interface ApplicationStates {
  get(id: string): ApplicationStatus | undefined;
  list(): readonly (readonly [id: string, status: ApplicationStatus])[];
  set(id: string, status: ApplicationStatus): void;
  forget(id: string): void;
  /** Calls back after a status changed in what people would notice. Returns how to stop. */
  subscribe(onChange: (id: string) => void): () => void;
}

export function createApplicationStates(): ApplicationStates {
  const states = new Map<string, ApplicationStatus>();
  const listeners = new Set<(id: string) => void>();
  return {
    get: (id) => states.get(id),
    list: () => [...states],
    set(id, status) {
      const before = states.get(id);
      states.set(id, status);
      if (before !== undefined && equalJson(noticeable(before), noticeable(status))) return;
      for (const listener of listeners) listener(id);
    },
    forget(id) {
      if (states.delete(id)) for (const listener of listeners) listener(id);
    },
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}

/** Parts that are the same object in both need no look: a sync of a thousand objects changes a few results a step. */
function noticeable({ observedAt: _, ...rest }: ApplicationStatus): JsonValue {
  return rest as unknown as JsonValue;
}
