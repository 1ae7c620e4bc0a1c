import type { Application } from "../domain/application.ts";
import { type ComparedResource, differentResources } from "../domain/comparison.ts";
import { driftSide } from "../domain/drift-side.ts";
import type { Manifest } from "../domain/manifest.ts";
import type { SyncRequest } from "../domain/sync-plan.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { LivePreview, RawDrift, RawDryRun } from "./live-preview.ts";
import {
  compareWithLive,
  type Observation,
  type ObservePorts,
  observeApplication,
  placeOf,
} from "./observe-application.ts";
import { type PlanHistory, planOperation, summaryOf } from "./plan-operation.ts";
import { tryTasks } from "./try-tasks.ts";

export interface AskLivePorts extends ObservePorts {
  readonly historyOf: (application: Application) => PlanHistory;
}

/** Answers a preview's questions about the cluster: from watches, and by dry runs that write nothing. */
export function createLivePreview(ports: AskLivePorts): LivePreview {
  return {
    drift: async (application) => driftOf(await observeApplication(application, ports)),
    async dryRun(application, targets, request = byPolicy(application)) {
      const place = await placeOf(application, ports);
      const trees = await ports.revisions.treesOf(application);
      const observation = await compareWithLive({ ...place, application, trees, targets }, ports);
      return tryOut(observation, request, ports);
    },
  };
}

/** What a sync at targetRevision's tip would bring back: live before, target after. */
export function driftOf({ comparison, targets }: Observation): RawDrift {
  const differing = differentResources(comparison);
  return {
    revision: targets.state.revisions[0] ?? "",
    sync: comparison.sync,
    health: comparison.health,
    sides: {
      before: differing.flatMap(liveSide),
      after: differing.flatMap(({ target }) => (target === undefined ? [] : [target])),
    },
  };
}

function liveSide({ target, live, differingFields }: ComparedResource): readonly Manifest[] {
  if (live === undefined) return [];
  return [target === undefined ? live : driftSide(target, live, differingFields)];
}

function byPolicy({ syncPolicy }: Application): SyncRequest {
  return { prune: syncPolicy.automated?.prune ?? false, confirm: "", resources: [] };
}

async function tryOut(
  observation: Observation,
  request: SyncRequest,
  ports: AskLivePorts,
): Promise<RawDryRun> {
  const { application, connection } = observation;
  const plan = await planOperation(observation, request, ports.historyOf(application));
  if (plan.problems.length > 0) {
    throw OperationError.of("PlanInvalid", { problems: plan.problems.map(({ message }) => message) });
  }
  const tried = await tryTasks(plan.tasks, connection.dryRun);
  return {
    tasks: plan.tasks.map(summaryOf),
    guardDigest: plan.guardDigest,
    rejected: tried.flatMap((one) =>
      one.kind === "rejected" ? [{ key: one.key, message: one.message }] : [],
    ),
    untried: tried.flatMap((one) => (one.kind === "untried" ? [one.key] : [])),
  };
}
