import type { ApplicationStatus } from "../domain/application-status.ts";

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
      if (before !== undefined && noticeable(before) === noticeable(status)) return;
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

function noticeable({ observedAt: _, ...rest }: ApplicationStatus): string {
  return JSON.stringify(rest);
}
