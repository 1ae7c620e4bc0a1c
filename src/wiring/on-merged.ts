import type { PullRequest, Repository } from "../domain/github.ts";
import type { ShownPreviews } from "../ports/shown-previews.ts";
import type { Reconciler } from "../reconciler/reconciler.ts";
import type { DeploymentTracker } from "../reconciler/report-deployment.ts";

/** A merge: what it was shown to affect is told from now on, and the branch that moved is followed at once. */
export function onMergedWith(ports: {
  readonly shownPreviews: ShownPreviews;
  readonly deployments: DeploymentTracker;
  readonly reconciler: () => Reconciler;
}): (repository: Repository, pull: PullRequest) => Promise<void> {
  return async ({ id: repositoryId, installationId, cloneUrl }, { number, mergeCommitSha }) => {
    const [shown] = ports.shownPreviews.list(repositoryId, number);
    const applications = Object.keys(shown?.applications ?? {});
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
