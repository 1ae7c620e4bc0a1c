import type { Environment } from "../config/environment.ts";
import type { Clock } from "../ports/clock.ts";
import type { FailedDeliveries } from "../ports/failed-deliveries.ts";
import type { Log } from "../ports/log.ts";
import type { ServerCore } from "./server-core.ts";

/**
 * Installations announce themselves, and most of what a lost delivery would have said is found by looking: what is asked
 * of GitHub beyond that is asked only now and then.
 */
const TICKS_BETWEEN_LISTS = 20;

/** While we were down. GitHub forgets after three days; who waited longer has asked again. */
const REDELIVERED_AFTER_START_MS = 24 * 60 * 60 * 1_000;
/** Deliveries that were under way when the log was last read. */
const REDELIVERY_OVERLAP_MS = 5 * 60 * 1_000;

export interface TickParts {
  readonly settings: Pick<Environment, "reconcileMs">;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly install: () => Promise<void>;
  readonly failedDeliveries: FailedDeliveries;
}

/** The timer: once at the start, then every `reconcileMs`, whatever happens in between. */
export async function tick(
  {
    resync,
    reconciler,
  }: Pick<ServerCore, "resync"> & {
    readonly reconciler: Pick<ServerCore["reconciler"], "resume">;
  },
  parts: TickParts,
): Promise<void> {
  const { settings, clock, log, signal, install } = parts;
  const sendAgain = createSendAgain(parts);
  let ticksUntilList = 0;
  let hasResumed = false;
  while (!signal.aborted) {
    try {
      const isListed = ticksUntilList === 0;
      // Tried at every tick until it succeeds: GitHub may be away when we start (T269).
      if (isListed) await install();
      ticksUntilList = (ticksUntilList || TICKS_BETWEEN_LISTS) - 1;
      if (!hasResumed) reconciler.resume();
      hasResumed = true;
      if (isListed) await sendAgain();
      await resync();
    } catch (error) {
      log.warn("a tick failed; the next one looks at everything again", { error });
    }
    await clock.sleep(settings.reconcileMs, signal).catch(() => undefined);
  }
}

/**
 * Has GitHub send again what failed: a merge group and a check that is to run again are told of nowhere else (T247). The
 * rest of the tick does not depend on it.
 */
function createSendAgain({ failedDeliveries, clock, log }: TickParts): () => Promise<void> {
  let since = clock.now() - REDELIVERED_AFTER_START_MS;
  return async () => {
    const startedAt = clock.now();
    try {
      const count = await failedDeliveries.redeliver(since);
      since = startedAt - REDELIVERY_OVERLAP_MS;
      if (count > 0) log.info("deliveries that had failed are sent again", { count });
    } catch (error) {
      log.warn("GitHub was not asked to send again what had failed; it is, the next time", { error });
    }
  };
}
