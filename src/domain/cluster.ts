import type { GroupKind } from "./resource-key.ts";

/** A cluster an Application may name as its destination. Credentials stay in the adapter that was given them. */
export interface Cluster {
  readonly name: string;
  /** API server URL without trailing slash; the cluster's identity. */
  readonly server: string;
  /** Non-empty: only these namespaces may be managed. */
  readonly namespaces: readonly string[];
  /** In namespaced mode, whether cluster-scoped objects may be managed all the same. */
  readonly clusterResources: boolean;
  /** Project the cluster is reserved for; `""` for all. */
  readonly project: string;
}

/** The pod's own cluster, or outside one the kubeconfig's current context. */
export const IN_CLUSTER_SERVER = "https://kubernetes.default.svc";

/** What an API server can do, from discovery. */
export interface ClusterApi {
  /** `1.36.3`: vendor and pre-release suffix stripped. */
  readonly kubeVersion: string;
  readonly resources: readonly ApiResource[];
  /** Groups whose discovery failed: their kinds are unknown, not gone (guard chain §3.4-6). */
  readonly unavailableGroups: readonly string[];
}

export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Whether this is the version the server prefers for the group. */
  readonly preferred: boolean;
}

/** `group/version` and `group/version/Kind`, sorted, as Helm's `.Capabilities.APIVersions` wants them. */
export function apiVersionsOf({ resources }: Pick<ClusterApi, "resources">): readonly string[] {
  const names = new Set<string>();
  for (const { group, version, kind } of resources) {
    const groupVersion = group === "" ? version : `${group}/${version}`;
    names.add(groupVersion);
    names.add(`${groupVersion}/${kind}`);
  }
  return [...names].sort();
}

/** The field manager we apply as: Argo CD's own, so that either can take over from the other. */
export const FIELD_MANAGER = "argocd-controller";

/**
 * The resource that serves a kind: in this version, or in the one the server prefers where none is named. `undefined`
 * when the cluster does not serve it, or not in that version.
 */
export function findResource(
  { resources }: Pick<ClusterApi, "resources">,
  { group, kind }: GroupKind,
  version?: string,
): ApiResource | undefined {
  const serving = resources.filter((resource) => resource.group === group && resource.kind === kind);
  if (version !== undefined) return serving.find((resource) => resource.version === version);
  return serving.find(({ preferred }) => preferred) ?? serving[0];
}
