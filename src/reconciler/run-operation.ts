import type { Application } from "../domain/application.ts";
import { assessHealthBeside } from "../domain/health/custom-health.ts";
import { hookOf } from "../domain/hooks.ts";
import type { Operation, TaskResult } from "../domain/operation.ts";
import { parseResourceSelector, type ResourceSelector } from "../domain/resource-selector.ts";
import { retryDelayMs, retryPolicyFor } from "../domain/retry.ts";
import type { SyncPlan } from "../domain/sync-plan.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Operations } from "../ports/operations.ts";
import { executePlan } from "./execute-plan.ts";
import { type Observation, type ObservePorts, observeApplication } from "./observe-application.ts";
import { type PlanHistory, planOperation } from "./plan-operation.ts";
import { problemOf } from "./problems.ts";
import type { SourceTree } from "./revisions.ts";
import { refusedBeforehand } from "./try-tasks.ts";
import type { WriteDoor } from "./write-door.ts";

export interface RunOperationPorts extends ObservePorts {
  readonly operations: Operations;
  readonly door: WriteDoor;
  readonly clock: Clock;
  readonly historyOf: (application: Application) => PlanHistory;
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

async function attempt(application: Application, operation: Operation, run: AttemptRun): Promise<Operation> {
  const { ports, tell, signal } = run;
  const trees = await treesOf(application, operation, ports);
  const observation = await observeApplication(application, ports, {
    trees,
    ...(signal === undefined ? {} : { signal }),
  });
  await ports.turns.next();
  const plan = await planFor(observation, operation, ports);
  const pinned: Operation = {
    ...operation,
    request: { ...operation.request, revisions: trees.map(({ sha }) => sha) },
    clusterIdentity: await observation.connection.reads.identity(),
    syncedCount: wantedCount(observation),
  };
  tell(pinned);
  // What was carried on after a restart has passed this already.
  const refused =
    operation.results.length > 0 ? [] : await refusedBeforehand(plan.tasks, observation.connection.dryRun);
  if (refused.length > 0)
    return { ...pinned, phase: "Failed", message: refusalText(refused), results: refused };
  let current = pinned;
  const end = await executePlan(
    {
      tasks: plan.tasks,
      clock: ports.clock,
      turns: ports.turns,
      signal,
      assess: assessHealthBeside(ports.registry.snapshot().settings.customHealthKinds),
      performer: {
        door: ports.door,
        passage: { operation: pinned, application, server: observation.connection.cluster.server },
        live: observation.connection.live,
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

/** The pinned revisions; a retry that wants the newest ones takes those. */
async function treesOf(
  application: Application,
  operation: Operation,
  { revisions }: RunOperationPorts,
): Promise<readonly SourceTree[]> {
  const isRefreshing = operation.retryCount > 0 && application.syncPolicy.retry?.refresh === true;
  if (isRefreshing) return revisions.treesOf(application);
  return Promise.all(
    application.sources.map(async ({ repoURL, targetRevision }, index) => {
      const repository = await revisions.open(repoURL, application.project);
      const sha = operation.request.revisions[index];
      if (sha === undefined)
        throw OperationError.of("RevisionNotFound", {
          revision: targetRevision,
          detail: "it was not recorded",
        });
      return revisions.treeAt(repository, sha, "");
    }),
  );
}

async function planFor(
  observation: Observation,
  operation: Operation,
  ports: RunOperationPorts,
): Promise<SyncPlan> {
  const { request, startedAt } = operation;
  const { application, targets } = observation;
  if (request.digest !== "" && request.digest !== targets.state.digest) {
    throw OperationError.of("RenderChanged", { application: application.name });
  }
  const history = { ...ports.historyOf(application), startedAt };
  const { prune, confirm } = request;
  const plan = await planOperation(
    observation,
    { prune, confirm, resources: selectorsOf(request.resources) },
    history,
  );
  if (plan.problems.length > 0) {
    throw OperationError.of("PlanInvalid", { problems: plan.problems.map(({ message }) => message) });
  }
  if (confirm !== "" && plan.guardDigest !== "") {
    throw OperationError.of("ConfirmationStale", { digest: plan.guardDigest });
  }
  return plan;
}

/** @throws OperationError SelectorInvalid */
export function selectorsOf(texts: readonly string[]): readonly ResourceSelector[] {
  return texts.map((text) => {
    const result = parseResourceSelector(text);
    if (result.kind === "selector") return result.selector;
    throw OperationError.of("SelectorInvalid", { problem: result.problem });
  });
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

function wantedCount({ targets }: Observation): number {
  return targets.state.manifests.filter((manifest) => hookOf(manifest).kind === "none").length;
}
