import type { Application } from "../domain/application.ts";
import { hookOf } from "../domain/hooks.ts";
import type { Operation } from "../domain/operation.ts";
import { parseResourceSelector, type ResourceSelector } from "../domain/resource-selector.ts";
import type { SyncPlan } from "../domain/sync-plan.ts";
import type { SyncTask } from "../domain/sync-task.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ClusterConnection } from "../ports/clusters.ts";
import { type Observation, type ObservePorts, observeApplication } from "./observe-application.ts";
import { type PlanHistory, planOperation } from "./plan-operation.ts";
import type { SourceTree } from "./revisions.ts";

export interface PreparePorts extends ObservePorts {
  readonly historyOf: (application: Application) => PlanHistory;
}

/** An operation with all that it depends on pinned, and what is to be done for it. */
export interface PreparedOperation {
  readonly operation: Operation;
  /** In execution order. */
  readonly tasks: readonly SyncTask[];
  readonly connection: ClusterConnection;
}

/**
 * Plans a sync anew from its pinned revisions and the present live state.
 * @throws OperationError when it cannot be planned, or not as it was confirmed
 */
export async function prepareSync(
  application: Application,
  { operation, signal }: { readonly operation: Operation; readonly signal: AbortSignal | undefined },
  ports: PreparePorts,
): Promise<PreparedOperation> {
  const trees = await treesOf(application, operation, ports);
  const observation = await observeApplication(application, ports, {
    trees,
    ...(signal === undefined ? {} : { signal }),
  });
  await ports.turns.next();
  const { connection } = observation;
  const { tasks } = await planFor(observation, operation, ports);
  const pinned: Operation = {
    ...operation,
    request: { ...operation.request, revisions: trees.map(({ sha }) => sha) },
    clusterIdentity: await connection.reads.identity(),
    syncedCount: wantedCount(observation),
  };
  return { operation: pinned, tasks, connection };
}

/** The pinned revisions; a retry that wants the newest ones takes those. */
async function treesOf(
  application: Application,
  operation: Operation,
  ports: PreparePorts,
): Promise<readonly SourceTree[]> {
  const isRefreshing = operation.retryCount > 0 && application.syncPolicy.retry?.refresh === true;
  return isRefreshing ? ports.revisions.treesOf(application) : pinnedTrees(application, operation, ports);
}

/** The trees of an operation's own revisions. @throws OperationError RevisionNotFound, Repository… */
export async function pinnedTrees(
  application: Application,
  operation: Operation,
  { revisions }: Pick<PreparePorts, "revisions">,
): Promise<readonly SourceTree[]> {
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
  ports: PreparePorts,
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

function wantedCount({ targets }: Observation): number {
  return targets.state.manifests.filter((manifest) => hookOf(manifest).kind === "none").length;
}
