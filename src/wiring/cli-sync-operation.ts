import { createSyncProgress } from "../cli/sync-progress.ts";
import type { Operation } from "../domain/operation.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { SyncSession, SyncWaiting } from "./cli-sync-session.ts";

/** Between two tries at a cluster that does not answer, milliseconds: the last one is repeated. */
const TRY_AGAIN_MS = [500, 1_000, 2_000, 5_000] as const;

/**
 * Carries out an operation, attempt after attempt as the retry policy says, until it has ended, time is up, or somebody
 * pressed Ctrl-C. Then it is left running in the journal, which is the truth, and the next sync goes on from there.
 */
export async function carryOut(
  operation: Operation,
  session: SyncSession,
  waiting: SyncWaiting & { readonly deadline: number },
): Promise<Operation> {
  const { clock } = session.world;
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(waiting.deadline - clock.monotonic())));
  const signal = AbortSignal.any([timeout, waiting.interrupted]);
  const narrate = createSyncProgress(waiting.progress, () => clock.now());
  const state = { current: operation, failures: 0 };
  while (state.current.phase === "Running") {
    try {
      await attempt(state, session, { narrate, signal });
    } catch (error) {
      if (waiting.interrupted.aborted) return { ...state.current, message: INTERRUPTED };
      if (timeout.aborted) return { ...state.current, message: lateMessage(state.current) };
      if (!(error instanceof OperationError) || !error.retryable) throw error;
      state.failures += 1;
      waiting.warn(`${error.reason}: ${error.title}: trying again until time is up`);
    }
  }
  return state.current;
}

const INTERRUPTED = "interrupted; the same command again carries it on";

function lateMessage({ message }: Operation): string {
  const what = message === "" ? "time is up" : `time is up: ${message}`;
  return `${what}; the same command again carries it on`;
}

interface RunState {
  current: Operation;
  failures: number;
}

async function attempt(
  state: RunState,
  { runOperation, application, world }: SyncSession,
  { narrate, signal }: { readonly narrate: (operation: Operation) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { clock } = world;
  const pauseMs = state.failures === 0 ? 0 : (TRY_AGAIN_MS[state.failures - 1] ?? TRY_AGAIN_MS.at(-1) ?? 0);
  const dueMs = (state.current.nextAttemptAt ?? 0) - clock.now();
  await clock.sleep(Math.max(0, pauseMs, dueMs), signal);
  const tell = (operation: Operation): void => {
    state.current = operation;
    narrate(operation);
  };
  state.current = await runOperation(application, state.current, { tell, signal });
  state.failures = 0;
}
