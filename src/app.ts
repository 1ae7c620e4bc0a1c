import type { ApplicationFunction } from "probot";

import type { ReconcileRequest } from "./domain/reconcile-request.ts";
import type { Log } from "./ports/log.ts";
import type { Self } from "./webhooks/payloads.ts";
import { EVENT_NAMES, requestsFor } from "./webhooks/requests-for.ts";

export interface AppParts {
  readonly self: Self;
  /** Writes the requests down, then queues them; durable when it returns. */
  readonly accept: (requests: readonly ReconcileRequest[]) => void;
  readonly log: Log;
}

/**
 * The Probot app: GitHub's events become requests to look somewhere, written down before GitHub is answered. Nothing slow
 * happens here: GitHub gives up on a delivery after ten seconds, and a preview may take longer.
 */
export function createApp({ self, accept, log }: AppParts): ApplicationFunction {
  return (probot) => {
    probot.on([...EVENT_NAMES], async ({ id, name, payload }) => {
      const reading = requestsFor(name, payload, self);
      switch (reading.kind) {
        case "requests":
          if (reading.requests.length > 0) accept(reading.requests);
          break;
        case "malformed":
          log.warn("A delivery was ignored: it is not what GitHub sends", {
            id,
            event: name,
            problem: reading.problem,
          });
          break;
        case "unknown-event":
          break;
      }
    });
  };
}
