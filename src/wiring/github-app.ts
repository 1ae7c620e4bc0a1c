import { pino } from "pino";
import { Probot } from "probot";

import { type AppParts, createApp } from "../app.ts";
import type { VerifiedDelivery } from "../server/webhook-intake.ts";

export interface GitHubAppOptions extends AppParts {
  readonly privateKey: string;
  /** The first of the intake's: Probot wants one, but never checks by it here. */
  readonly secret: string;
  readonly baseUrl: string;
}

/**
 * Probot with our app function, fed by our own intake: that checks signatures over the raw bytes, with limits, before
 * anything is parsed or kept, which Probot's middleware does not.
 * @returns hands over a verified delivery; resolves when what it asks for is written down.
 */
export async function startGitHubApp(
  options: GitHubAppOptions,
): Promise<(delivery: VerifiedDelivery) => Promise<void>> {
  const { self, privateKey, secret, baseUrl } = options;
  const probot = new Probot({
    appId: self.appId,
    privateKey,
    secret,
    baseUrl,
    // Its own log prints payloads; what fails here is thrown to the intake, and logged there.
    log: pino({ enabled: false }),
  });
  await probot.ready();
  await probot.load(createApp(options));
  return ({ id, event, payload }) =>
    // Names that the app did not subscribe to have been sorted out by the intake.
    probot.receive({ id, name: event, payload } as unknown as Parameters<typeof probot.receive>[0]);
}
