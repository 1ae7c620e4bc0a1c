import type { Application } from "../domain/application.ts";
import type { LiveManifest } from "../domain/manifest.ts";
import { destinationNamespaceTarget } from "../domain/namespace-task.ts";
import { servedBy } from "../domain/plan-problems.ts";
import { forbiddenObject } from "../domain/project-rules.ts";
import type { ResourceKey } from "../domain/resource-key.ts";
import { groupOf, versionOf } from "../domain/resource-key.ts";
import { planSync, type SyncPlan, type SyncRequest } from "../domain/sync-plan.ts";
import type { SyncTask, SyncTaskSummary } from "../domain/sync-task.ts";
import type { Observation } from "./observe-application.ts";

/** What of the past a plan depends on. */
export interface PlanHistory {
  /** Objects of the last sync that succeeded; `undefined` before the first. */
  readonly lastSyncedCount: number | undefined;
  /** UID of the cluster synced to before; `undefined` before the first. */
  readonly lastClusterIdentity: string | undefined;
  /** When the operation began, milliseconds since the epoch: part of generated hook names. */
  readonly startedAt: number;
}

/** The plan of a sync of what was observed: the same for a preview, a dry run and the operation itself. */
export async function planOperation(
  observation: Observation,
  request: SyncRequest,
  history: PlanHistory,
): Promise<SyncPlan> {
  const { application, comparison, targets, connection, api, project, scopeOf, live } = observation;
  const { cluster } = connection;
  return planSync({
    application,
    comparison,
    targetDigest: targets.state.digest,
    request,
    cluster: {
      namespaces: cluster.namespaces,
      clusterResources: cluster.clusterResources,
      scopeOf,
      // No server was asked: any kind may be there.
      serves: api.resources.length === 0 ? () => true : servedBy(api),
      namespace: await destinationNamespace(application, observation),
      staleKinds: live.staleKinds,
      identity: await identityOf(observation, history),
    },
    judge: (key) => forbiddenObject(project, { cluster, scopeOf }, key),
    lastSyncedCount: history.lastSyncedCount,
    operation: { revision: targets.state.revisions[0] ?? "", startedAt: history.startedAt },
  });
}

/** Asked only where it matters: before something is deleted. */
async function identityOf(
  { comparison, connection }: Observation,
  { lastClusterIdentity }: PlanHistory,
): Promise<"same" | "changed"> {
  const mayPrune = comparison.resources.some(({ requiresPruning }) => requiresPruning);
  if (!mayPrune || lastClusterIdentity === undefined) return "same";
  return (await connection.reads.identity()) === lastClusterIdentity ? "same" : "changed";
}

async function destinationNamespace(
  application: Application,
  { connection }: Pick<Observation, "connection">,
): Promise<LiveManifest | undefined> {
  const wanted = destinationNamespaceTarget(application);
  if (wanted === undefined) return undefined;
  await connection.live.watch([NAMESPACE]);
  return connection.live.managed("", [wanted.key]).objects.find((live) => isSameKey(live.key, wanted.key));
}

const NAMESPACE = { group: "", kind: "Namespace" } as const;

function isSameKey(a: ResourceKey, b: ResourceKey): boolean {
  return a.group === b.group && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** A task as the CLI prints it and a preview shows it. */
export function summaryOf(task: SyncTask): SyncTaskSummary {
  const { phase, wave, action, apiVersion, key } = task;
  return {
    phase,
    wave,
    action,
    group: groupOf(apiVersion),
    version: versionOf(apiVersion),
    kind: key.kind,
    namespace: key.namespace,
    name: key.name,
    ...(task.action === "skip" ? { reason: task.reason } : {}),
  };
}
