import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import {
  createGitRepositories,
  type GitRepositoriesOptions,
  type GitRepositoriesService,
} from "../../src/adapters/git/git-repositories.ts";
import { createSystemClock } from "../../src/adapters/system/clock.ts";
import type { GitCredential } from "../../src/domain/git-credential.ts";
import { type GitHttpServer, type GitHttpServerOptions, startGitHttpServer } from "./git-http-server.ts";
import { createTestRepository, type TestRepository, temporaryFolder } from "./git-repository.ts";
import { createRecordedLog, type RecordedLog } from "./silent-log.ts";

/** A real repository, and repositories of ours that know nothing of it yet. Everything is gone after `close`. */
export interface GitRig {
  readonly folder: string;
  readonly stateDir: string;
  readonly origin: TestRepository;
  readonly log: RecordedLog;
  /** Serves the folder of the origin; its URL is `server.url + "/" + name`. */
  serve(options?: Partial<GitHttpServerOptions>): Promise<GitHttpServer & { readonly repositoryUrl: string }>;
  repositories(
    options?: Partial<GitRepositoriesOptions> & { credential?: GitCredential },
  ): GitRepositoriesService;
  close(): Promise<void>;
}

export async function createGitRig(): Promise<GitRig> {
  const folder = await temporaryFolder("git");
  const stateDir = join(folder, "state");
  const origin = await createTestRepository(join(folder, "shop"));
  const log = createRecordedLog();
  const toClose: (() => Promise<void>)[] = [];

  return {
    folder,
    stateDir,
    origin,
    log,
    async serve(options = {}) {
      const server = await startGitHttpServer({ root: dirname(origin.directory), ...options });
      toClose.push(() => server.close());
      return { ...server, repositoryUrl: `${server.url}/${basename(origin.directory)}` };
    },
    repositories({ credential, ...options } = {}) {
      const repositories = createGitRepositories({
        stateDir,
        credentials: { credentialFor: async () => credential },
        log,
        clock: createSystemClock(),
        environment: { PATH: process.env["PATH"] },
        allow: ["https", "http", "ssh", "file"],
        ...options,
        limits: { retryWaitsMs: [1, 1], ...options.limits },
      });
      toClose.push(() => repositories.close());
      return repositories;
    },
    async close() {
      for (const close of toClose.reverse()) await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
