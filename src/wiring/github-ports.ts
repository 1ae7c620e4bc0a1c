import type { BudgetLimits } from "../adapters/github/budget.ts";
import { createCheckRuns, createCheckRunWrites } from "../adapters/github/check-runs.ts";
import { createGitHubClient } from "../adapters/github/client.ts";
import { createComments, createCommentWrites } from "../adapters/github/comments.ts";
import { createCommitStatusWrites } from "../adapters/github/commit-statuses.ts";
import { createFailedDeliveries } from "../adapters/github/failed-deliveries.ts";
import { createIdentity } from "../adapters/github/identity.ts";
import {
  createInstallationCredentials,
  type InstallationCredential,
} from "../adapters/github/installation-credential.ts";
import { createPullRequests } from "../adapters/github/pull-requests.ts";
import { createPermissions, createRepositories } from "../adapters/github/repositories.ts";
import type { Repository } from "../domain/github.ts";
import type { CheckRuns, CheckRunWrites } from "../ports/check-runs.ts";
import type { Clock } from "../ports/clock.ts";
import type { Comments, CommentWrites } from "../ports/comments.ts";
import type { CommitStatusWrites } from "../ports/commit-statuses.ts";
import type { FailedDeliveries } from "../ports/failed-deliveries.ts";
import type { PullRequests } from "../ports/pull-requests.ts";
import type { Permissions, Repositories } from "../ports/repositories.ts";

/** GitHub behind all its ports. */
export interface GitHubPorts {
  readonly repositories: Repositories;
  readonly permissions: Permissions;
  readonly pullRequests: PullRequests;
  readonly comments: Comments;
  readonly commentWrites: CommentWrites;
  readonly checkRuns: CheckRuns;
  readonly checkRunWrites: CheckRunWrites;
  readonly statuses: CommitStatusWrites;
  readonly failedDeliveries: FailedDeliveries;
  readonly botUserId: (repository: Repository) => Promise<number>;
  readonly gitCredential: (repository: Repository) => Promise<InstallationCredential>;
}

export function createGitHubPorts(options: {
  readonly appId: number;
  readonly privateKey: string;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly limits?: Partial<BudgetLimits>;
}): GitHubPorts {
  const clients = createGitHubClient({ ...options, random: Math.random });
  const identity = createIdentity(clients);
  return {
    repositories: createRepositories(clients),
    permissions: createPermissions(clients),
    pullRequests: createPullRequests(clients),
    comments: createComments(clients),
    commentWrites: createCommentWrites(clients),
    checkRuns: createCheckRuns(clients),
    checkRunWrites: createCheckRunWrites(clients),
    statuses: createCommitStatusWrites(clients),
    failedDeliveries: createFailedDeliveries(clients),
    botUserId: async ({ installationId }) => (await identity(installationId)).botUserId,
    gitCredential: createInstallationCredentials(clients),
  };
}
