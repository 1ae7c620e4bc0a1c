import type { ProcessRenderer } from "../../src/adapters/renderer/renderer.ts";

const LOOK_AGAIN_MS = 50;

/** Resolves when a renderer's own warm-up has ended: what a server does before the first pull request comes. */
export async function untilWarm(renderer: Pick<ProcessRenderer, "stats">): Promise<void> {
  for (;;) {
    const { rendered, queued, running } = await renderer.stats();
    if (rendered > 0 && queued === 0 && running === 0) return;
    // Nobody but a benchmark waits for it, so that nothing announces it: it is asked for, before the clock starts.
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
