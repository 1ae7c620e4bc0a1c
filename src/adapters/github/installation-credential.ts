import type { Repository } from "../../domain/github.ts";
import type { GitHubClient } from "./client.ts";

/** User name and password for Git over HTTPS. Never for a command line, a URL or a log. */
export interface InstallationCredential {
  readonly username: string;
  readonly password: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The installation's token as Git takes it. @throws OperationError InstallationSuspended, GitHubNotFound, … */
export function createInstallationCredentials(
  clients: Pick<GitHubClient, "tokenFor">,
): (repository: Pick<Repository, "installationId">) => Promise<InstallationCredential> {
  return async ({ installationId }) => {
    const { token, expiresAt } = await clients.tokenFor(installationId);
    return { username: "x-access-token", password: token, expiresAt };
  };
}
