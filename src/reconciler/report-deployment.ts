import type { Application } from "../domain/application.ts";
import type { ApplicationStatus } from "../domain/application-status.ts";
import { hasArrived, hasFailed } from "../domain/application-status.ts";
import type { Repository } from "../domain/github.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deployment, Deployments } from "../ports/deployments.ts";
import type { Repositories } from "../ports/repositories.ts";
import type { Reports } from "../report/reports.ts";
import type { ApplicationStates } from "./application-states.ts";
import { isSameRepository } from "./find-change.ts";
import type { Publisher } from "./publisher.ts";
import type { Registry } from "./registry.ts";
import { areDefinitionsRead } from "./repository-definitions.ts";
import type { Revisions } from "./revisions.ts";
import type { LookAgain } from "./work-queue.ts";

/** Commits on their way into the clusters: told on the commit, and beneath the pull requests that brought them. */
export interface DeploymentTracker {
  /** Begins to tell, or adds to what is told already. */
  begin(deployment: Omit<Deployment, "startedAt" | "isOver">): void;
  /** Deployments that the Application is part of, by key. */
  concerning(application: string): readonly string[];
  keys(): readonly string[];
  /**
   * Says how it stands, once more if that is new; ends the telling when every Application has arrived or failed. Nothing is
   * said while one of them has not been looked at since the start.
   */
  report(key: string): Promise<LookAgain>;
}

export interface DeploymentPorts {
  readonly deployments: Deployments;
  readonly repositories: Repositories;
  readonly registry: Registry;
  readonly revisions: Revisions;
  readonly states: ApplicationStates;
  readonly publisher: Publisher;
  readonly reports: Reports;
  readonly clock: Clock;
  /** Repositories as last listed. */
  readonly installed: () => readonly Repository[];
}

/** What has not settled by then is told no more; the Application's own status goes on being true. */
const TOLD_FOR_MS = 24 * 60 * 60 * 1_000;

/** Remembered this long, so that what was told to its end is not begun anew by a late delivery. */
const REMEMBERED_MS = 7 * TOLD_FOR_MS;

export function createDeploymentTracker(ports: DeploymentPorts): DeploymentTracker {
  ports.deployments.forgetBefore(ports.clock.now() - REMEMBERED_MS);
  const open = new Map<string, Deployment>(ports.deployments.load().map((one) => [keyOf(one), one]));
  return {
    begin(deployment) {
      const known = open.get(keyOf(deployment));
      const merged: Deployment = {
        ...deployment,
        pullRequests: union(known?.pullRequests, deployment.pullRequests),
        applications: union(known?.applications, deployment.applications),
        startedAt: known?.startedAt ?? ports.clock.now(),
        isOver: false,
      };
      const isNew =
        known === undefined || JSON.stringify({ ...known, isOver: false }) !== JSON.stringify(merged);
      if (!isNew || merged.applications.length === 0) return;
      open.set(keyOf(merged), merged);
      ports.deployments.save(merged);
    },
    concerning: (application) => keysOf(open, ({ applications }) => applications.includes(application)),
    keys: () => keysOf(open, () => true),
    async report(key) {
      const deployment = open.get(key);
      if (deployment === undefined || deployment.isOver) return undefined;
      // Whatever becomes known of an Application asks for another report; that one is not defined any more does not.
      if (deployment.applications.some((id) => isUnseen(id, ports)))
        return { requeueAfterMs: UNSEEN_AGAIN_MS };
      if (!(await tell(deployment, ports))) return undefined;
      const over = { ...deployment, isOver: true };
      open.set(key, over);
      ports.deployments.save(over);
      return undefined;
    },
  };
}

/** While it is not known yet how one of the Applications is, and whether it is still defined. */
const UNSEEN_AGAIN_MS = 10_000;

function isUnseen(id: string, { registry, states, installed }: DeploymentPorts): boolean {
  if (states.get(id) !== undefined) return false;
  return registry.get(id) !== undefined || !areDefinitionsRead(installed(), registry);
}

function keysOf(
  open: ReadonlyMap<string, Deployment>,
  isWanted: (deployment: Deployment) => boolean,
): readonly string[] {
  return [...open].filter(([, deployment]) => !deployment.isOver && isWanted(deployment)).map(([key]) => key);
}

/** @returns whether that was the end of it. */
async function tell(deployment: Deployment, ports: DeploymentPorts): Promise<boolean> {
  const { installationId, repositoryId, sha, pullRequests } = deployment;
  const repository = await ports.repositories.get(installationId, repositoryId);
  if (repository === undefined) return true;
  const statuses = await statusesOf(deployment, repository, ports);
  const [first] = pullRequests;
  const targetUrl = first === undefined ? "" : pullRequestUrl(repository, first);
  for (const status of ports.reports.statuses(statuses, targetUrl))
    await ports.publisher.status(repository, sha, status);
  const progress = ports.reports.progress({ revision: sha, statuses });
  for (const number of pullRequests) await ports.publisher.progress({ repository, number }, progress);
  const isSettled = statuses.every(
    (status) => status.waitsFor !== NOT_LOOKED_AT && (hasArrived(status) || hasFailed(status)),
  );
  return isSettled || ports.clock.now() - deployment.startedAt > TOLD_FOR_MS;
}

const NOT_LOOKED_AT = "is looked at next";

/** An Application that is no longer defined has nothing left to arrive at; one still at an older commit has not begun. */
async function statusesOf(
  { applications, sha }: Deployment,
  repository: Repository,
  ports: DeploymentPorts,
): Promise<readonly ApplicationStatus[]> {
  const statuses = await Promise.all(
    applications.map(async (id): Promise<ApplicationStatus | undefined> => {
      const application = ports.registry.get(id)?.application;
      const status = ports.states.get(id);
      if (status?.removal !== undefined) return status;
      if (application === undefined || status === undefined) return undefined;
      const { problem } = status;
      const isReached =
        problem !== undefined ||
        (await hasReached(application, status, { repository, sha, revisions: ports.revisions }));
      return isReached ? status : { ...status, sync: "OutOfSync", waitsFor: NOT_LOOKED_AT };
    }),
  );
  return statuses.filter((status) => status !== undefined);
}

/** Whether what was compared holds the commit: it is the commit, or came after it. */
async function hasReached(
  { sources, project }: Application,
  { revisions }: ApplicationStatus,
  commit: { readonly repository: Repository; readonly sha: string; readonly revisions: Revisions },
): Promise<boolean> {
  if (revisions.includes(commit.sha)) return true;
  for (const [index, { repoURL }] of sources.entries()) {
    const revision = revisions[index];
    if (revision === undefined || !isSameRepository(repoURL, commit.repository.cloneUrl)) continue;
    const mirror = await commit.revisions.open(repoURL, project);
    await commit.revisions.treeAt(mirror, commit.sha, "");
    if (await mirror.isAncestor(commit.sha, revision)) return true;
  }
  return false;
}

function pullRequestUrl({ cloneUrl }: Repository, number: number): string {
  return `${cloneUrl.replace(/\.git$/, "")}/pull/${number}`;
}

function keyOf({ repositoryId, sha }: Pick<Deployment, "repositoryId" | "sha">): string {
  return `${repositoryId}/${sha}`;
}

function union<T extends string | number>(a: readonly T[] = [], b: readonly T[]): readonly T[] {
  return [...new Set([...a, ...b])].sort((x, y) => (x < y ? -1 : 1));
}
