import { randomUUID } from "node:crypto";

import type { openJournal } from "../adapters/journal/journal.ts";
import { sha256 } from "../adapters/system/digest.ts";
import type { Clock } from "../ports/clock.ts";
import type { ControlPlane } from "../ports/control-plane.ts";
import type { Log } from "../ports/log.ts";
import { createAffectedIndex } from "../reconciler/affected-index.ts";
import { type ApplicationStates, createApplicationStates } from "../reconciler/application-states.ts";
import { createLivePreview } from "../reconciler/ask-live.ts";
import { createCarryOut } from "../reconciler/carry-out-command.ts";
import { createFinalizers } from "../reconciler/finalizers.ts";
import { createInstalled, type Installed } from "../reconciler/installed.ts";
import type { Order } from "../reconciler/obey-comment.ts";
import { createPreviewPorts } from "../reconciler/preview-ports.ts";
import { createPreviewPullRequest } from "../reconciler/preview-pull-request.ts";
import { createPublisher } from "../reconciler/publisher.ts";
import { createReconciler, type Reconciler } from "../reconciler/reconciler.ts";
import type { Registry } from "../reconciler/registry.ts";
import { createDeploymentTracker } from "../reconciler/report-deployment.ts";
import { createDefinitionMemory } from "../reconciler/repository-definitions.ts";
import { createResync, type Resync } from "../reconciler/resync.ts";
import { createWorkQueue, type WorkQueue } from "../reconciler/work-queue.ts";
import { createReports } from "../report/reports.ts";
import type { ClusterDirectory } from "./clusters.ts";
import { createCore } from "./core.ts";
import type { GitHubPorts } from "./github-ports.ts";
import { onMergedWith } from "./on-merged.ts";
import type { RenderStack } from "./render-stack.ts";
import { readReportTemplates } from "./report-templates.ts";

/** Items under way at once. Most wait for the cluster or for GitHub; what is scarce has limits of its own. */
const WORK_PARALLEL_MAX = 1_000;

export interface ServerCoreParts {
  readonly github: GitHubPorts;
  readonly installed: Installed;
  readonly stack: RenderStack;
  readonly clusters: ClusterDirectory;
  readonly controlPlane: ControlPlane;
  /** As its setting names it. */
  readonly controlPlaneName: string;
  readonly registry: Registry;
  readonly journal: ReturnType<typeof openJournal>;
  readonly clock: Clock;
  readonly log: Log;
  readonly scrub: (text: string) => string;
  readonly deletionGraceMs: number;
}

/** The reconciler with everything it needs, and nothing that listens yet. */
export interface ServerCore {
  readonly queue: WorkQueue;
  readonly reconciler: Reconciler;
  readonly resync: Resync;
  readonly states: ApplicationStates;
}

export function createServerCore(parts: ServerCoreParts): ServerCore {
  const { github, installed, registry, journal, clock, log } = parts;
  const { operations, deliveries } = journal;
  const states = createApplicationStates();
  const finalizers = createFinalizers(journal.finalizedApplications, parts.controlPlaneName);
  const queue = createWorkQueue({ concurrency: WORK_PARALLEL_MAX, clock, log });
  const knowledge = createKnowledge(parts);
  const voice = createVoice(parts, states);
  const { shownPreviews } = journal;
  const told = { ...github, ...voice, ...knowledge, shownPreviews, finalizers };
  const common = { ...told, operations, registry, states, clock, log };
  const reconciler: Reconciler = createReconciler({
    queue,
    deliveries,
    operations,
    registry,
    installed,
    deployments: voice.deployments,
    log,
    pullRequest: {
      ...common,
      onSeen: installed.see,
      onMerged: onMergedWith({ ...common, reconciler: () => reconciler }),
    },
    check: common,
    obey: { ...common, carryOut: createCarryOut({ ...common, ...toReconciler(() => reconciler) }) },
    sync: {
      ...parts,
      ...knowledge.core.observe,
      ...common,
      ...knowledge.core,
      onRendered: knowledge.affected.record,
      newOperationId: randomUUID,
    },
    follow: { ...common, definitions: createDefinitionMemory() },
  });
  states.subscribe((id) => {
    for (const key of voice.deployments.concerning(id)) reconciler.enqueueDeployment(key);
  });
  parts.clusters.onConnect(reconciler.followCluster);
  const resync = createResync({ ...common, reconciler, controlPlane: parts.controlPlane, installed });
  return { queue, reconciler, resync, states };
}

/** How things are found out: observed, rendered, previewed. */
function createKnowledge(parts: ServerCoreParts) {
  const { stack, registry, journal, log } = parts;
  const { revisions } = stack;
  const affected = createAffectedIndex(journal.readSets);
  const { operations, seedSecret } = { operations: journal.operations, seedSecret: journal.seedSecret };
  const core = createCore({ ...parts, operations, seedSecret, formerKinds: affected.formerKinds });
  const live = createLivePreview({ ...core.observe, historyOf: core.historyOf });
  const previews = createPreviewPorts(core.observe, live, log);
  const preview = createPreviewPullRequest({ revisions, registry, affected, preview: previews });
  return { revisions, affected, core, live, previews, preview };
}

/** How things are said. */
function createVoice(parts: ServerCoreParts, states: ApplicationStates) {
  const { github, registry, journal, clock, log, scrub } = parts;
  const { revisions } = parts.stack;
  const reports = createReports(readReportTemplates());
  const publisher = createPublisher({ ...github, exit: scrub, digest: sha256, log });
  const installed = () => parts.installed.list();
  const told = { ...github, registry, revisions, states, publisher, reports, clock, installed };
  const deployments = createDeploymentTracker({ ...told, deployments: journal.deployments });
  return { reports, publisher, deployments };
}

function toReconciler(reconciler: () => Reconciler) {
  return {
    enqueueApplication: (id: string) => reconciler().enqueueApplication(id),
    enqueuePullRequest: ({ repository: { id: repositoryId, installationId }, pull: { number } }: Order) =>
      reconciler().request({ kind: "PullRequest", installationId, repositoryId, number }),
  };
}

/** Kept apart so that wiring and tests share one: nothing is installed before the first list. */
export function createInstalledRepositories(github: Pick<GitHubPorts, "repositories">): Installed {
  return createInstalled(github.repositories);
}
