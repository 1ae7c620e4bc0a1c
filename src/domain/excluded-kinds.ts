import type { ControlPlaneSettings, ResourceFilter } from "./control-plane-settings.ts";
import { matchesGlob } from "./glob.ts";
import { formatGroupKind, type GroupKind } from "./resource-key.ts";

/** Which kinds the operator keeps out of sight (argocd-behaviour §3.8). */
export type KindFilters = Pick<ControlPlaneSettings, "resourceExclusions" | "resourceInclusions">;

/** Written many times a minute by the cluster itself, and never by Git. */
const ALWAYS_EXCLUDED: readonly ResourceFilter[] = [
  { apiGroups: ["events.k8s.io", "metrics.k8s.io"], kinds: [], clusters: [] },
  { apiGroups: [""], kinds: ["Event"], clusters: [] },
  { apiGroups: ["coordination.k8s.io"], kinds: ["Lease"], clusters: [] },
];

/**
 * Says of kinds whether objects of them are left out on the cluster at `server`: neither applied, nor compared, nor
 * pruned. Exclusion beats inclusion. Filters are matched once a kind: asking for every object is cheap.
 */
export function excludedKinds(server: string, filters: KindFilters): (kind: GroupKind) => boolean {
  const here = (filter: ResourceFilter) => isFor(filter, server);
  const exclusions = [...ALWAYS_EXCLUDED, ...filters.resourceExclusions].filter(here);
  const inclusions = filters.resourceInclusions.filter(here);
  const known = new Map<string, boolean>();
  return (kind) => {
    const id = formatGroupKind(kind);
    const isExcluded =
      known.get(id) ??
      (exclusions.some((filter) => covers(filter, kind)) ||
        (inclusions.length > 0 && !inclusions.some((filter) => covers(filter, kind))));
    known.set(id, isExcluded);
    return isExcluded;
  };
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
