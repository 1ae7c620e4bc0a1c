import type { Application } from "../domain/application.ts";
import type { ClusterApi } from "../domain/cluster.ts";
import { compareInSteps } from "../domain/compare-application.ts";
import type { Comparison } from "../domain/comparison.ts";
import { excludedKinds } from "../domain/excluded-kinds.ts";
import { assessHealthBeside } from "../domain/health/custom-health.ts";
import { type ScopeOf, withDefinedKinds } from "../domain/kind-scopes.ts";
import { managedNamespaceTarget } from "../domain/namespace-task.ts";
import type { CompareTarget } from "../domain/object-comparison.ts";
import type { Project } from "../domain/project.ts";
import { forbiddenBy, objectJudge } from "../domain/project-rules.ts";
import { formatGroupKind, type GroupKind, type ResourceKey } from "../domain/resource-key.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ManagedLiveState } from "../ports/cluster-reads.ts";
import type { ClusterConnection, Clusters } from "../ports/clusters.ts";
import type { Turns } from "../ports/turns.ts";
import type { ClusterFacts } from "./cluster-facts.ts";
import type { Registry } from "./registry.ts";
import { type RenderedTargets, type RenderTargetsPorts, renderTargets } from "./render-targets.ts";
import type { Revisions, SourceTree } from "./revisions.ts";
import type { SettleUndecided } from "./settle-undecided.ts";

export interface ObservePorts extends RenderTargetsPorts {
  readonly revisions: Revisions;
  readonly clusters: Clusters;
  readonly facts: ClusterFacts;
  readonly registry: Registry;
  readonly settle: SettleUndecided;
  readonly compare: CompareTarget;
  /** Kinds an Application had objects of before, so that what left Git altogether is still looked for. */
  readonly formerKinds: (application: Application) => readonly GroupKind[];
}

/** Where an Application goes, and what is true there. */
export interface Place {
  readonly connection: ClusterConnection;
  readonly api: ClusterApi;
  readonly project: Project;
  readonly scopeOf: ScopeOf;
}

/** One Application as Git and the cluster have it at this moment. */
export interface Observation extends Place {
  readonly application: Application;
  readonly trees: readonly SourceTree[];
  readonly targets: RenderedTargets;
  readonly live: ManagedLiveState;
  readonly comparison: Comparison;
}

/**
 * Renders the target at the tips of its sources, or at `trees`, and compares it with live state.
 * @throws OperationError when any part of it cannot be known: nothing is called Synced from what could not be read
 */
export async function observeApplication(
  application: Application,
  ports: ObservePorts,
  options: { readonly trees?: readonly SourceTree[]; readonly signal?: AbortSignal } = {},
): Promise<Observation> {
  await ports.turns.next();
  const place = await placeOf(application, ports);
  const trees = options.trees ?? (await ports.revisions.treesOf(application));
  const targets = await renderAt({ application, trees, trust: "synced", place }, ports, options.signal);
  await ports.turns.next();
  mustBePermitted(application, targets, { place, registry: ports.registry });
  return compareWithLive({ ...place, application, trees, targets }, ports);
}

/** The cluster, what it can do, and the project's rules. @throws OperationError ProjectUnknown, Cluster… */
export async function placeOf(
  application: Application,
  { clusters, registry, facts }: Pick<ObservePorts, "clusters" | "registry" | "facts">,
): Promise<Place> {
  const project = registry.project(application.project);
  if (project === undefined) {
    throw OperationError.of("ProjectUnknown", {
      application: application.name,
      project: application.project,
    });
  }
  const connection = clusters.connect(application.destination);
  const api = await connection.reads.api();
  return { connection, api, project, scopeOf: facts.scopeOf(api) };
}

/** Renders an Application for the cluster it goes to. */
export async function renderAt(
  request: {
    readonly application: Application;
    readonly trees: readonly SourceTree[];
    readonly trust: TrustLevel;
    readonly place: Pick<Place, "api" | "connection" | "scopeOf">;
  },
  ports: RenderTargetsPorts & Pick<ObservePorts, "registry" | "facts" | "revisions">,
  signal?: AbortSignal,
): Promise<RenderedTargets> {
  const { place, ...rest } = request;
  const capabilities = ports.facts.capabilities(place.api);
  const { settings } = ports.registry.snapshot();
  const excluded = { ...settings, server: place.connection.cluster.server };
  const asked = { ...rest, capabilities, scopeOf: place.scopeOf, excluded, settings };
  try {
    return await renderTargets(asked, ports, signal);
  } catch (error) {
    if (error instanceof OperationError && MISSING_IN_MIRROR.has(error.reason)) {
      ports.revisions.forget(request.trees);
    }
    throw error;
  }
}

/** The mirror lost what it had: the next attempt must not trust what is remembered of it. */
const MISSING_IN_MIRROR: ReadonlySet<string> = new Set(["ObjectMissing", "RevisionNotFetched"]);

/** @throws OperationError ProjectForbids with the first thing that is not permitted */
export function mustBePermitted(
  application: Application,
  targets: RenderedTargets,
  { place, registry }: { readonly place: Place; readonly registry: Registry },
): void {
  const context = {
    cluster: place.connection.cluster,
    scopeOf: scopeWith(place.scopeOf, targets),
    controlPlaneNamespace: registry.snapshot().namespace,
  };
  const keys = targets.state.manifests.map(({ key }) => key);
  const [first] = forbiddenBy({ application, project: place.project }, context, keys);
  if (first === undefined) return;
  throw OperationError.of("ProjectForbids", {
    application: application.name,
    project: place.project.name,
    what: first.what,
  });
}

/** Compares rendered targets with what the watches know, and has the server decide what cannot be told from that. */
export async function compareWithLive(
  observed: Omit<Observation, "live" | "comparison">,
  ports: Pick<ObservePorts, "registry" | "settle" | "formerKinds" | "compare" | "turns">,
): Promise<Observation> {
  const { application, connection, targets, project } = observed;
  const manifests = targets.state.manifests;
  const scopeOf = scopeWith(observed.scopeOf, targets);
  const namespace = managedNamespaceTarget(application);
  const keys = [...manifests, ...(namespace === undefined ? [] : [namespace])].map(({ key }) => key);
  const { settings } = ports.registry.snapshot();
  const isExcluded = excludedKinds(connection.cluster.server, settings);
  const formerKinds = ports.formerKinds(application).filter((kind) => !isExcluded(kind));
  const kinds = kindsOf([...keys, ...formerKinds]);
  await connection.live.watch(kinds);
  const managed = connection.live.managed(application.instanceName, keys);
  // What an Application had of a kind before that was excluded has no target any more, and is not to be pruned for it.
  const found = { ...managed, objects: managed.objects.filter(({ key }) => !isExcluded(key)) };
  const live = withStaleAmong(found, kinds);
  const steps = compareInSteps({
    application,
    targets: manifests,
    live,
    scopeOf,
    settings,
    isPermitted: permissionIn({ project, connection, scopeOf }),
    compare: ports.compare,
    assess: assessHealthBeside(settings.customHealthKinds),
  });
  const comparison = await inTurns(steps, ports.turns);
  const settled = await ports.settle({ application, comparison, connection });
  return { ...observed, scopeOf, live, comparison: settled };
}

async function inTurns<T>(steps: Generator<void, T, void>, turns: Turns): Promise<T> {
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await turns.next();
  return step.value;
}

/**
 * Live state with only those stale kinds that concern an Application: of its targets, of what it had before, of what was
 * found. What another Application's kind suffers is no reason to call this one Unknown.
 */
export function withStaleAmong(live: ManagedLiveState, kinds: readonly GroupKind[]): ManagedLiveState {
  const concerned = new Set([...kinds, ...live.objects.map(({ key }) => key)].map(formatGroupKind));
  return { ...live, staleKinds: live.staleKinds.filter((kind) => concerned.has(formatGroupKind(kind))) };
}

/** Whether the project lets an object be touched on that cluster. */
function permissionIn({
  project,
  connection,
  scopeOf,
}: Pick<Place, "project" | "connection" | "scopeOf">): (key: ResourceKey) => boolean {
  const judge = objectJudge(project, { cluster: connection.cluster, scopeOf });
  return (key) => judge(key) === undefined;
}

function scopeWith(scopeOf: ScopeOf, { state }: RenderedTargets): ScopeOf {
  return withDefinedKinds(
    scopeOf,
    state.manifests.map(({ object }) => object),
  );
}

function kindsOf(kinds: readonly GroupKind[]): readonly GroupKind[] {
  const byName = new Map(kinds.map(({ group, kind }) => [formatGroupKind({ group, kind }), { group, kind }]));
  return [...byName.values()];
}
