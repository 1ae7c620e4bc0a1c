import type { Repository } from "../domain/github.ts";
import { type ReconcileRequest, requestKey } from "../domain/reconcile-request.ts";
import type { ClusterConnection } from "../ports/clusters.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Log } from "../ports/log.ts";
import type { Operations } from "../ports/operations.ts";
import { followCluster } from "./follow-cluster.ts";
import { baseTipKey, type Followed, type FollowRefsPorts, followRefs } from "./follow-refs.ts";
import type { Installed } from "./installed.ts";
import { type ObeyPorts, obeyComment } from "./obey-comment.ts";
import { type CheckPorts, reconcileMergeGroup, rerunCheck } from "./reconcile-check.ts";
import { type PullRequestPorts, reconcilePullRequest } from "./reconcile-pull-request.ts";
import type { Registry } from "./registry.ts";
import type { DeploymentTracker } from "./report-deployment.ts";
import { type SyncApplicationPorts, syncApplication } from "./sync-application.ts";
import type { WorkItem, WorkQueue } from "./work-queue.ts";

/** Turns requests to look somewhere into work under that place's key. */
export interface Reconciler {
  /** @param deliveries - ids in the journal, completed once the work is done or taken over. */
  request(request: ReconcileRequest, deliveries?: readonly number[]): void;
  /** Nothing is known to have changed: what looks there already goes on, or a long look would never end. */
  lookAgain(request: ReconcileRequest): void;
  enqueueApplication(id: string): void;
  /** Looks where a repository's refs point. */
  enqueueRefs(url: string): void;
  enqueueDeployment(key: string): void;
  /** What is shown on a repository's open pull requests may not be true any more. */
  lookAtPulls(repository: Repository): void;
  /** Follows a cluster's changes from now on. */
  followCluster(connection: ClusterConnection): void;
  /** Takes up what an earlier process left. */
  resume(): void;
}

export interface ReconcilerPorts {
  readonly queue: WorkQueue;
  readonly deliveries: Deliveries;
  readonly operations: Operations;
  readonly registry: Registry;
  readonly installed: Installed;
  readonly deployments: DeploymentTracker;
  readonly pullRequest: Omit<PullRequestPorts, "onBaseSeen">;
  readonly check: CheckPorts;
  readonly obey: ObeyPorts;
  readonly sync: SyncApplicationPorts;
  readonly follow: Omit<
    FollowRefsPorts,
    "enqueueApplication" | "onBaseTip" | "openPulls" | "installed" | keyof Followed
  >;
  readonly log: Log;
}

/** What a person waits for, what a merge waits for, and what the timer found. */
const PRIORITY = { interactive: 0, sync: 1, background: 2 } as const;

/** Keys of work: one each, and never two at once. */
type Work = Pick<WorkItem, "key" | "priority" | "whenSuperseded" | "run">;

export function createReconciler(ports: ReconcilerPorts): Reconciler {
  const { queue, registry, deployments } = ports;
  const memory: Followed = { followed: new Map(), baseTips: new Map() };
  const add = (work: Work, settled: () => void = () => undefined): void => queue.add({ ...work, settled });
  const enqueueApplication = (id: string): void => add(applicationWork(id, ports));
  const workOf = (request: ReconcileRequest) => workFor(request, { ...ports, ...memory, reconciler });
  const enqueueRefs = (url: string): void => add(refsWork(url, { ...ports, ...memory, reconciler }));
  const reconciler: Reconciler = {
    enqueueApplication,
    enqueueRefs,
    enqueueDeployment: (key) => add(deploymentWork(key, deployments)),
    lookAtPulls({ id: repositoryId, installationId }) {
      for (const { number } of ports.installed.openPulls(repositoryId))
        reconciler.lookAgain({ kind: "PullRequest", installationId, repositoryId, number });
    },
    request(request, ids = []) {
      const work = workOf(request);
      const settled = (): void => ports.deliveries.complete(ids);
      if (work === undefined) settled();
      else add(work, settled);
    },
    lookAgain(request) {
      const work = workOf(request);
      if (work !== undefined) add({ ...work, whenSuperseded: "finish" });
    },
    followCluster: (connection) => followCluster(connection, { registry, enqueueApplication }),
    resume() {
      for (const { id, request } of ports.deliveries.pending()) reconciler.request(request, [id]);
      for (const { application } of ports.operations.running()) enqueueApplication(application);
      for (const key of deployments.keys()) reconciler.enqueueDeployment(key);
    },
  };
  return reconciler;
}

interface Dispatch extends ReconcilerPorts, Followed {
  readonly reconciler: Reconciler;
}

function workFor(request: ReconcileRequest, dispatch: Dispatch): Work | undefined {
  const key = requestKey(request);
  const { installed, reconciler } = dispatch;
  if (isForeign(request, dispatch)) return undefined;
  switch (request.kind) {
    case "PullRequest":
      return pullRequestWork(key, request, dispatch);
    case "Comment":
      return {
        key,
        priority: PRIORITY.interactive,
        whenSuperseded: "finish",
        run: done(() => obeyComment(request, dispatch.obey)),
      };
    case "Check":
      return checkWork(key, request, dispatch);
    case "Ref": {
      const repository = installed.byId(request.repositoryId);
      return repository === undefined ? undefined : refsWork(repository.cloneUrl, dispatch);
    }
    case "Installations":
      return {
        key,
        priority: PRIORITY.background,
        whenSuperseded: "finish",
        run: done(() => installed.refresh()),
      };
    case "Application":
      reconciler.enqueueApplication(request.application);
      return undefined;
  }
}

/**
 * Whether a delivery names another installation than the one its repository is known to belong to: nothing is asked in its
 * name (T020). Where the repository has moved, the list is what is old, and the timer finds what the delivery told.
 */
function isForeign(request: ReconcileRequest, { installed, reconciler, log }: Dispatch): boolean {
  if (!("repositoryId" in request)) return false;
  const { installationId, repositoryId } = request;
  const known = installed.byId(repositoryId);
  if (known === undefined || known.installationId === installationId) return false;
  log.warn("a delivery was ignored: its repository belongs to another installation than it names", {
    installation: installationId,
    repository: repositoryId,
  });
  reconciler.request({ kind: "Installations" });
  return true;
}

function pullRequestWork(
  key: string,
  request: Extract<ReconcileRequest, { kind: "PullRequest" }>,
  { pullRequest, baseTips }: Dispatch,
): Work {
  const onBaseSeen: PullRequestPorts["onBaseSeen"] = (repository, { branch, sha }) => {
    const branchKey = baseTipKey(repository, branch);
    if (!baseTips.has(branchKey)) baseTips.set(branchKey, sha);
  };
  return {
    key,
    priority: PRIORITY.interactive,
    whenSuperseded: "abort",
    run: (signal) =>
      reconcilePullRequest(request, { ...pullRequest, onBaseSeen }, signal).then(() => undefined),
  };
}

/** A merge group is rendered itself; a check that is to run again is its pull request's. */
function checkWork(
  key: string,
  request: Extract<ReconcileRequest, { kind: "Check" }>,
  dispatch: Dispatch,
): Work | undefined {
  const { groupRef } = request;
  if (groupRef !== undefined) {
    const group = { ...request, groupRef };
    return {
      key,
      priority: PRIORITY.interactive,
      whenSuperseded: "abort",
      run: (signal) => reconcileMergeGroup(group, dispatch.check, signal).then(() => undefined),
    };
  }
  return {
    key,
    priority: PRIORITY.interactive,
    whenSuperseded: "finish",
    run: done(() => rerunCheck(request, { ...dispatch.pullRequest, request: dispatch.reconciler.request })),
  };
}

function refsWork(url: string, dispatch: Dispatch): Work {
  const { follow, followed, baseTips, installed, reconciler } = dispatch;
  const onBaseTip: FollowRefsPorts["onBaseTip"] = (repository, branch, since) => {
    const { id: repositoryId, installationId } = repository;
    for (const { number, baseBranch } of installed.openPulls(repositoryId)) {
      const request = { kind: "PullRequest", installationId, repositoryId, number } as const;
      if (baseBranch !== branch) continue;
      if (since === "moved") reconciler.request(request);
      else reconciler.lookAgain(request);
    }
  };
  const ports: FollowRefsPorts = {
    ...follow,
    followed,
    baseTips,
    onBaseTip,
    openPulls: installed.openPulls,
    installed: installed.byUrl,
    enqueueApplication: reconciler.enqueueApplication,
  };
  return {
    key: `refs/${url}`,
    priority: PRIORITY.sync,
    whenSuperseded: "finish",
    run: done(() => followRefs(url, ports)),
  };
}

function applicationWork(id: string, { sync }: ReconcilerPorts): Work {
  const key = requestKey({ kind: "Application", application: id });
  return {
    key,
    priority: PRIORITY.sync,
    whenSuperseded: "finish",
    run: (signal) => syncApplication(id, sync, signal),
  };
}

function deploymentWork(key: string, deployments: DeploymentTracker): Work {
  return {
    key: `deployment/${key}`,
    priority: PRIORITY.background,
    whenSuperseded: "finish",
    run: () => deployments.report(key),
  };
}

function done(work: () => Promise<void>): Work["run"] {
  return () => work().then(() => undefined);
}
