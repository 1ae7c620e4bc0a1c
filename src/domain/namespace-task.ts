import type { Application } from "./application.ts";
import { applyModeOf } from "./apply-mode.ts";
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

/**
 * The task that creates the destination's namespace before anything else, or keeps its managed metadata. It carries no
 * tracking id, so it is never pruned. None where Git has a manifest of that Namespace, which wins (argocd-behaviour §6.6).
 */
export function namespaceTasks(
  application: Pick<Application, "destination" | "syncPolicy">,
  live: LiveManifest | undefined,
  targetKeys: Iterable<ResourceKey>,
): readonly SyncTask[] {
  const target = destinationNamespaceTarget(application);
  if (target === undefined) return [];
  for (const { group, kind, name } of targetKeys) {
    if (group === "" && kind === "Namespace" && name === target.key.name) return [];
  }
  const place = { phase: "PreSync", wave: 0, key: target.key, apiVersion: "v1" } as const;
  const apply = applyModeOf(target, undefined, []);
  if (live === undefined) return [{ ...place, action: "create", target, apply }];
  if (application.syncPolicy.managedNamespaceMetadata === undefined) return [];
  const { differing, isUndecided, ownsTarget } = compareObject(target, live, []);
  const isInSync = differing.length === 0 && !isUndecided && ownsTarget;
  return isInSync
    ? [{ ...place, action: "skip", reason: "InSync", target, live }]
    : [{ ...place, action: "update", target, live, apply }];
}
