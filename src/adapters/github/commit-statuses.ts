import type { CommitStatusWrites } from "../../ports/commit-statuses.ts";
import type { GitHubClient } from "./client.ts";
import { nameOf } from "./pull-requests.ts";

/** Writes as the App; the newest status of a context counts, so writing one twice does no harm. */
export function createCommitStatusWrites(clients: Pick<GitHubClient, "asInstallation">): CommitStatusWrites {
  return {
    async create(repository, sha, { context, state, description, targetUrl }) {
      const { repos } = clients.asInstallation(repository.installationId).rest;
      const target = targetUrl === "" ? {} : { target_url: targetUrl };
      await repos.createCommitStatus({ ...nameOf(repository), sha, context, state, description, ...target });
    },
  };
}
