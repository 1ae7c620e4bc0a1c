import type { JsonObject, JsonValue } from "./json.ts";

/** Argo CD's Application, defaulted and checked: the unit of delivery. */
export interface Application {
  /** Where the definition lives; `argocd` or whatever the manifest says. */
  readonly namespace: string;
  readonly name: string;
  /** `name`, or `namespace_name` for Applications outside the control plane's namespace: what tracking ids carry. */
  readonly instanceName: string;
  readonly project: string;
  /** At least one; a single `source` is a list of one. */
  readonly sources: readonly ApplicationSource[];
  /** Whether the manifest wrote `sources`: revisions are then reported as a list. */
  readonly isMultiSource: boolean;
  readonly destination: Destination;
  readonly syncPolicy: SyncPolicy;
  readonly ignoreDifferences: readonly IgnoreDifferences[];
  readonly info: readonly { readonly name: string; readonly value: string }[];
  /** Default 10; 0 keeps no history. */
  readonly revisionHistoryLimit: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  /**
   * Fields that protect and that we do not honour yet, by their path: such an Application is previewed, never synced
   * (DESIGN §7), and says which fields. Once it stands in its control plane, its project's are among them.
   */
  readonly previewOnly: readonly UnhonouredField[];
  /** Other fields we read but do not act on yet: a warning. */
  readonly warnings: readonly UnhonouredField[];
}

export interface UnhonouredField {
  /** Dotted path in the manifest, as `spec.ignoreDifferences[0].jqPathExpressions`. */
  readonly field: string;
  /** What it means for the user, one sentence without a full stop. */
  readonly consequence: string;
}

export interface ApplicationSource {
  readonly repoURL: string;
  /** Directory in the repository, `""` for none (a pure `ref` source). `.` is the root. */
  readonly path: string;
  /** A Helm repository's chart; `""` for Git sources. Not rendered yet. */
  readonly chart: string;
  /** Branch, tag, SHA or semver constraint; `HEAD` where the manifest is silent. */
  readonly targetRevision: string;
  /** Name by which other sources say `$name/...`; `""` for none. */
  readonly ref: string;
  readonly name: string;
  /** Present exactly when the manifest has a non-zero block of that name; they exclude each other. */
  readonly helm?: HelmSource;
  readonly kustomize?: KustomizeSource;
  readonly directory?: DirectorySource;
}

export interface HelmSource {
  readonly releaseName?: string;
  readonly valueFiles?: readonly string[];
  readonly values?: string;
  readonly valuesObject?: JsonObject;
  readonly parameters?: readonly HelmParameter[];
  readonly fileParameters?: readonly { readonly name: string; readonly path: string }[];
  readonly ignoreMissingValueFiles?: boolean;
  readonly skipCrds?: boolean;
  readonly skipTests?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

export interface HelmParameter {
  readonly name: string;
  readonly value: string;
  readonly forceString: boolean;
}

export interface KustomizeSource {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly images?: readonly string[];
  readonly replicas?: readonly { readonly name: string; readonly count: number | string }[];
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly forceCommonLabels?: boolean;
  readonly forceCommonAnnotations?: boolean;
  readonly commonAnnotationsEnvsubst?: boolean;
  readonly labelWithoutSelector?: boolean;
  readonly labelIncludeTemplates?: boolean;
  readonly namespace?: string;
  /** As kustomization.yaml's `patches`: kept as written, Kustomize judges them. */
  readonly patches?: readonly JsonObject[];
  readonly components?: readonly string[];
  readonly ignoreMissingComponents?: boolean;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

export interface DirectorySource {
  readonly recurse?: boolean;
  readonly include?: string;
  readonly exclude?: string;
  readonly disableExtensionFilter?: boolean;
}

/** Exactly one of `server` and `name` is not `""`. A server carries no trailing slash. */
export interface Destination {
  readonly server: string;
  readonly name: string;
  /** `""` when the manifest has none: objects must then name theirs. */
  readonly namespace: string;
}

export interface SyncPolicy {
  /** Absent: nothing is synced without being asked. */
  readonly automated?: AutomatedPolicy;
  /** `Key=value`, exact and case-sensitive. */
  readonly syncOptions: readonly string[];
  readonly retry?: RetryPolicy;
  readonly managedNamespaceMetadata?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

export interface AutomatedPolicy {
  readonly prune: boolean;
  readonly selfHeal: boolean;
  readonly allowEmpty: boolean;
}

export interface RetryPolicy {
  /** 0 none, negative without end. */
  readonly limit: number;
  readonly durationMs: number;
  readonly factor: number;
  readonly maxDurationMs: number;
  /** Each retry takes the newest revision instead of the one that failed. */
  readonly refresh: boolean;
}

export interface IgnoreDifferences {
  /** Glob; `""` is the core group. */
  readonly group: string;
  /** Glob. */
  readonly kind: string;
  /** `""` is any. */
  readonly name: string;
  /** `""` is any. */
  readonly namespace: string;
  readonly jsonPointers: readonly string[];
}

/** The manifest a definition was read from, kept for messages and for what a pull request changed in it. */
export interface Definition<T> {
  readonly value: T;
  /** File, relative to the control plane's folder or the repository. */
  readonly file: string;
  /** 1-based document in the file. */
  readonly document: number;
  readonly raw: JsonValue;
}

/** `namespace/name`: how Applications are matched between base and head, and named in queues and the journal. */
export function applicationId({ namespace, name }: Pick<Application, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
