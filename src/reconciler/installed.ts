import type { PullRequest, Repository } from "../domain/github.ts";
import type { Repositories } from "../ports/repositories.ts";
import { isSameRepository } from "./find-change.ts";

/** The repositories the App is installed on, and their open pull requests, as last listed. */
export interface Installed {
  list(): readonly Repository[];
  byId(repositoryId: number): Repository | undefined;
  byUrl(url: string): Repository | undefined;
  /** Numbers of pull requests that were open when last seen. */
  openPulls(repositoryId: number): readonly number[];
  /** Takes note of a pull request just read. */
  see(repositoryId: number, pull: PullRequest): void;
  /** Lists the repositories anew. @throws OperationError GitHub… */
  refresh(): Promise<void>;
}

export function createInstalled(repositories: Repositories): Installed {
  let known: ReadonlyMap<number, Repository> = new Map();
  const open = new Map<number, Set<number>>();
  return {
    list: () => [...known.values()],
    byId: (repositoryId) => known.get(repositoryId),
    byUrl: (url) => [...known.values()].find(({ cloneUrl }) => isSameRepository(cloneUrl, url)),
    openPulls: (repositoryId) => [...(open.get(repositoryId) ?? [])],
    see(repositoryId, { number, state }) {
      const numbers = open.get(repositoryId) ?? new Set();
      open.set(repositoryId, numbers);
      if (state === "open") numbers.add(number);
      else numbers.delete(number);
    },
    async refresh() {
      known = new Map((await repositories.list()).map((repository) => [repository.id, repository]));
    },
  };
}
