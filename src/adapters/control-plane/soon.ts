import type { Clock } from "../../ports/clock.ts";

/**
 * Runs `run` once, a while after the first of several calls; those in between count as one. An aborted signal ends the
 * waiting without a run.
 */
export function soon(
  run: () => Promise<unknown>,
  {
    clock,
    delayMs,
    signal,
  }: { readonly clock: Clock; readonly delayMs: number; readonly signal: AbortSignal },
): () => void {
  let isWaiting = false;
  async function wait(): Promise<void> {
    if (isWaiting || signal.aborted) return;
    isWaiting = true;
    await clock.sleep(delayMs, signal).catch(() => undefined);
    isWaiting = false;
    if (!signal.aborted) await run();
  }
  return () => void wait();
}
