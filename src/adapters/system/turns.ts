import type { Turns } from "../../ports/turns.ts";

/**
 * {@link Turns} on Node's event loop: one waiter a turn, in the order they came. A hundred Applications that become ready
 * at once would otherwise run to their next request in a row, and nothing else would be heard for that long.
 */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  const giveTurn = (): void => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(giveTurn);
  };
  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(giveTurn);
      }),
  };
}
