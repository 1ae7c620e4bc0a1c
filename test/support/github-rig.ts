import { createGitHubClient, type GitHubClient } from "../../src/adapters/github/client.ts";
import { createRepositories } from "../../src/adapters/github/repositories.ts";
import { createSystemClock } from "../../src/adapters/system/clock.ts";
import type { Repository } from "../../src/domain/github.ts";
import type { Clock } from "../../src/ports/clock.ts";
import {
  createGitHubDouble,
  type GitHubDouble,
  type GitHubDoubleOptions,
} from "../../src/sandbox/github/github-double.ts";
import type { RepositoryState } from "../../src/sandbox/github/model.ts";
import type { PullPlace } from "../../src/sandbox/github/present-pull-request.ts";

/** A double with one repository and one pull request, and the App's client for it. */
export interface GitHubRig {
  readonly github: GitHubDouble;
  readonly client: GitHubClient;
  readonly clock: SteppedClock;
  /** In the double. */
  readonly shop: RepositoryState;
  /** As the adapters see it. */
  readonly repository: Repository;
  readonly pull: PullPlace;
}

/** Real time, which a test can push on: GitHub's times have whole seconds only. */
export interface SteppedClock extends Clock {
  advance(ms: number): void;
}

export function createSteppedClock(): SteppedClock {
  const real = createSystemClock();
  let aheadMs = 0;
  return {
    now: () => real.now() + aheadMs,
    monotonic: () => real.monotonic() + aheadMs,
    // Waiting is not what these tests are about.
    async sleep(ms) {
      aheadMs += ms;
    },
    advance(ms) {
      aheadMs += ms;
    },
  };
}

export async function createGitHubRig(options: GitHubDoubleOptions = {}): Promise<GitHubRig> {
  const clock = createSteppedClock();
  const github = await createGitHubDouble({ now: () => clock.now(), ...options });
  return createPlace(github, clock, "octo");
}

/** Another repository, pull request, installation and client on the same double: nothing is left of the last test. */
export function createNextRig({ github, clock }: GitHubRig): Promise<GitHubRig> {
  return createPlace(github, clock, `octo-${Math.floor(clock.monotonic() * 1000)}`);
}

async function createPlace(github: GitHubDouble, clock: SteppedClock, owner: string): Promise<GitHubRig> {
  const client = createClientFor(github, clock);
  const shop = await github.createRepository({ owner, name: "shop", files: { "web.yaml": "replicas: 1\n" } });
  github.createUser("alice");
  github.grant(shop, "alice", "write");
  await github.push(shop, { by: "alice", branch: "more", files: { "web.yaml": "replicas: 2\n" } });
  const pull = await github.openPullRequest(shop, { by: "alice", title: "More", head: "more" });
  const installationId = github.installationOf(shop)?.id ?? 0;
  const repository = await createRepositories(client).get(installationId, shop.id);
  if (repository === undefined) throw new Error("the App sees no repository");
  return { github, client, clock, shop, repository, pull };
}

export function createClientFor(github: GitHubDouble, clock: Clock): GitHubClient {
  const { id: appId, privateKey } = github.app;
  return createGitHubClient({ appId, privateKey, baseUrl: github.apiUrl, clock, random: () => 0 });
}
