import type { Application } from "./application.ts";
import { applyModeOf } from "./apply-mode.ts";
import type { ComparedResource } from "./comparison.ts";
import { canonicalJson, type JsonObject } from "./json.ts";
import { type LiveManifest, manifestOf, type TargetManifest } from "./manifest.ts";
import { compareObject } from "./object-comparison.ts";
import type { ResourceKey } from "./resource-key.ts";
import { sha256 } from "./sha256.ts";
import { syncOption } from "./sync-options.ts";
import type { SyncTask } from "./sync-task.ts";

/** What CreateNamespace makes of the destination's namespace, or `undefined` where nothing is asked for. */
export function destinationNamespaceTarget({
  destination,
  syncPolicy,
}: Pick<Application, "destination" | "syncPolicy">): TargetManifest | undefined {
  const isWanted = syncOption("CreateNamespace", syncPolicy.syncOptions) === "true";
  if (!isWanted || destination.namespace === "") return undefined;
  const managed = syncPolicy.managedNamespaceMetadata;
  const metadata: JsonObject = {
    name: destination.namespace,
    ...(managed === undefined
      ? {}
      : {
          labels: managed.labels,
          annotations: {
            ...managed.annotations,
            "argocd.argoproj.io/sync-options": "ServerSideApply=true",
          },
        }),
  };
  const object = { apiVersion: "v1", kind: "Namespace", metadata };
  return { ...manifestOf(object), digest: sha256(canonicalJson(object)) };
}

type Destined = Pick<Application, "destination" | "syncPolicy">;

/** Whether Git has a manifest of that Namespace itself, which wins. */
function isAmong(namespace: TargetManifest, targetKeys: Iterable<ResourceKey>): boolean {
  for (const { group, kind, name } of targetKeys) {
    if (group === "" && kind === "Namespace" && name === namespace.key.name) return true;
  }
  return false;
}

/**
 * How the destination's namespace stands to its managed metadata; `undefined` where none is managed, Git has a manifest
 * of it, or it does not exist (then all that would be in it is missing too).
 */
export function compareDestinationNamespace(
  application: Destined,
  live: LiveManifest | undefined,
  targetKeys: Iterable<ResourceKey>,
): ComparedResource | undefined {
  const target = managedNamespaceTarget(application);
  if (target === undefined || live === undefined || isAmong(target, targetKeys)) return undefined;
  const { differing, isUndecided, ownsTarget } = compareObject(target, live, []);
  return {
    key: target.key,
    target,
    live,
    status: differing.length > 0 ? "OutOfSync" : "Synced",
    differingFields: differing,
    requiresPruning: false,
    isHook: false,
    undecided: isUndecided,
    ownsTarget,
  };
}

/** The same as {@link destinationNamespaceTarget}, only where labels or annotations are kept on it. */
export function managedNamespaceTarget(application: Destined): TargetManifest | undefined {
  return application.syncPolicy.managedNamespaceMetadata === undefined
    ? undefined
    : destinationNamespaceTarget(application);
}

/**
 * The task that creates the destination's namespace before anything else, or keeps its managed metadata. It carries no
 * tracking id, so it is never pruned. None where Git has a manifest of that Namespace, which wins (argocd-behaviour §6.6).
 */
export function namespaceTasks(
  application: Destined,
  live: LiveManifest | undefined,
  targetKeys: Iterable<ResourceKey>,
): readonly SyncTask[] {
  const target = destinationNamespaceTarget(application);
  if (target === undefined || isAmong(target, targetKeys)) return [];
  const place = { phase: "PreSync", wave: 0, key: target.key, apiVersion: "v1" } as const;
  const apply = applyModeOf(target, undefined, []);
  if (live === undefined) return [{ ...place, action: "create", target, apply }];
  const compared = compareDestinationNamespace(application, live, []);
  if (compared === undefined) return [];
  const isInSync = compared.status === "Synced" && !compared.undecided && compared.ownsTarget;
  return isInSync
    ? [{ ...place, action: "skip", reason: "InSync", target, live }]
    : [{ ...place, action: "update", target, live, apply }];
}
