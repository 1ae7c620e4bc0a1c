import type { Application, ApplicationSource } from "../domain/application.ts";
import { type CompletionInput, completeTargets } from "../domain/complete-targets.ts";
import type { RenderSettings } from "../domain/control-plane-settings.ts";
import type { ReadSet } from "../domain/read-set.ts";
import type { TargetState } from "../domain/target-state.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Digest } from "../ports/digest.ts";
import type { ClusterCapabilities, Mount, RenderRequest } from "../ports/renderer.ts";
import type { Turns } from "../ports/turns.ts";
import type { CachedRender, RenderCache } from "./render-cache.ts";
import type { SourceTree } from "./revisions.ts";

/** Rendered targets, and what they were made from. */
export interface RenderedTargets {
  readonly state: TargetState;
  /** Names every input of every source: equal keys, equal targets. */
  readonly inputKey: string;
  /** Per rendered source: the repositories and trees it could see, and what of them it read. */
  readonly sources: readonly SourceReads[];
}

export interface SourceReads {
  readonly mounts: readonly { readonly repository: string; readonly tree: string }[];
  readonly readSet: ReadSet;
}

export interface RenderTargetsRequest {
  readonly application: Application;
  /** One a source, in order. */
  readonly trees: readonly SourceTree[];
  readonly trust: TrustLevel;
  readonly capabilities: ClusterCapabilities;
  readonly scopeOf: CompletionInput["scopeOf"];
  readonly excluded: CompletionInput["excluded"];
  readonly settings: RenderSettings;
}

export interface RenderTargetsPorts {
  readonly renders: RenderCache;
  readonly digest: Digest;
  readonly turns: Turns;
  /** Known to this installation only: what templates call random is derived from it. */
  readonly seedSecret: string;
}

/**
 * Renders every source of an Application at the given trees and completes the objects: namespaces, tracking, duplicates.
 * @throws OperationError of the `Render…` family, SourceNotSupported, TargetInvalid
 */
export async function renderTargets(
  request: RenderTargetsRequest,
  ports: RenderTargetsPorts,
  signal?: AbortSignal,
): Promise<RenderedTargets> {
  const { application, trees } = request;
  const rendered = await Promise.all(
    application.sources.map(async (source, index) => {
      if (!isRendered(source)) return undefined;
      const mounts = mountsOf(request, index);
      const repositories = mountIndexes(application, index).map((at) => treeAt(trees, at).repository);
      const render = await ports.renders.render(renderRequestOf(request, index, ports), repositories, signal);
      return { render, reads: { mounts, readSet: render.result.readSet } };
    }),
  );
  await ports.turns.next();
  const renders = rendered.filter((one) => one !== undefined);
  const inputKey = ports.digest(renders.map(({ render }) => render.inputKey).join("\n"));
  return {
    state: stateOf(request, { renders: renders.map(({ render }) => render), inputKey, digest: ports.digest }),
    inputKey,
    sources: renders.map(({ reads }) => reads),
  };
}

/** A pure `ref` source lends its files and renders nothing. */
export function isRendered({ path, chart, ref }: ApplicationSource): boolean {
  return path !== "" || chart !== "" || ref === "";
}

function stateOf(
  { application, trees, scopeOf, excluded }: RenderTargetsRequest,
  { renders, inputKey, digest }: { renders: readonly CachedRender[]; inputKey: string; digest: Digest },
): TargetState {
  const isDeterministic = renders.every(({ result }) => !result.askedForRandomness && !result.askedForClock);
  const documents = renders.flatMap(({ result }) => result.documents);
  const completed = completeTargets({ application, documents, scopeOf, excluded });
  if (completed.problems.length > 0) {
    throw OperationError.of("TargetInvalid", {
      application: application.name,
      problems: completed.problems.map(({ message }) => message),
    });
  }
  const digests = completed.manifests.map((manifest) => manifest.digest).sort();
  return {
    revisions: trees.map(({ sha }) => sha),
    manifests: completed.manifests,
    digest: isDeterministic ? digest(digests.join("\n")) : inputKey,
    isDeterministic,
    warnings: completed.warnings,
  };
}

function renderRequestOf(
  request: RenderTargetsRequest,
  index: number,
  ports: RenderTargetsPorts,
): RenderRequest {
  const { application, trees, trust, capabilities } = request;
  const { kustomizeBuildOptions, helmValuesFileSchemes } = request.settings;
  const source = application.sources[index];
  if (source === undefined) throw new RangeError(`no source ${index}`);
  if (source.chart !== "")
    throw OperationError.of("SourceNotSupported", {
      what: `chart \`${source.chart}\` from a Helm repository`,
    });
  return {
    trust,
    mounts: mountsOf(request, index),
    source,
    environment: {
      applicationName: application.name,
      instanceName: application.instanceName,
      projectName: application.project,
      namespace: application.destination.namespace,
      revision: treeAt(trees, index).sha,
    },
    capabilities: capabilitiesFor(source, capabilities),
    settings: { kustomizeBuildOptions, helmValuesFileSchemes },
    seed: ports.digest(`${ports.seedSecret}\n${trust}\n${application.instanceName}\n${index}`),
  };
}

/** What the Application states about its cluster wins over what the cluster says. */
function capabilitiesFor(
  { helm, kustomize }: ApplicationSource,
  cluster: ClusterCapabilities,
): ClusterCapabilities {
  return {
    kubeVersion: helm?.kubeVersion ?? kustomize?.kubeVersion ?? cluster.kubeVersion,
    apiVersions: helm?.apiVersions ?? kustomize?.apiVersions ?? cluster.apiVersions,
  };
}

function mountsOf({ application, trees }: RenderTargetsRequest, index: number): readonly Mount[] {
  return mountIndexes(application, index).map((at, position) => {
    const { repository, tree } = treeAt(trees, at);
    return {
      name: position === 0 ? "" : (application.sources[at]?.ref ?? ""),
      repository: repository.key,
      tree,
    };
  });
}

/** The source itself, then every source that others may address as `$ref`. */
function mountIndexes({ sources }: Application, index: number): readonly number[] {
  const lenders = sources.flatMap(({ ref }, at) => (ref === "" ? [] : [at]));
  return [index, ...lenders];
}

function treeAt(trees: readonly SourceTree[], index: number): SourceTree {
  const tree = trees[index];
  if (tree === undefined) throw new RangeError(`no tree for source ${index}`);
  return tree;
}
