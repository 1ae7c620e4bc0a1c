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
  for (let count = 0; !signal.aborted; count += 1) {
    try {
      if (count % TICKS_BETWEEN_LISTS === 0) await install();
      if (count === 0) reconciler.resume();
      await resync();
    } catch (error) {
      log.warn("a tick failed; the next one looks at everything again", { error });
    }
    await clock.sleep(settings.reconcileMs, signal).catch(() => undefined);
  }
}
