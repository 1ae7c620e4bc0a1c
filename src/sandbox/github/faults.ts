/** What goes wrong with a request. `before` leaves GitHub as it was; `after` has done what was asked. */
export type FaultEffect =
  | { readonly kind: "status"; readonly status: number; readonly when: "before" | "after" }
  /** The connection breaks instead of an answer. */
  | { readonly kind: "reset"; readonly when: "before" | "after" }
  | { readonly kind: "secondary-limit"; readonly status: 403 | 429; readonly retryAfterSeconds: number }
  /** Reads answer what they answered before the last change, as a lagging replica does. */
  | { readonly kind: "stale" }
  | { readonly kind: "slow"; readonly ms: number };

export interface Fault {
  readonly effect: FaultEffect;
  /** How many requests it hits. */
  readonly times: number;
  readonly method?: string;
  /** Matched against the path below `/api/v3`. */
  readonly path?: RegExp;
  /** Of 1: every second matching request with 0.5. Deterministic. */
  readonly share?: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** What happens to this request, used up by asking. */
  take(method: string, path: string): FaultEffect | undefined;
}

export function createFaults(): Faults {
  let faults: { fault: Fault; left: number; seen: number }[] = [];
  return {
    add(fault) {
      faults.push({ fault, left: fault.times, seen: 0 });
    },
    clear() {
      faults = [];
    },
    take(method, path) {
      for (const entry of faults) {
        const { fault } = entry;
        if (entry.left <= 0 || (fault.method ?? method) !== method || fault.path?.test(path) === false)
          continue;
        const share = fault.share ?? 1;
        const isHit = Math.floor((entry.seen + 1) * share) > Math.floor(entry.seen * share);
        entry.seen += 1;
        if (!isHit) continue;
        entry.left -= 1;
        return fault.effect;
      }
      return undefined;
    },
  };
}
