import { readdir, rm } from "node:fs/promises";
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

type RigRepositoriesOptions = Partial<GitRepositoriesOptions> & { readonly credential?: GitCredential };

/** A real repository, and repositories of ours that know nothing of it yet. Everything is gone after `close`. */
export interface GitRig {
  readonly folder: string;
  readonly stateDir: string;
  readonly origin: TestRepository;
  readonly log: RecordedLog;
  /** Serves the folder of the origin; its URL is `server.url + "/" + name`. */
  serve(options?: Partial<GitHttpServerOptions>): Promise<GitHttpServer & { readonly repositoryUrl: string }>;
  repositories(options?: RigRepositoriesOptions): GitRepositoriesService;
  /** The origin, read by repositories of ours that were just started. */
  open(options?: RigRepositoriesOptions): ReturnType<GitRepositoriesService["open"]>;
  /** Where the origin's one mirror is. */
  mirrorFolder(): Promise<string>;
  close(): Promise<void>;
}

export async function createGitRig(): Promise<GitRig> {
  const folder = await temporaryFolder("git");
  const stateDir = join(folder, "state");
  const origin = await createTestRepository(join(folder, "shop"));
  const log = createRecordedLog();
  const toClose: (() => Promise<void>)[] = [];

  const rig: GitRig = {
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
    open: (options) => rig.repositories(options).open({ url: origin.directory, project: "default" }),
    async mirrorFolder() {
      const entries = await readdir(join(stateDir, "git"));
      return join(stateDir, "git", entries.find((entry) => entry.endsWith(".git")) ?? "");
    },
    async close() {
      for (const close of toClose.reverse()) await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return rig;
}
