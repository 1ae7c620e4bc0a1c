/** What the `argocd-*` ConfigMaps decide, as far as we honour it (argocd-behaviour §5.2, §9.4). */
export interface ControlPlaneSettings {
  /** Kinds that are neither watched, compared nor synced, unless an inclusion list exists and leaves them out first. */
  readonly resourceExclusions: readonly ResourceFilter[];
  /** Not empty: only these kinds are managed. */
  readonly resourceInclusions: readonly ResourceFilter[];
  /** Whose `/status` is left out of comparisons. */
  readonly ignoreResourceStatusField: "all" | "crd" | "none";
  /** Rules that an aggregated ClusterRole collects do not count as differences. */
  readonly ignoreAggregatedRoles: boolean;
  /** Ignored by every Application, beside its own `ignoreDifferences`. */
  readonly ignoreDifferences: readonly IgnoredFields[];
  /** Options for `kustomize build`, as they would be typed. */
  readonly kustomizeBuildOptions: string;
  /** URL schemes that `helm.valueFiles` may use. */
  readonly helmValuesFileSchemes: readonly string[];
  /** Whether `https://kubernetes.default.svc` is a destination without a Secret of its own. */
  readonly isInClusterEnabled: boolean;
  /** Why nothing may be written to any cluster just now, in the operator's words; `""` when it may. */
  readonly freeze: string;
  /** Kinds whose health the operator judges by a script that is not run yet: theirs is Unknown, never Healthy. */
  readonly customHealthKinds: readonly KindPattern[];
  /** Lines of `argocd-ssh-known-hosts-cm`. */
  readonly sshKnownHosts: string;
  /** Host → certificates (PEM) that may vouch for it, of `argocd-tls-certs-cm`. */
  readonly tlsCertificates: Readonly<Record<string, string>>;
}

/** What of the settings decides how sources are rendered. */
export type RenderSettings = Pick<ControlPlaneSettings, "kustomizeBuildOptions" | "helmValuesFileSchemes">;

/** Globs; `*` is every group or kind. */
export interface KindPattern {
  readonly group: string;
  readonly kind: string;
}

/** Globs; an empty list is everything. */
export interface ResourceFilter {
  readonly apiGroups: readonly string[];
  readonly kinds: readonly string[];
  readonly clusters: readonly string[];
}

export interface IgnoredFields extends KindPattern {
  readonly jsonPointers: readonly string[];
}

/** What holds without an `argocd-cm`. */
export const DEFAULT_SETTINGS: ControlPlaneSettings = {
  resourceExclusions: [],
  resourceInclusions: [],
  ignoreResourceStatusField: "all",
  ignoreAggregatedRoles: false,
  ignoreDifferences: [],
  kustomizeBuildOptions: "",
  helmValuesFileSchemes: ["http", "https"],
  isInClusterEnabled: true,
  freeze: "",
  customHealthKinds: [],
  sshKnownHosts: "",
  tlsCertificates: {},
};
