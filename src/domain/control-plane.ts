import type { Application, Definition } from "./application.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCredentials } from "./cluster-credentials.ts";
import type { ControlPlaneSettings } from "./control-plane-settings.ts";
import type { Problem } from "./problem.ts";
import type { Project } from "./project.ts";
import type { RepositoryCredential } from "./repository-credentials.ts";

/** Everything the operator defined, as of one moment, with all that is wrong in it. */
export interface ControlPlaneSnapshot {
  /** Where AppProjects, Secrets and settings live; Applications of other namespaces need the project's leave. */
  readonly namespace: string;
  /** Sorted by namespace and name; one each. */
  readonly applications: readonly ApplicationDefinition[];
  /** `default` is among them, written or not. */
  readonly projects: readonly ProjectDefinition[];
  /** `repository` Secrets. */
  readonly repositories: readonly RepositoryCredential[];
  /** `repo-creds` Secrets: credentials by URL prefix. */
  readonly repositoryTemplates: readonly RepositoryCredential[];
  /** One each server. The pod's own cluster is among them without a Secret, unless the settings say no. */
  readonly clusters: readonly ClusterDefinition[];
  readonly settings: ControlPlaneSettings;
  /** All of them, those that keep single Applications from being used included; by file and document. */
  readonly problems: readonly ConfigProblem[];
  /**
   * Files in which something could not be read and nothing is known of what it was. An Application that is missing
   * while this is not empty may well exist: it has not been removed.
   */
  readonly incompleteFiles: readonly string[];
}

export interface ApplicationDefinition extends Definition<Application> {
  /**
   * Why it can neither be rendered nor synced, as its file or the rest of the control plane stands; empty when it can.
   * Its state is then Unknown, and these are the words for it.
   */
  readonly problems: readonly ConfigProblem[];
  /** Read from an earlier state of the file, which is broken now. Never synced, never taken for removed. */
  readonly isStale: boolean;
}

export interface ProjectDefinition {
  readonly value: Project;
  /** `""` for `default` where it is not written. */
  readonly file: string;
  readonly isStale: boolean;
}

export interface ClusterDefinition {
  readonly cluster: Cluster;
  /** Absent for the pod's own cluster without a Secret: the service account, or the kubeconfig's current context. */
  readonly credentials?: ClusterCredentials;
}

/** Something wrong in a definition or in settings, with its place. */
export interface ConfigProblem extends Problem {
  /** An error keeps the definition from being used; a warning does not. */
  readonly severity: "error" | "warning";
  readonly file: string;
  /** 1-based; 0 is the file as a whole. */
  readonly document: number;
  /** 1-based; 0 where it is not known. */
  readonly line: number;
  /** Dotted path, as `spec.sources[0].repoURL`; `""` is the document as a whole. */
  readonly field: string;
  /** What the document defines, where that could be told. */
  readonly subject?: ConfigSubject;
}

/** Identity of a definition. */
export interface ConfigSubject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What a document defines: one of the kinds that a control plane consists of. */
export type DefinedValue =
  | { readonly kind: "application"; readonly definition: Definition<Application> }
  | { readonly kind: "project"; readonly project: Project }
  | { readonly kind: "repository"; readonly repository: RepositoryCredential }
  | { readonly kind: "repositoryTemplate"; readonly repository: RepositoryCredential }
  | { readonly kind: "cluster"; readonly cluster: ClusterDefinition }
  | { readonly kind: "settings"; readonly settings: Partial<ControlPlaneSettings> };

/** One document of a file, read on its own. */
export interface DocumentReading {
  readonly file: string;
  /** 1-based; 0 is the file as a whole. */
  readonly document: number;
  /** 1-based line at which the document begins; 0 where it is not known. */
  readonly line: number;
  /** Absent where it could not be told, as for text that is not YAML. */
  readonly subject?: ConfigSubject;
  /** Absent where the document defines nothing, or nothing usable. */
  readonly value?: DefinedValue;
  readonly isStale: boolean;
  readonly problems: readonly ConfigProblem[];
}

/** One file, read on its own: what is wrong between files is found later. */
export interface FileReading {
  readonly file: string;
  readonly documents: readonly DocumentReading[];
}
