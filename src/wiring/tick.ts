import type { Environment } from "../config/environment.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { ServerCore } from "./server-core.ts";

/** Installations announce themselves; listing them anew is for announcements that were lost. */
const TICKS_BETWEEN_LISTS = 20;

/** The timer: once at the start, then every `reconcileMs`, whatever happens in between. */
export async function tick(
  { resync, reconciler }: ServerCore,
  parts: {
    readonly settings: Environment;
    readonly clock: Clock;
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly install: () => Promise<void>;
  },
): Promise<void> {
  const { settings, clock, log, signal, install } = parts;
  let ticksUntilList = 0;
  let hasResumed = false;
  while (!signal.aborted) {
    try {
      // Tried at every tick until it succeeds: GitHub may be away when we start (T269).
      if (ticksUntilList === 0) await install();
      ticksUntilList = (ticksUntilList || TICKS_BETWEEN_LISTS) - 1;
      if (!hasResumed) reconciler.resume();
      hasResumed = true;
      await resync();
    } catch (error) {
      log.warn("a tick failed; the next one looks at everything again", { error });
    }
    await clock.sleep(settings.reconcileMs, signal).catch(() => undefined);
  }
}
