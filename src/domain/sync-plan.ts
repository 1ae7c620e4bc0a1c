import type { Application } from "./application.ts";
import { applyModeOf } from "./apply-mode.ts";
import type { ComparedResource, Comparison } from "./comparison.ts";
import { type HookContext, hookTasks } from "./hook-tasks.ts";
import { hookOf } from "./hooks.ts";
import type { LiveManifest, TargetManifest } from "./manifest.ts";
import { namespaceTasks } from "./namespace-task.ts";
import { foreignHooks, type ManagedCluster, type PlanProblem, planProblems } from "./plan-problems.ts";
import type { ProjectViolation } from "./project-rules.ts";
import { type GuardedPrune, guardDigestOf, guardPrunes, isConfirmable, isKept } from "./prune-guard.ts";
import type { GroupKind, ResourceKey } from "./resource-key.ts";
import { type ResourceSelector, selects } from "./resource-selector.ts";
import { syncOption } from "./sync-options.ts";
import type { SkipReason, SyncTask } from "./sync-task.ts";
import { waveOf } from "./sync-wave.ts";
import { orderTasks } from "./task-order.ts";
import { isSelfReferenced } from "./tracking.ts";

/** All tasks of a sync in execution order: phase, wave, prunes and kinds, name. Feeds preview and sync alike. */
export interface SyncPlan {
  readonly tasks: readonly SyncTask[];
  /** Problems that stop the whole sync before its first write, all at once. */
  readonly problems: readonly PlanProblem[];
  /**
   * Names exactly the tasks that guards withheld, for `--confirm DIGEST`; `""` when there are none. A confirmation that
   * leaves it non-empty names another set, and is refused (T280).
   */
  readonly guardDigest: string;
}

export interface SyncPlanInput {
  readonly application: Pick<Application, "instanceName" | "destination" | "syncPolicy">;
  readonly comparison: Comparison;
  /** Of the target state compared: what a confirmation is bound to. */
  readonly targetDigest: string;
  readonly request: SyncRequest;
  readonly cluster: PlannedCluster;
  /** What the project does not permit of an object. */
  readonly judge: (key: ResourceKey) => ProjectViolation | undefined;
  /** Objects of the last sync that succeeded; `undefined` before the first. */
  readonly lastSyncedCount: number | undefined;
  /** Names hooks that have no name of their own. */
  readonly operation: Pick<HookContext, "revision" | "startedAt">;
}

export interface SyncRequest {
  readonly prune: boolean;
  /** Guard digest that was confirmed; `""` for none. */
  readonly confirm: string;
  /** Only these; empty for all. Selective syncs run no hooks. */
  readonly resources: readonly ResourceSelector[];
}

export interface PlannedCluster extends ManagedCluster {
  /** The destination's namespace; `undefined` where it does not exist. */
  readonly namespace: LiveManifest | undefined;
  readonly staleKinds: readonly GroupKind[];
  /** `changed`: another cluster answers at the address than the one synced to before. */
  readonly identity: "same" | "changed";
}

/**
 * Lists every step that would bring live state to the target, and every step withheld, with its reason. A preview and a
 * sync make the same plan, so a preview promises nothing that a sync would not do. Guards turn a task into `skip` where
 * it stands; nothing is reordered by them.
 */
export function planSync(input: SyncPlanInput): SyncPlan {
  const { application, comparison, cluster, targetDigest, request } = input;
  const guards = guardsOf(input);
  const digest = guardDigestOf(guards, targetDigest);
  const isConfirmed = digest !== "" && request.confirm === digest;
  const withheld = new Map(
    guards
      .filter(({ reason }) => !(isConfirmed && isConfirmable(reason)))
      .map(({ live, reason }) => [live, reason] as const),
  );
  const targetKeys = comparison.resources.flatMap(({ target }) => (target === undefined ? [] : [target.key]));
  const unordered = [
    ...namespaceTasks(application, cluster.namespace, targetKeys),
    ...comparison.resources.flatMap((resource) => tasksFor(resource, input, withheld)),
  ];
  const tasks = orderTasks(unordered, {
    destinationNamespace: application.destination.namespace,
    syncOptions: application.syncPolicy.syncOptions,
  });
  return { tasks, problems: problemsOf(tasks, input), guardDigest: isConfirmed ? "" : digest };
}

function problemsOf(tasks: readonly SyncTask[], input: SyncPlanInput): readonly PlanProblem[] {
  const { application, comparison, cluster, judge, request } = input;
  const { instanceName, syncPolicy } = application;
  const runsHooks = request.resources.length === 0;
  return [
    ...planProblems(tasks, { instanceName, syncOptions: syncPolicy.syncOptions, judge, cluster }),
    ...(runsHooks ? foreignHooks(comparison.resources, instanceName) : []),
  ];
}

type Withheld = ReadonlyMap<LiveManifest, SkipReason>;

function tasksFor(resource: ComparedResource, input: SyncPlanInput, withheld: Withheld): readonly SyncTask[] {
  const { target, live } = resource;
  if (target !== undefined) return targetTasks({ ...resource, target }, input);
  return live !== undefined && resource.requiresPruning ? [pruneTask(live, input, withheld)] : [];
}

type WithTarget = ComparedResource & { readonly target: TargetManifest };

function targetTasks(resource: WithTarget, input: SyncPlanInput): readonly SyncTask[] {
  const { application, request } = input;
  const role = hookOf(resource.target);
  switch (role.kind) {
    case "ignored":
      return [];
    case "skip":
      return [
        { ...placeOf(resource.target), action: "skip", reason: "HookSkipped", target: resource.target },
      ];
    case "hook":
      return hookTasks(resource, role, {
        ...input.operation,
        instanceName: application.instanceName,
        destinationNamespace: application.destination.namespace,
        syncOptions: application.syncPolicy.syncOptions,
        runsHooks: request.resources.length === 0,
      });
    case "none":
      return [ordinaryTask(resource, input)];
  }
}

function ordinaryTask({ target, live, ...resource }: WithTarget, input: SyncPlanInput): SyncTask {
  const { application, request } = input;
  const options = application.syncPolicy.syncOptions;
  const place = placeOf(target);
  const skip = (reason: SkipReason): SyncTask => ({
    ...place,
    action: "skip",
    reason,
    target,
    ...(live === undefined ? {} : { live }),
  });
  if (!selects(request.resources, target.key)) return skip("NotSelected");
  const apply = applyModeOf(target, live, options);
  if (live === undefined) return { ...place, action: "create", target, apply };
  if (!isSelfReferenced(live, target.key)) return skip("NotSelfReferenced");
  const isInSync = resource.status === "Synced" && !resource.undecided;
  const isOutOfSyncOnly = syncOption("ApplyOutOfSyncOnly", options) === "true";
  if (isInSync && (isOutOfSyncOnly || resource.ownsTarget)) return skip("InSync");
  return { ...place, action: "update", target, live, apply };
}

function pruneTask(live: LiveManifest, input: SyncPlanInput, withheld: Withheld): SyncTask {
  const place = placeOf(live);
  const reason = settledPruneReason(live, input) ?? withheld.get(live);
  return reason === undefined
    ? { ...place, action: "prune", live }
    : { ...place, action: "skip", reason, live };
}

/** Why an object stays whatever the guards say; such objects count for no guard. */
function settledPruneReason(
  live: LiveManifest,
  { application, request }: SyncPlanInput,
): SkipReason | undefined {
  if (!selects(request.resources, live.key)) return "NotSelected";
  if (!request.prune) return "PruneDisabled";
  return isKept(live, application.syncPolicy.syncOptions) ? "PruneProtected" : undefined;
}

function guardsOf(input: SyncPlanInput): readonly GuardedPrune[] {
  const { application, comparison, cluster } = input;
  const { resources } = comparison;
  const candidates = resources.flatMap(({ live, requiresPruning }) =>
    live !== undefined && requiresPruning && settledPruneReason(live, input) === undefined ? [live] : [],
  );
  const wanted = resources.filter(({ target }) => target !== undefined && hookOf(target).kind === "none");
  return guardPrunes(candidates, {
    instanceName: application.instanceName,
    targetCount: wanted.length,
    lastSyncedCount: input.lastSyncedCount,
    allowsEmpty: application.syncPolicy.automated?.allowEmpty === true,
    staleKinds: cluster.staleKinds,
    clusterIdentity: cluster.identity,
    syncOptions: application.syncPolicy.syncOptions,
  });
}

function placeOf(manifest: TargetManifest | LiveManifest) {
  return {
    phase: "Sync",
    wave: waveOf(manifest),
    key: manifest.key,
    apiVersion: manifest.apiVersion,
  } as const;
}
