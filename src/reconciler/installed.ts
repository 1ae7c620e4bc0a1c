import type { PullRequest, Repository } from "../domain/github.ts";
import type { Repositories } from "../ports/repositories.ts";
import { isSameRepository } from "./find-change.ts";

/** The repositories the App is installed on, and their open pull requests, as last listed. */
export interface Installed {
  list(): readonly Repository[];
  byId(repositoryId: number): Repository | undefined;
  byUrl(url: string): Repository | undefined;
  /** Pull requests that were open when last seen, and the branch each is to be merged into. */
  openPulls(repositoryId: number): readonly OpenPull[];
  /** Takes note of a pull request just read. */
  see(repositoryId: number, pull: PullRequest): void;
  /** Lists the repositories anew. @throws OperationError GitHub… */
  refresh(): Promise<void>;
}

export interface OpenPull {
  readonly number: number;
  readonly baseBranch: string;
}

export function createInstalled(repositories: Repositories): Installed {
  let known: ReadonlyMap<number, Repository> = new Map();
  const open = new Map<number, Map<number, OpenPull>>();
  return {
    list: () => [...known.values()],
    byId: (repositoryId) => known.get(repositoryId),
    byUrl: (url) => [...known.values()].find(({ cloneUrl }) => isSameRepository(cloneUrl, url)),
    openPulls: (repositoryId) => [...(open.get(repositoryId)?.values() ?? [])],
    see(repositoryId, { number, state, base }) {
      const pulls = open.get(repositoryId) ?? new Map<number, OpenPull>();
      open.set(repositoryId, pulls);
      if (state === "open") pulls.set(number, { number, baseBranch: base.branch });
      else pulls.delete(number);
    },
    async refresh() {
      known = new Map((await repositories.list()).map((repository) => [repository.id, repository]));
    },
  };
}
