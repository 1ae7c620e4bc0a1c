import type { InterruptWatch } from "./cli-options.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes the next signal for a wish to stop; whoever asks twice is not kept waiting. */
export function watchInterrupts(): InterruptWatch {
  const interrupted = new AbortController();
  const listen = (): void => {
    stop();
    interrupted.abort(new Error("interrupted"));
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, listen);
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  return { signal: interrupted.signal, stop };
}
