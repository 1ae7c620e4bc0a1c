import type { JsonObject } from "../domain/json.ts";

/** What the engines are asked: `engines/types.go` says what each field means. Paths are absolute in the render's tree. */
export interface EngineRequest {
  readonly tool: "helm" | "kustomize" | "directory" | "yaml";
  readonly helm?: HelmRequest;
  readonly kustomize?: KustomizeRequest;
  readonly directory?: DirectoryRequest;
  readonly yaml?: { readonly text: string };
  readonly limits: EngineLimits;
  readonly text: "none" | "beside" | "only";
}

/** 0 is without limit. */
export interface EngineLimits {
  readonly outputBytes: number;
  readonly documents: number;
  readonly inputBytes: number;
  readonly memoryBytes: number;
}

export interface HelmRequest {
  readonly chart: string;
  readonly releaseName: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly valueFiles: readonly string[];
  readonly values: string;
  readonly set: readonly string[];
  readonly setString: readonly string[];
  readonly setFile: readonly string[];
  readonly skipCrds: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
}

export interface KustomizeRequest {
  readonly path: string;
  readonly edits: readonly (readonly string[])[];
  readonly patches: readonly JsonObject[];
  readonly components: readonly string[];
  readonly unrestricted: boolean;
  readonly reorder: string;
  readonly managedByLabel: boolean;
}

export interface DirectoryRequest {
  readonly path: string;
  readonly recurse: boolean;
  readonly include: string;
  readonly exclude: string;
  readonly disableExtensionFilter: boolean;
}

export interface EngineFailure {
  readonly kind: "template" | "dependencies" | "refused" | "output" | "documents" | "input" | "crash";
  readonly message: string;
}
