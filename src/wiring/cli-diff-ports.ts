import { sha256 } from "../adapters/system/digest.ts";
import { createTurns } from "../adapters/system/turns.ts";
import type { ClusterChoice } from "../cli/cluster-options.ts";
import type { Application } from "../domain/application.ts";
import type { ApplicationDefinition, ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { createComparer } from "../domain/object-comparison.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clusters } from "../ports/clusters.ts";
import { createLivePreview } from "../reconciler/ask-live.ts";
import { createClusterFacts } from "../reconciler/cluster-facts.ts";
import type { MergeFor, Proposal } from "../reconciler/find-change.ts";
import type { LivePreview } from "../reconciler/live-preview.ts";
import type { PreviewPorts } from "../reconciler/preview-change.ts";
import { createPreviewPorts } from "../reconciler/preview-ports.ts";
import { createRegistry } from "../reconciler/registry.ts";
import type { Revisions } from "../reconciler/revisions.ts";
import { createSettleUndecided } from "../reconciler/settle-undecided.ts";
import { type CliCluster, createImaginedClusters, openCliCluster } from "./cli-cluster.ts";
import { mustBeUsable } from "./cli-definitions.ts";
import type { CliOptions } from "./cli-options.ts";
import type { CliWorld } from "./cli-world.ts";

/** Whom a diff asks, and how to put them away again. */
export interface DiffPorts {
  readonly preview: PreviewPorts;
  close(): Promise<void>;
}

export interface DiffPortsParts {
  readonly options: CliOptions;
  readonly world: CliWorld;
  /** What judges both sides. */
  readonly snapshot: ControlPlaneSnapshot;
  /** Of both sides: some of them are well-formed and can still not be rendered. */
  readonly definitions: readonly ApplicationDefinition[];
  readonly live: ClusterChoice | "left-out";
  readonly proposal: Proposal;
  readonly mergeFor: MergeFor;
}

/** Previews without a cluster, or with the answers of the one that is chosen. @throws OperationError KubeconfigInvalid */
export async function openDiffPorts(parts: DiffPortsParts): Promise<DiffPorts> {
  const { world, snapshot, options } = parts;
  const cluster =
    parts.live === "left-out"
      ? undefined
      : await openCliCluster({ choice: parts.live, clusters: snapshot.clusters }, options, world);
  if (cluster?.kind === "none") throw OperationError.of("KubeconfigInvalid", { problem: "there is none" });
  const registry = createRegistry(snapshot);
  const common = {
    renders: world.renders,
    revisions: world.revisions,
    digest: sha256,
    seedSecret: "plumbline diff",
    facts: createClusterFacts(),
    turns: createTurns(),
    compare: createComparer(),
    registry,
  };
  const clusters = clustersFor(snapshot, cluster);
  const live = cluster === undefined ? undefined : liveAnswers({ ...parts, common, cluster });
  const ports = createPreviewPorts({ ...common, clusters }, live, world.log);
  return {
    preview: { ...ports, render: refuseUnusable(parts.definitions, ports.render) },
    close: async () => cluster?.close(),
  };
}

/** What goes elsewhere is rendered and judged all the same, as if its cluster were empty. */
function clustersFor(snapshot: ControlPlaneSnapshot, cluster: CliCluster | undefined): Clusters {
  const imagined = createImaginedClusters(snapshot);
  if (cluster === undefined) return imagined;
  return {
    list: () => imagined.list(),
    connect: (destination) =>
      (cluster.reaches(destination) ? cluster.directory : imagined).connect(destination),
  };
}

type Common = Parameters<typeof createPreviewPorts>[0];

function liveAnswers({
  common,
  cluster,
  proposal,
  mergeFor,
  world,
}: DiffPortsParts & {
  readonly common: Omit<Common, "clusters">;
  readonly cluster: CliCluster;
}): LivePreview {
  return createLivePreview({
    ...common,
    revisions: revisionsAtBase(world.revisions, proposal, mergeFor),
    clusters: cluster.directory,
    settle: createSettleUndecided(() => common.registry.snapshot().settings),
    formerKinds: () => [],
    historyOf: () => ({
      lastSyncedCount: undefined,
      lastClusterIdentity: undefined,
      startedAt: world.clock.now(),
    }),
  });
}

/** Live is compared with the base, whatever the folder has checked out. */
function revisionsAtBase(revisions: Revisions, proposal: Proposal, mergeFor: MergeFor): Revisions {
  const treesOf = ({ sources, project }: Application) =>
    Promise.all(
      sources.map(async (source) =>
        (await proposal.follows(source, project, revisions))
          ? (await mergeFor(project)).before
          : revisions.treeOf(source, project),
      ),
    );
  return { ...revisions, treesOf };
}

function refuseUnusable(
  definitions: readonly ApplicationDefinition[],
  render: PreviewPorts["render"],
): PreviewPorts["render"] {
  const byValue = new Map(definitions.map((definition) => [definition.value, definition]));
  return async (side, trust, signal) => {
    const definition = byValue.get(side.application);
    if (definition !== undefined) mustBeUsable(definition);
    return render(side, trust, signal);
  };
}
