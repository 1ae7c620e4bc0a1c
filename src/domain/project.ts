/** Argo CD's AppProject, as far as it decides what Applications may do. The rules are in `project-rules.ts`. */
export interface Project {
  readonly name: string;
  readonly description: string;
  readonly sourceRepos: readonly string[];
  readonly destinations: readonly ProjectDestination[];
  readonly clusterResourceWhitelist: readonly ResourcePattern[];
  readonly clusterResourceBlacklist: readonly ResourcePattern[];
  /** Absent permits every namespaced kind; empty permits none. */
  readonly namespaceResourceWhitelist?: readonly ResourcePattern[];
  readonly namespaceResourceBlacklist: readonly ResourcePattern[];
  /** Namespaces, beside the control plane's own, whose Applications may name this project. */
  readonly sourceNamespaces: readonly string[];
  readonly permitOnlyProjectScopedClusters: boolean;
  /** Repositories that may define Applications of this project (annotation `plumbline.dev/definition-repos`). */
  readonly definitionRepos: readonly string[];
  /** Protective fields not honoured yet (sync windows, impersonation, signatures): its Applications are preview-only. */
  readonly previewOnly: readonly { readonly field: string; readonly consequence: string }[];
}

export interface ProjectDestination {
  readonly server: string;
  readonly name: string;
  readonly namespace: string;
}

export interface ResourcePattern {
  readonly group: string;
  readonly kind: string;
  /** `""` is any. */
  readonly name: string;
}

/** What exists without being written, as Argo CD creates it; it admits no definitions from repositories. */
export const DEFAULT_PROJECT: Project = {
  name: "default",
  description: "",
  sourceRepos: ["*"],
  destinations: [{ server: "*", name: "", namespace: "*" }],
  clusterResourceWhitelist: [{ group: "*", kind: "*", name: "" }],
  clusterResourceBlacklist: [],
  namespaceResourceBlacklist: [],
  sourceNamespaces: [],
  permitOnlyProjectScopedClusters: false,
  definitionRepos: [],
  previewOnly: [],
};
