/** Subscribes; returns how to stop. */
export type Subscribe = (changed: () => void) => () => void;

const LOOK_AGAIN_MS = 100;

/**
 * Resolves with what `look` finds, asked at once and after every change, or rejects when it found nothing in time.
 * @param what - for the message, as "the check is green".
 */
export async function until<T>(
  what: string,
  look: () => T | undefined,
  {
    subscribe,
    timeoutMs,
    detail,
  }: { readonly subscribe: Subscribe; readonly timeoutMs: number; readonly detail: () => string },
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const check = (): void => {
    const found = look();
    if (found !== undefined) resolve(found);
  };
  const timer = setTimeout(
    () => reject(new Error(`waited ${timeoutMs / 1_000} s in vain until ${what}\n${detail()}`)),
    timeoutMs,
  );
  // Not everything is announced: GitHub tells nobody of a reaction.
  const lookAgain = setInterval(check, LOOK_AGAIN_MS);
  const stop = subscribe(check);
  try {
    check();
    return await promise;
  } finally {
    stop();
    clearTimeout(timer);
    clearInterval(lookAgain);
  }
}
