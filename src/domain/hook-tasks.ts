import { applyModeOf } from "./apply-mode.ts";
import type { ComparedResource } from "./comparison.ts";
import type { HookRole } from "./hooks.ts";
import { stringAt } from "./json.ts";
import { manifestOf, type TargetManifest, withMetadata } from "./manifest.ts";
import type { SyncPhase, SyncTask } from "./sync-task.ts";
import { waveOf } from "./sync-wave.ts";
import { withTracking } from "./tracking.ts";

export interface HookContext {
  readonly instanceName: string;
  readonly destinationNamespace: string;
  readonly syncOptions: readonly string[];
  /** Commit SHA being synced; of the first source. */
  readonly revision: string;
  /** Milliseconds since the epoch when the operation started. */
  readonly startedAt: number;
  /** Selective syncs run no hooks. */
  readonly runsHooks: boolean;
}

/** One task for each phase of a hook (argocd-behaviour §6.2). */
export function hookTasks(
  resource: Pick<ComparedResource, "live"> & { readonly target: TargetManifest },
  { phases, deletePolicies }: Extract<HookRole, { kind: "hook" }>,
  context: HookContext,
): readonly SyncTask[] {
  return phases.map((phase): SyncTask => {
    const target = named(resource.target, phase, context);
    const { live } = resource;
    const place = {
      phase,
      wave: waveOf(target),
      key: target.key,
      apiVersion: target.apiVersion,
      hook: { deletePolicies },
    };
    if (!context.runsHooks) return { ...place, action: "skip", reason: "HookSkipped", target };
    if (live !== undefined && !deletePolicies.includes("BeforeHookCreation")) {
      return { ...place, action: "skip", reason: "HookExists", target, live };
    }
    return { ...place, action: "create", target, apply: applyModeOf(target, undefined, context.syncOptions) };
  });
}

/** Hooks with `generateName` are told apart by commit, phase and operation, so a retry finds the one it made. */
function named(target: TargetManifest, phase: SyncPhase, context: HookContext): TargetManifest {
  const prefix = stringAt(target.object, "metadata", "generateName");
  if (target.key.name !== "" || prefix === undefined) return target;
  const seconds = Math.floor(context.startedAt / 1_000);
  const name = `${prefix}${`${context.revision.slice(0, 7)}-${phase}-${seconds}`.toLowerCase()}`;
  const object = withMetadata(target.object, { name, generateName: undefined });
  const { instanceName, destinationNamespace: namespace } = context;
  return withTracking({ ...manifestOf(object), digest: target.digest }, { instanceName, namespace });
}
