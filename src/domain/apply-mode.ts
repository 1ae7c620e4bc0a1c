import { stringAt } from "./json.ts";
import type { LiveManifest, TargetManifest } from "./manifest.ts";
import { isProtectedKind } from "./prune-guard.ts";
import { resourceSyncOptions, syncOption } from "./sync-options.ts";
import type { ApplyMode } from "./sync-task.ts";

/**
 * How an object is written, by the sync options of target, live object and Application (argocd-behaviour §6.5, §6.8).
 * `Force=true` never deletes what holds data: there the server's refusal is reported instead (T294).
 */
export function applyModeOf(
  target: TargetManifest,
  live: LiveManifest | undefined,
  applicationOptions: readonly string[],
): ApplyMode {
  const own = [resourceSyncOptions(target), live === undefined ? [] : resourceSyncOptions(live)];
  const replaces = syncOption("Replace", ...own, applicationOptions) === "true";
  const forces = syncOption("Force", ...own) === "true" && !isProtectedKind(target.key);
  const validates = syncOption("Validate", resourceSyncOptions(target), applicationOptions) !== "false";
  const isRebound = live !== undefined && hasOtherRole(target, live);
  return {
    method: methodOf({ replaces, recreates: isRebound || (replaces && forces && live !== undefined) }),
    validate: validates ? "strict" : "ignore",
    skipMissingKind: skipsMissingKind(target, applicationOptions),
    ...(forces && !replaces ? { fallback: "recreate" } : {}),
  };
}

/**
 * A binding to another role: the server never changes that, and nothing but the binding is lost by making it anew. Argo CD
 * does so without being asked, for it reconciles RBAC as `kubectl auth reconcile` does (argocd-behaviour §6.5).
 */
function hasOtherRole({ key, object }: TargetManifest, live: LiveManifest): boolean {
  if (key.group !== RBAC_GROUP || !BINDINGS.includes(key.kind)) return false;
  return (["apiGroup", "kind", "name"] as const).some((field) => {
    const fallback = field === "apiGroup" ? RBAC_GROUP : "";
    const [wanted, bound] = [object, live.object].map((side) => stringAt(side, "roleRef", field) ?? fallback);
    return wanted !== bound;
  });
}

const RBAC_GROUP = "rbac.authorization.k8s.io";
const BINDINGS: readonly string[] = ["ClusterRoleBinding", "RoleBinding"];

/** `SkipDryRunOnMissingResource=true`: a kind that the server does not know yet is no reason to stop. */
export function skipsMissingKind(target: TargetManifest, applicationOptions: readonly string[]): boolean {
  const option = "SkipDryRunOnMissingResource";
  return syncOption(option, resourceSyncOptions(target), applicationOptions) === "true";
}

function methodOf({ replaces, recreates }: { readonly replaces: boolean; readonly recreates: boolean }) {
  if (recreates) return "recreate";
  return replaces ? "replace" : "apply";
}
