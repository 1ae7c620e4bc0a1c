import { OperationError } from "../../errors/operation-error.ts";
import type { GitHubClient } from "./client.ts";

/** Who the App is on GitHub: its own comments are recognised by these. */
export interface AppIdentity {
  readonly appId: number;
  readonly slug: string;
  /** `SLUG[bot]`, the author of what the App writes. */
  readonly botLogin: string;
  readonly botUserId: number;
}

/**
 * Asks once and remembers.
 * @param installationId - any one of ours: the bot's account is not readable as the App itself.
 * @throws OperationError GitHubCredentialRefused when the key is not the App's
 */
export function createIdentity(
  clients: Pick<GitHubClient, "asApp" | "asInstallation">,
): (installationId: number) => Promise<AppIdentity> {
  let known: AppIdentity | undefined;
  return async (installationId) => {
    known ??= await ask(clients, installationId);
    return known;
  };
}

async function ask(
  clients: Pick<GitHubClient, "asApp" | "asInstallation">,
  installationId: number,
): Promise<AppIdentity> {
  const { data: app } = await clients.asApp().rest.apps.getAuthenticated();
  if (app === null || app.slug === undefined)
    throw OperationError.of("GitHubCredentialRefused", { who: "app" });
  const botLogin = `${app.slug}[bot]`;
  const { data: bot } = await clients
    .asInstallation(installationId)
    .rest.users.getByUsername({ username: botLogin });
  return { appId: app.id, slug: app.slug, botLogin, botUserId: bot.id };
}
