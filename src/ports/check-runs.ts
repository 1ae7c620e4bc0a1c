import type { CheckReport, Repository } from "../domain/github.ts";

/** The check run `plumbline`. */
export interface CheckRuns {
  /** The newest run of ours on the commit, or `undefined`. */
  find(repository: Repository, headSha: string): Promise<FoundCheckRun | undefined>;
}

export interface FoundCheckRun {
  readonly id: number;
  readonly isCompleted: boolean;
  readonly externalId: string;
}

/** Only `reconciler/publisher.ts` holds it. */
export interface CheckRunWrites {
  /** Makes a new run; `externalId` lets us recognise it after a crash. */
  create(
    repository: Repository,
    headSha: string,
    run: CheckReport & { readonly externalId: string },
  ): Promise<WrittenCheckRun>;
  update(repository: Repository, checkRunId: number, run: CheckReport): Promise<WrittenCheckRun>;
}

export interface WrittenCheckRun {
  readonly id: number;
  /** GitHub's own Date of the answer. */
  readonly shownAt: number;
}
