import type { PullRequest, Repository } from "../domain/github.ts";
import { type MergedApplicationsPorts, mergedApplications } from "../reconciler/merged-applications.ts";
import type { Reconciler } from "../reconciler/reconciler.ts";
import type { DeploymentTracker } from "../reconciler/report-deployment.ts";

export interface OnMergedPorts extends MergedApplicationsPorts {
  readonly deployments: DeploymentTracker;
  readonly reconciler: () => Reconciler;
}

/** A merge: what it was shown to affect is told from now on, and the branch that moved is followed at once. */
export function onMergedWith(
  ports: OnMergedPorts,
): (repository: Repository, pull: PullRequest) => Promise<void> {
  return async (repository, pull) => {
    const { id: repositoryId, installationId, cloneUrl } = repository;
    const { number, mergeCommitSha } = pull;
    const applications = await mergedApplications(repository, pull, ports);
    if (mergeCommitSha !== undefined && applications.length > 0) {
      const deployment = {
        installationId,
        repositoryId,
        sha: mergeCommitSha,
        pullRequests: [number],
        applications,
      };
      ports.deployments.begin(deployment);
      ports.reconciler().enqueueDeployment(`${repositoryId}/${mergeCommitSha}`);
    }
    ports.reconciler().enqueueRefs(cloneUrl);
  };
}
