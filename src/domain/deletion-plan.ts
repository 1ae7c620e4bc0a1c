import type { Application } from "./application.ts";
import { compareText } from "./compare-text.ts";
import { hookTasks } from "./hook-tasks.ts";
import { deletionHookOf } from "./hooks.ts";
import { compareKinds } from "./kind-order.ts";
import type { LiveManifest, TargetManifest } from "./manifest.ts";
import { holdsData, isKept } from "./prune-guard.ts";
import { formatResourceKey, type ResourceKey } from "./resource-key.ts";
import { isDeletionApproved } from "./resources-finalizer.ts";
import { resourceSyncOptions, syncOption } from "./sync-options.ts";
import type { SkipReason, SyncTask } from "./sync-task.ts";
import { waveOf } from "./sync-wave.ts";
import { hasOwner, isSelfReferenced, isTracked, trackingOf } from "./tracking.ts";

export interface DeletionInput {
  readonly application: Pick<Application, "instanceName" | "destination" | "annotations" | "syncPolicy">;
  /** Objects whose tracking id names the Application, and those that stand where its hooks will. */
  readonly live: readonly LiveManifest[];
  /** What it rendered last. Only PreDelete and PostDelete hooks count. */
  readonly targets: readonly TargetManifest[];
  readonly cluster: {
    /** Whether the project lets the object be touched. */
    readonly isPermitted: (key: ResourceKey) => boolean;
    /** Whether an Application that is still defined wants the object: that one adopts it (T285). */
    readonly isWanted: (key: ResourceKey) => boolean;
    /** `changed`: another cluster answers at the address than the one synced to. */
    readonly identity: "same" | "changed";
  };
  /** Names hooks that have no name of their own. */
  readonly operation: { readonly revision: string; readonly startedAt: number };
}

/**
 * All that deleting an Application's objects takes, in execution order, and what stays, with its reason
 * (argocd-behaviour §6.10): PreDelete hooks, the objects from the highest wave down, PostDelete hooks. What holds data
 * stays unless that was approved; CustomResourceDefinitions and what is marked to stay do so whoever approves.
 */
export function planDeletion(input: DeletionInput): readonly SyncTask[] {
  const hooks = input.targets.flatMap((target) => deletionHookTasks(target, input));
  const objects = input.live.filter((live) => isOurs(live, input) && deletionHookOf(live) === undefined);
  return [
    ...hooks.filter(({ phase }) => phase === "PreDelete").toSorted(compareHooks),
    ...objects.map((live) => deletionTask(live, input)).toSorted(compareDeletions),
    ...hooks.filter(({ phase }) => phase === "PostDelete").toSorted(compareHooks),
  ];
}

function deletionHookTasks(target: TargetManifest, input: DeletionInput): readonly SyncTask[] {
  const role = deletionHookOf(target);
  if (role === undefined) return [];
  const name = formatResourceKey(target.key);
  const live = input.live.find(({ key }) => formatResourceKey(key) === name);
  const { instanceName, destination, syncPolicy } = input.application;
  const resource = { target, ...(live === undefined ? {} : { live }) };
  return hookTasks(resource, role, {
    ...input.operation,
    instanceName,
    destinationNamespace: destination.namespace,
    syncOptions: syncPolicy.syncOptions,
    runsHooks: true,
  });
}

/** Not what a controller made, were the tracking id copied or not: that one deletes it. */
function isOurs(live: LiveManifest, { application }: DeletionInput): boolean {
  return (
    trackingOf(live)?.instanceName === application.instanceName && isSelfReferenced(live) && !hasOwner(live)
  );
}

function deletionTask(live: LiveManifest, input: DeletionInput): SyncTask {
  const place = { phase: "Sync", wave: waveOf(live), key: live.key, apiVersion: live.apiVersion } as const;
  const reason = whyKept(live, input);
  return reason === undefined
    ? { ...place, action: "prune", live }
    : { ...place, action: "skip", reason, live };
}

function whyKept(live: LiveManifest, { application, cluster }: DeletionInput): SkipReason | undefined {
  if (cluster.identity === "changed") return "ClusterIdentityChanged";
  if (cluster.isWanted(live.key)) return "OwnedByAnotherApplication";
  if (!cluster.isPermitted(live.key)) return "KindForbidden";
  const { syncOptions } = application.syncPolicy;
  if (isKept(live, syncOptions) || !isTracked(live.key)) return "PruneProtected";
  if (isDeletionApproved(application)) return undefined;
  if (syncOption("Delete", resourceSyncOptions(live), syncOptions) === "confirm")
    return "ConfirmationRequired";
  return holdsData(live) ? "ProtectedKind" : undefined;
}

/** From the highest wave down; within one the reverse of how objects are made. */
function compareDeletions(a: SyncTask, b: SyncTask): number {
  return (
    b.wave - a.wave ||
    compareKinds(b.key.kind, a.key.kind) ||
    compareText(formatResourceKey(a.key), formatResourceKey(b.key))
  );
}

function compareHooks(a: SyncTask, b: SyncTask): number {
  return (
    a.wave - b.wave ||
    compareKinds(a.key.kind, b.key.kind) ||
    compareText(formatResourceKey(a.key), formatResourceKey(b.key))
  );
}
