import { skipsMissingKind } from "./apply-mode.ts";
import type { Cluster, ClusterApi } from "./cluster.ts";
import type { ComparedResource } from "./comparison.ts";
import { hookOf } from "./hooks.ts";
import type { JsonObject } from "./json.ts";
import { definedKind, type ScopeOf } from "./kind-scopes.ts";
import type { TargetManifest } from "./manifest.ts";
import type { ProjectViolation } from "./project-rules.ts";
import { describeResource, formatGroupKind, groupOf, type ResourceKey } from "./resource-key.ts";
import { syncOption } from "./sync-options.ts";
import type { SyncTask } from "./sync-task.ts";
import { trackingOf } from "./tracking.ts";

/** Something that stops a whole sync before its first write. */
export interface PlanProblem {
  readonly kind:
    | "ForbiddenByProject"
    | "UnknownKind"
    | "MissingNamespace"
    | "SharedResource"
    | "NamespaceNotManaged"
    /** An object without kind, apiVersion or name. */
    | "InvalidObject"
    /** Child Applications and the like: previewed, not carried out yet. */
    | "NotSupported";
  /** In words, with the object's name; one sentence. */
  readonly message: string;
}

/** What of a cluster decides whether objects may be put there. */
export interface ManagedCluster extends Pick<Cluster, "namespaces" | "clusterResources"> {
  readonly scopeOf: ScopeOf;
  /** Whether the API server serves the kind in that version; always, where no server was asked. */
  readonly serves: (apiVersion: string, kind: string) => boolean;
}

/** Kinds and versions as a cluster's discovery has them. */
export function servedBy({ resources }: Pick<ClusterApi, "resources">): ManagedCluster["serves"] {
  const served = new Set(resources.map(({ group, version, kind }) => `${group}/${version}/${kind}`));
  return (apiVersion, kind) => served.has(`${groupOf(apiVersion) === "" ? "/" : ""}${apiVersion}/${kind}`);
}

export interface PlanRules {
  readonly instanceName: string;
  readonly syncOptions: readonly string[];
  /** What the project does not permit of an object. */
  readonly judge: (key: ResourceKey) => ProjectViolation | undefined;
  readonly cluster: ManagedCluster;
}

/** All that is wrong with the tasks that would write something, in their order (argocd-behaviour §6.3). */
export function planProblems(tasks: readonly SyncTask[], rules: PlanRules): readonly PlanProblem[] {
  const defined = definedKinds(tasks);
  return tasks
    .filter(({ action }) => action !== "skip")
    .flatMap((task) => [
      ...forbidden(task, rules),
      ...unmanaged(task, rules),
      ...unsupported(task),
      ...unknown(task, rules, defined),
      ...shared(task, rules),
    ]);
}

function forbidden({ key }: SyncTask, { judge }: PlanRules): readonly PlanProblem[] {
  const violation = judge(key);
  return violation === undefined
    ? []
    : [{ kind: "ForbiddenByProject", message: `The project does not permit ${violation.what}.` }];
}

/** A cluster Secret with namespaces limits us to them (argocd-behaviour §9.4). */
function unmanaged({ key }: SyncTask, { cluster }: PlanRules): readonly PlanProblem[] {
  if (cluster.namespaces.length === 0) return [];
  const object = describeResource(key);
  if (cluster.scopeOf(key) === "Cluster") {
    const message = `${object} is cluster-scoped, and the cluster is managed for some namespaces only.`;
    return cluster.clusterResources ? [] : [{ kind: "NamespaceNotManaged", message }];
  }
  const message = `${object} is in a namespace that is not managed on this cluster.`;
  return cluster.namespaces.includes(key.namespace) ? [] : [{ kind: "NamespaceNotManaged", message }];
}

const CHILD_KINDS: readonly string[] = ["Application", "ApplicationSet", "AppProject"];

/** T160: what would define what may be done is not written by a sync. */
function unsupported({ key }: SyncTask): readonly PlanProblem[] {
  if (key.group !== "argoproj.io" || !CHILD_KINDS.includes(key.kind)) return [];
  const message = `${describeResource(key)} would be defined by a sync, which is not supported yet.`;
  return [{ kind: "NotSupported", message }];
}

function unknown(
  task: SyncTask,
  { cluster, syncOptions }: PlanRules,
  defined: ReadonlySet<string>,
): readonly PlanProblem[] {
  const target = targetOf(task);
  if (target === undefined || cluster.serves(task.apiVersion, task.key.kind)) return [];
  if (defined.has(formatGroupKind(task.key)) || skipsMissingKind(target, syncOptions)) return [];
  const message = `${describeResource(task.key)} is of a kind that the cluster does not know: ${task.apiVersion} ${task.key.kind}.`;
  return [{ kind: "UnknownKind", message }];
}

/**
 * Hooks that could only run after deleting an object that is not the Application's. It is never deleted for that: a name
 * used twice would cost somebody else's object (reliability-security §3.2, I2).
 */
export function foreignHooks(
  resources: readonly ComparedResource[],
  instanceName: string,
): readonly PlanProblem[] {
  return resources.flatMap(({ key, target, live }) => {
    const role = target === undefined ? undefined : hookOf(target);
    if (role?.kind !== "hook" || !role.deletePolicies.includes("BeforeHookCreation")) return [];
    if (live === undefined || trackingOf(live)?.instanceName === instanceName) return [];
    const message = `${describeResource(key)} exists and is not this Application's: as a hook it would have to be deleted first.`;
    return [{ kind: "SharedResource", message }];
  });
}

/** Another Application's object is taken over with a warning, unless it must not be. */
function shared(task: SyncTask, { instanceName, syncOptions }: PlanRules): readonly PlanProblem[] {
  const live = "live" in task ? task.live : undefined;
  const owner = live && trackingOf(live)?.instanceName;
  const isRefused = syncOption("FailOnSharedResource", syncOptions) === "true" && task.action === "update";
  if (!isRefused || owner === undefined || owner === instanceName) return [];
  const message = `${describeResource(task.key)} belongs to Application ${owner} as well.`;
  return [{ kind: "SharedResource", message }];
}

function definedKinds(tasks: readonly SyncTask[]): ReadonlySet<string> {
  const objects = tasks
    .map((task) => targetOf(task)?.object)
    .filter((object): object is JsonObject => !!object);
  const kinds = objects.map(definedKind).filter((kind) => kind !== undefined);
  return new Set(kinds.map(formatGroupKind));
}

function targetOf(task: SyncTask): TargetManifest | undefined {
  return "target" in task ? task.target : undefined;
}
