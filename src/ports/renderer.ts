import type { ApplicationSource } from "../domain/application.ts";
import type { RenderSettings } from "../domain/control-plane-settings.ts";
import type { JsonObject } from "../domain/json.ts";
import type { ReadSet } from "../domain/read-set.ts";
import type { TrustLevel } from "../domain/trust-level.ts";

/** Source → Kubernetes objects, inside the engines. Holds no secret and reaches nothing but the trees it is handed. */
export interface Renderer {
  /**
   * @throws OperationError with a reason of the `Render…` family: template error, limit reached, path missing, refused
   *   input. An aborted signal rejects with the signal's reason.
   */
  render(request: RenderRequest, signal?: AbortSignal): Promise<RenderResult>;
  /** Hash of the engines' module: part of every cache key. */
  readonly enginesHash: string;
}

export interface RenderRequest {
  readonly trust: TrustLevel;
  /** `mounts[0]` is the source's own repository; the others are what `$name/...` may address. */
  readonly mounts: readonly Mount[];
  readonly source: ApplicationSource;
  readonly environment: BuildEnvironment;
  readonly capabilities: ClusterCapabilities;
  /** The operator's, `argocd-cm`'s; without, what holds where it says nothing. */
  readonly settings?: RenderSettings;
  /** Seeds what templates call random. Unguessable by the template's author, and never shared between trust levels. */
  readonly seed: string;
  /** What templates that ask are told the time is, milliseconds since the epoch; the same for everyone by default. */
  readonly clockMs?: number;
  /** Who waits for it; `sync` by default. */
  readonly priority?: RenderPriority;
  /** Whether the result is to have `text`: beside the documents, or alone, whatever it says; then there are none. */
  readonly text?: "beside" | "only";
}

/** What is rendered first: a pull request someone looks at, then what is to be synced, then the rest. */
export type RenderPriority = "interactive" | "sync" | "background";

/** A repository's tree at one commit. */
export interface Mount {
  /** `""` for `mounts[0]`, else the `ref` name that other sources write as `$name`. */
  readonly name: string;
  /** Key by which the {@link ObjectSource} finds the repository. */
  readonly repository: string;
  /** Object id of the commit's root tree. */
  readonly tree: string;
}

/** What Argo CD's build environment variables are made of (argocd-behaviour §3.4). */
export interface BuildEnvironment {
  readonly applicationName: string;
  /** `instanceName` of the Application: ARGOCD_APP_NAME and `.argocd-source-NAME.yaml`. */
  readonly instanceName: string;
  readonly projectName: string;
  /** Destination namespace. */
  readonly namespace: string;
  /** Commit SHA. */
  readonly revision: string;
}

export interface ClusterCapabilities {
  /** `1.36.3`, without `v` or vendor suffix; `""` is Helm's own default. */
  readonly kubeVersion: string;
  /** Sorted `group/version` and `group/version/Kind`; empty is Helm's own default set. */
  readonly apiVersions: readonly string[];
}

export interface RenderResult {
  readonly tool: "Helm" | "Kustomize" | "Directory";
  /** In the order of the tool's output; lists are replaced by their items. */
  readonly documents: readonly RenderedDocument[];
  readonly readSet: ReadSet;
  /** A template asked for the time: it was given a fixed one. */
  readonly askedForClock: boolean;
  /** A template asked for randomness: it was given a seeded stream. */
  readonly askedForRandomness: boolean;
  /** The commit's SHA, or the name that led to it, was substituted into the source: another commit's render differs. */
  readonly usedRevision: boolean;
  /** The exact bytes the tool would have printed; only when the request's caller is the CLI or a conformance run. */
  readonly text?: string;
}

export interface RenderedDocument {
  readonly object: JsonObject;
  /** SHA-256 of the document's JSON as the engine wrote it, hex. */
  readonly digest: string;
}

/** How the renderer process obtains Git objects: by id, when first opened, and only those reachable from the mounts. */
export interface ObjectSource {
  /**
   * The object's kind and bytes, or `undefined` where the repository does not hold it.
   * @throws OperationError RepositoryTooLarge where this one is larger than any that is read
   */
  readObject(repository: string, oid: string): Promise<GitObject | undefined>;
}

export interface GitObject {
  readonly kind: "blob" | "tree" | "commit" | "tag";
  readonly content: Uint8Array;
}
