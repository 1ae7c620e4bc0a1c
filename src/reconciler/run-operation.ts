import type { Application } from "../domain/application.ts";
import { assessHealthBeside } from "../domain/health/custom-health.ts";
import { isDeletion, type Operation, type TaskResult } from "../domain/operation.ts";
import { retryDelayMs, retryPolicyFor } from "../domain/retry.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Operations } from "../ports/operations.ts";
import { executePlan } from "./execute-plan.ts";
import { prepareDeletion } from "./prepare-deletion.ts";
import { type PreparePorts, prepareSync } from "./prepare-sync.ts";
import { problemOf } from "./problems.ts";
import { refusedBeforehand } from "./try-tasks.ts";
import type { WriteDoor } from "./write-door.ts";

export interface RunOperationPorts extends PreparePorts {
  readonly operations: Operations;
  readonly door: WriteDoor;
  readonly clock: Clock;
}

export interface OperationRun {
  /** Told of every step, for whoever watches. */
  readonly tell: (operation: Operation) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Carries out an operation whose intent is in the journal, from wherever an earlier process left it: the plan is made
 * anew from the pinned revisions and the present live state, and results recorded so far count.
 *
 * @returns the operation as it stands: ended, or waiting for its next attempt.
 * @throws what may pass (a cluster that does not answer): the operation goes on at the next call.
 */
export type RunOperation = (
  application: Application,
  operation: Operation,
  run: OperationRun,
) => Promise<Operation>;

export function createRunOperation(ports: RunOperationPorts): RunOperation {
  return async (application, operation, run) => {
    const tell = (current: Operation): void => {
      ports.operations.save(current);
      run.tell(current);
    };
    const { nextAttemptAt: _, ...started } = operation;
    try {
      const ended = await attempt(application, started, { ports, tell, signal: run.signal });
      return settle(application, ended, { ports, tell });
    } catch (error) {
      run.signal?.throwIfAborted();
      if (!(error instanceof OperationError) || error.retryable) throw error;
      const { title } = problemOf(error);
      return settle(application, { ...started, phase: "Error", message: title }, { ports, tell });
    }
  };
}

interface AttemptRun {
  readonly ports: RunOperationPorts;
  readonly tell: (operation: Operation) => void;
  readonly signal: AbortSignal | undefined;
}

async function attempt(application: Application, started: Operation, run: AttemptRun): Promise<Operation> {
  const { ports, tell, signal } = run;
  const { operation, tasks, connection } = isDeletion(started)
    ? await prepareDeletion(application, started, ports)
    : await prepareSync(application, { operation: started, signal }, ports);
  tell(operation);
  // What was carried on after a restart has passed this already.
  const refused = operation.results.length > 0 ? [] : await refusedBeforehand(tasks, connection.dryRun);
  if (refused.length > 0)
    return { ...operation, phase: "Failed", message: refusalText(refused), results: refused };
  let current = operation;
  const end = await executePlan(
    {
      tasks,
      clock: ports.clock,
      turns: ports.turns,
      signal,
      assess: assessHealthBeside(ports.registry.snapshot().settings.customHealthKinds),
      performer: {
        door: ports.door,
        passage: { operation, application, server: connection.cluster.server },
        live: connection.live,
        attempt: { operationId: operation.id, retryCount: operation.retryCount },
        deletedUids: new Set(),
      },
      onStep: (results, message) => {
        current = { ...current, results, message };
        tell(current);
      },
    },
    operation.results,
  );
  return { ...current, ...end };
}

/** Nothing was begun: all that is wrong is said at once. */
function refusalText(refused: readonly TaskResult[]): string {
  const objects = refused.length === 1 ? "an object" : `${refused.length} objects`;
  return `the cluster would refuse ${objects}, so nothing was begun`;
}

/** An attempt has ended: the next one is due later, or the operation is over. */
function settle(
  application: Application,
  ended: Operation,
  { ports, tell }: Pick<AttemptRun, "ports" | "tell">,
): Operation {
  const now = ports.clock.now();
  const delayMs =
    ended.phase === "Succeeded"
      ? undefined
      : retryDelayMs(retryPolicyFor(application, ended.request.initiator), ended.retryCount);
  const settled: Operation =
    delayMs === undefined
      ? { ...ended, finishedAt: now }
      : {
          ...ended,
          phase: "Running",
          retryCount: ended.retryCount + 1,
          nextAttemptAt: now + delayMs,
          results: [],
        };
  tell(settled);
  return settled;
}
