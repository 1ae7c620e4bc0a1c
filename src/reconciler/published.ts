import type { Repository } from "../domain/github.ts";

export interface PullRequestPlace {
  readonly repository: Repository;
  readonly number: number;
}

/** What is told about a base: told anew only when more has changed than where the base is (DESIGN §7). */
export interface Based {
  /** SHA of the base's commit; absent where there is none. */
  readonly baseSha?: string;
}

export interface Shown {
  readonly shownAt: number | undefined;
  readonly id: number | undefined;
}

/** One pull request among all. */
export function keyOf({ repository, number }: PullRequestPlace): string {
  return `${repository.id}/${number}`;
}
