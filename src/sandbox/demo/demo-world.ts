import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { makeTemporaryFolder } from "../../adapters/system/temporary-folder.ts";
import type { ApplicationStatus } from "../../domain/application-status.ts";
import { createGitHubDouble, type GitHubDouble } from "../github/github-double.ts";
import type { RepositoryState } from "../github/model.ts";
import type { PullPlace } from "../github/present-pull-request.ts";
import { demoControlPlane } from "./demo-applications.ts";
import { demoChange, demoFiles } from "./demo-repository.ts";

/** What Plumbline looks like to the demo, once it runs. */
export interface DemoServer {
  readonly port: number;
  statuses(): readonly ApplicationStatus[];
  subscribe(changed: () => void): () => void;
  close(): Promise<void>;
}

/** A GitHub of one's own, a folder as the control plane, and people. */
export interface DemoWorld {
  readonly github: GitHubDouble;
  readonly repository: RepositoryState;
  readonly folder: string;
  readonly controlPlane: string;
  readonly stateDir: string;
  openPullRequest(): Promise<PullPlace>;
  close(): Promise<void>;
}

/** alice may do everything, bob may write, eve may only read. */
export const DEMO_PEOPLE = { owner: "alice", writer: "bob", reader: "eve" } as const;

const BRANCH = "more-replicas";

export async function createDemoWorld(namespace: string): Promise<DemoWorld> {
  const github = await createGitHubDouble();
  const { path: folder, remove } = await makeTemporaryFolder({ purpose: "demo" });
  const repository = await github.createRepository({
    owner: DEMO_PEOPLE.owner,
    name: "shop",
    files: demoFiles(),
  });
  github.createUser(DEMO_PEOPLE.writer);
  github.createUser(DEMO_PEOPLE.reader);
  github.grant(repository, DEMO_PEOPLE.writer, "write");
  github.grant(repository, DEMO_PEOPLE.reader, "read");
  const controlPlane = join(folder, "control-plane");
  await mkdir(controlPlane);
  const files = demoControlPlane(github.cloneUrl(repository), namespace);
  for (const [name, text] of Object.entries(files)) await writeFile(join(controlPlane, name), text);
  return {
    github,
    repository,
    folder,
    controlPlane,
    stateDir: join(folder, "state"),
    async openPullRequest() {
      await github.push(repository, {
        by: DEMO_PEOPLE.writer,
        branch: BRANCH,
        files: demoChange(),
        message: "More replicas, newer images",
      });
      return github.openPullRequest(repository, {
        by: DEMO_PEOPLE.writer,
        title: "More replicas, newer images",
        head: BRANCH,
      });
    },
    async close() {
      await github.close();
      await remove();
    },
  };
}
