import { ProbotOctokit } from "probot";

import type { Clock } from "../../ports/clock.ts";
import { type AppCredentials, signAppJwt } from "./app-jwt.ts";
import { BUDGET_LIMITS, type BudgetLimits, createBudget } from "./budget.ts";
import { createInstallationTokens, type InstallationToken } from "./installation-tokens.ts";
import { type Identity, sendAs } from "./sending.ts";

export type Octokit = InstanceType<typeof ProbotOctokit>;

export interface GitHubClientOptions extends AppCredentials {
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** In [0, 1): spreads retries. */
  readonly random: () => number;
  readonly limits?: Partial<BudgetLimits>;
}

/**
 * Octokit for the App and for each of its installations. Every request of theirs carries the right credential, keeps to
 * the installation's budget, is tried again where that cannot do it twice, and fails as an OperationError of the
 * `GitHub…` family. A 304 comes back as a response.
 */
export interface GitHubClient {
  readonly appId: number;
  asApp(): Octokit;
  asInstallation(installationId: number): Octokit;
  /** A token that will not end within the next minutes. */
  tokenFor(installationId: number): Promise<InstallationToken>;
}

/** Octokit's own log repeats what our errors say, with bodies. */
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Dates of answers are whole seconds and have travelled: less than this is no difference of clocks. */
const SKEW_MS_MIN = 5_000;

export function createGitHubClient(options: GitHubClientOptions): GitHubClient {
  const { clock, appId } = options;
  const newBudget = () => createBudget(clock, { ...BUDGET_LIMITS, ...options.limits });
  const installations = new Map<number, Octokit>();
  // How far GitHub's clock is ahead of ours, known once it has refused a token for its times (T267).
  let skewMs = 0;

  const app = createOctokit(options, {
    who: "app",
    installationId: undefined,
    budget: newBudget(),
    authorization: () => Promise.resolve(`Bearer ${signAppJwt(options, clock.now() + skewMs)}`),
    refused(_authorization, date) {
      const difference = date === undefined ? 0 : date - clock.now();
      skewMs = Math.abs(difference) < SKEW_MS_MIN ? 0 : difference;
    },
  });

  const tokens = createInstallationTokens(clock, async (installationId) => {
    const { data } = await app.rest.apps.createInstallationAccessToken({ installation_id: installationId });
    return { token: data.token, expiresAt: Date.parse(data.expires_at) - skewMs };
  });

  function newInstallation(installationId: number): Octokit {
    return createOctokit(options, {
      who: "installation",
      installationId,
      budget: newBudget(),
      authorization: async () => `token ${(await tokens.tokenFor(installationId)).token}`,
      refused: (authorization) => tokens.forget(installationId, authorization.slice("token ".length)),
    });
  }

  return {
    appId,
    asApp: () => app,
    asInstallation(installationId) {
      const octokit = installations.get(installationId) ?? newInstallation(installationId);
      installations.set(installationId, octokit);
      return octokit;
    },
    tokenFor: (installationId) => tokens.tokenFor(installationId),
  };
}

/** Probot's Octokit with our own credentials, pacing and retries in place of its plugins'. */
function createOctokit(options: GitHubClientOptions, identity: Identity): Octokit {
  const octokit = new ProbotOctokit({
    baseUrl: options.baseUrl,
    authStrategy: undefined,
    throttle: { enabled: false },
    retry: { enabled: false },
    log: SILENT,
  });
  octokit.hook.wrap("request", (request, asked) => sendAs(identity, { options: asked, request }, options));
  return octokit;
}
