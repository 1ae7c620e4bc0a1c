import type { Clock } from "../ports/clock.ts";

/** Credentials that must not leave, as far as they still open anything. */
export interface KnownSecrets {
  /** @param until - milliseconds since the epoch when they end by themselves; never, unless told otherwise. */
  remember(secrets: Iterable<string>, until?: number): void;
  current(): Iterable<string>;
}

/** A token lasts an hour, and every message is searched for each one that is known: those that have ended are dropped. */
export function createKnownSecrets(clock: Pick<Clock, "now">): KnownSecrets {
  const endings = new Map<string, number>();
  return {
    remember(secrets, until = Number.POSITIVE_INFINITY) {
      for (const secret of secrets) endings.set(secret, Math.max(until, endings.get(secret) ?? 0));
    },
    *current() {
      for (const [secret, until] of endings) {
        if (until > clock.now()) yield secret;
        else endings.delete(secret);
      }
    },
  };
}
