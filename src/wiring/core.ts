import { sha256 } from "../adapters/system/digest.ts";
import { createTurns } from "../adapters/system/turns.ts";
import { type Application, applicationId } from "../domain/application.ts";
import { createComparer } from "../domain/object-comparison.ts";
import { isDeletion, type Operation } from "../domain/operation.ts";
import { forbiddenObject } from "../domain/project-rules.ts";
import type { GroupKind } from "../domain/resource-key.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClusterWriters } from "../ports/cluster-writes.ts";
import type { Clusters } from "../ports/clusters.ts";
import type { Log } from "../ports/log.ts";
import type { Operations } from "../ports/operations.ts";
import { createClusterFacts } from "../reconciler/cluster-facts.ts";
import type { ObservePorts } from "../reconciler/observe-application.ts";
import type { PlanHistory } from "../reconciler/plan-operation.ts";
import type { Registry } from "../reconciler/registry.ts";
import {
  createRunOperation,
  type RunOperation,
  type RunOperationPorts,
} from "../reconciler/run-operation.ts";
import { createSettleUndecided } from "../reconciler/settle-undecided.ts";
import { createWriteDoor } from "../reconciler/write-door.ts";
import type { RenderStack } from "./render-stack.ts";

export interface CoreParts {
  readonly stack: Pick<RenderStack, "revisions" | "renders">;
  readonly clusters: Clusters & ClusterWriters;
  readonly registry: Registry;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly log: Log;
  readonly seedSecret: string;
  readonly formerKinds: (application: Application) => readonly GroupKind[];
}

/** What `serve` and the CLI share: how Applications are observed, and how operations are carried out. */
export interface Core {
  readonly observe: ObservePorts;
  readonly historyOf: (application: Application) => PlanHistory;
  readonly runOperation: RunOperation;
}

export function createCore(parts: CoreParts): Core {
  const { stack, clusters, registry, operations, clock, log, seedSecret } = parts;
  const observe: ObservePorts = {
    renders: stack.renders,
    revisions: stack.revisions,
    digest: sha256,
    seedSecret,
    clusters,
    facts: createClusterFacts(),
    registry,
    turns: createTurns(),
    compare: createComparer(),
    settle: createSettleUndecided(() => registry.snapshot().settings),
    formerKinds: parts.formerKinds,
  };
  const historyOf = (application: Application) => planHistory(application, { operations, clock });
  const door = createWriteDoor({
    writers: clusters,
    operations,
    log,
    forbidden: createForbidden(observe),
    freeze: () => registry.snapshot().settings.freeze,
  });
  const ports: RunOperationPorts = { ...observe, operations, door, clock, historyOf };
  return { observe, historyOf, runOperation: createRunOperation(ports) };
}

function planHistory(
  application: Application,
  { operations, clock }: { readonly operations: Operations; readonly clock: Clock },
): PlanHistory {
  const id = applicationId(application);
  const [latest] = operations.history(id, 1);
  const succeeded =
    latest !== undefined && isWholeSuccess(latest)
      ? latest
      : operations.history(id, HISTORY_LOOKED_AT).find(isWholeSuccess);
  return {
    lastSyncedCount: succeeded?.syncedCount,
    lastClusterIdentity: succeeded?.clusterIdentity,
    startedAt: clock.now(),
  };
}

function isWholeSuccess(operation: Operation): boolean {
  const { phase, request } = operation;
  return phase === "Succeeded" && request.resources.length === 0 && !isDeletion(operation);
}

const HISTORY_LOOKED_AT = 50;

/** The door's own judgement, by the project as it is at that moment (T172). */
function createForbidden({ registry, clusters, facts }: ObservePorts) {
  return async (
    application: Application,
    key: Parameters<typeof forbiddenObject>[2],
  ): Promise<string | undefined> => {
    const project = registry.project(application.project);
    if (project === undefined) return "anything: it does not exist any more";
    const { cluster, reads } = clusters.connect(application.destination);
    const scopeOf = facts.scopeOf(await reads.api([key]));
    return forbiddenObject(project, { cluster, scopeOf }, key)?.what;
  };
}
