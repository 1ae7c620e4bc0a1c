import type { ControlPlaneSettings, ResourceFilter } from "./control-plane-settings.ts";
import { matchesGlob } from "./glob.ts";
import type { GroupKind } from "./resource-key.ts";

/** Which kinds the operator keeps out of sight (argocd-behaviour §3.8). */
export type KindFilters = Pick<ControlPlaneSettings, "resourceExclusions" | "resourceInclusions">;

/** Written many times a minute by the cluster itself, and never by Git. */
const ALWAYS_EXCLUDED: readonly ResourceFilter[] = [
  { apiGroups: ["events.k8s.io", "metrics.k8s.io"], kinds: [], clusters: [] },
  { apiGroups: [""], kinds: ["Event"], clusters: [] },
  { apiGroups: ["coordination.k8s.io"], kinds: ["Lease"], clusters: [] },
];

/** Whether objects of the kind are left out on the cluster at `server`. Exclusion beats inclusion. */
export function isExcludedKind(kind: GroupKind, server: string, filters: KindFilters): boolean {
  const matches = (filter: ResourceFilter) => covers(filter, kind) && isFor(filter, server);
  if (ALWAYS_EXCLUDED.some(matches) || filters.resourceExclusions.some(matches)) return true;
  const inclusions = filters.resourceInclusions.filter((filter) => isFor(filter, server));
  return inclusions.length > 0 && !inclusions.some((filter) => covers(filter, kind));
}

function covers({ apiGroups, kinds }: ResourceFilter, { group, kind }: GroupKind): boolean {
  return (
    (apiGroups.length === 0 || apiGroups.some((pattern) => matchesGlob(pattern, group))) &&
    (kinds.length === 0 || kinds.some((name) => name === "*" || name === kind))
  );
}

function isFor({ clusters }: ResourceFilter, server: string): boolean {
  return clusters.length === 0 || clusters.some((pattern) => matchesGlob(pattern, server));
}
