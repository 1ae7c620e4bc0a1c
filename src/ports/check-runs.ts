import type { CheckReport, Repository } from "../domain/github.ts";

/** The check run `plumbline`, and those of single Applications beside it. */
export interface CheckRuns {
  /** The newest run of ours on the commit, or `undefined`. */
  find(repository: Repository, headSha: string): Promise<FoundCheckRun | undefined>;
  /** Names and ids of our other runs on the commit, the newest of each name. */
  listOthers(repository: Repository, headSha: string): Promise<ReadonlyMap<string, number>>;
}

export interface FoundCheckRun {
  readonly id: number;
  readonly isCompleted: boolean;
  readonly externalId: string;
}

/** Only `reconciler/publisher.ts` and its parts (`publish-*.ts`) hold it. */
export interface CheckRunWrites {
  /** Makes a new run; `externalId` lets us recognise it after a crash. `name` is `plumbline` unless told otherwise. */
  create(
    repository: Repository,
    headSha: string,
    run: CheckReport & { readonly externalId: string; readonly name?: string },
  ): Promise<WrittenCheckRun>;
  update(repository: Repository, checkRunId: number, run: CheckReport): Promise<WrittenCheckRun>;
}

export interface WrittenCheckRun {
  readonly id: number;
  /** GitHub's own Date of the answer. */
  readonly shownAt: number;
}
