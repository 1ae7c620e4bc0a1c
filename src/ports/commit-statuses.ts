import type { CommitStatusReport, Repository } from "../domain/github.ts";

/** Only `reconciler/publisher.ts` holds it. */
export interface CommitStatusWrites {
  create(repository: Repository, sha: string, status: CommitStatusReport): Promise<void>;
}
