import type { PullRequest, Repository } from "../domain/github.ts";

/** Reads of pull requests. Errors: OperationError of the `GitHub…` family. */
export interface PullRequests {
  /** Fresh from the API; `undefined` where there is no such pull request. */
  get(repository: Repository, number: number): Promise<PullRequest | undefined>;
  /**
   * Pull requests, open and closed, updated since the last call with the same `since`, by one conditional request in the
   * usual case: `unchanged` costs no quota.
   */
  listUpdated(repository: Repository, since: number): Promise<PullRequestList>;
  /** Every open pull request, all pages. */
  listOpen(repository: Repository): Promise<readonly PullRequest[]>;
  /** Pull requests whose merge brought this commit to its branch. */
  listForCommit(repository: Repository, sha: string): Promise<readonly PullRequest[]>;
}

export type PullRequestList =
  | { readonly kind: "unchanged" }
  | { readonly kind: "changed"; readonly pullRequests: readonly PullRequest[] };
