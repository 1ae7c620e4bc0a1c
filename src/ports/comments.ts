import type { Comment, Reaction, Repository } from "../domain/github.ts";

/** Comments of pull requests. Errors: OperationError of the `GitHub…` family. */
export interface Comments {
  /** Fresh from the API; `undefined` when it was deleted. */
  get(repository: Repository, commentId: number): Promise<Comment | undefined>;
  /** Oldest first, all pages; `since` is GitHub's updated-at filter, 0 for all. */
  list(repository: Repository, pullRequestNumber: number, since: number): Promise<readonly Comment[]>;
}

/** What we write beneath a pull request; only `reconciler/publisher.ts` and its parts (`publish-*.ts`) hold it. */
export interface CommentWrites {
  /** @throws OperationError GitHubTextTooLong when GitHub refuses the length: shrink and try again. */
  create(repository: Repository, pullRequestNumber: number, body: string): Promise<WrittenComment>;
  /** @returns undefined when the comment is gone. */
  update(repository: Repository, commentId: number, body: string): Promise<WrittenComment | undefined>;
  /** Adds our reaction; adding it twice is the same as once. */
  react(repository: Repository, commentId: number, reaction: Reaction): Promise<void>;
}

export interface WrittenComment {
  readonly id: number;
  /** GitHub's own Date of the answer: when it was shown. */
  readonly shownAt: number;
}
