import { rm } from "node:fs/promises";

import {
  createGitRepositories,
  type GitRepositoriesOptions,
} from "../../src/adapters/git/git-repositories.ts";
import { createSystemClock } from "../../src/adapters/system/clock.ts";
import { temporaryFolder } from "../support/git-repository.ts";
import { createRecordedLog } from "../support/silent-log.ts";
import { describeGitRepository, type GitRepositoryHarness } from "./git-repository.contract.ts";

async function harness(url: string, options: Partial<GitRepositoriesOptions>): Promise<GitRepositoryHarness> {
  const stateDir = await temporaryFolder("git-contract");
  const repositories = createGitRepositories({
    stateDir,
    credentials: { credentialFor: async () => undefined },
    log: createRecordedLog(),
    clock: createSystemClock(),
    ...options,
  });
  return {
    repository: await repositories.open({ url, project: "default" }),
    async close() {
      await repositories.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

describeGitRepository("a mirror", (origin) => harness(origin, { allow: ["file"] }));
describeGitRepository("a directory read in place", (origin) =>
  harness("https://git.example/shop", { standIns: [{ directory: origin }] }),
);
