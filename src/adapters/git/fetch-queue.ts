import { OperationError } from "../../errors/operation-error.ts";

/** What is wanted from a remote: commits, and the refs where they may be found. */
export interface Want {
  readonly shas: readonly string[];
  readonly refs: readonly string[];
}

/**
 * One fetch at a time, and what was asked for meanwhile in one more: fifty Applications of one repository cost one
 * conversation with its server, not fifty. When a shared fetch fails because something
 * does not exist, each want is tried alone, so that one that cannot be had spoils no other.
 */
export function createFetchQueue(fetch: (want: Want) => Promise<void>): (want: Want) => Promise<void> {
  const waiting: Waiting[] = [];
  let isRunning = false;

  const drain = async () => {
    while (waiting.length > 0) await fetchTogether(waiting.splice(0), fetch);
    isRunning = false;
  };

  return (want) =>
    new Promise((done, fail) => {
      waiting.push({ want, done, fail });
      if (isRunning) return;
      isRunning = true;
      void drain();
    });
}

interface Waiting {
  readonly want: Want;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

async function fetchTogether(batch: readonly Waiting[], fetch: (want: Want) => Promise<void>): Promise<void> {
  try {
    await fetch({
      shas: [...new Set(batch.flatMap(({ want }) => want.shas))],
      refs: [...new Set(batch.flatMap(({ want }) => want.refs))],
    });
    for (const { done } of batch) done();
  } catch (error) {
    const isOnesFault = error instanceof OperationError && error.reason === "RevisionNotFound";
    if (batch.length > 1 && isOnesFault) {
      for (const one of batch) await fetchTogether([one], fetch);
    } else {
      for (const { fail } of batch) fail(error);
    }
  }
}
