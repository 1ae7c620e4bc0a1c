import type { ReadEntry } from "../domain/read-set.ts";
import type { RefTable } from "../domain/revision.ts";

/** Bare mirrors of the repositories that Applications and pull requests speak of. Opening one does no network. */
export interface GitRepositories {
  open(repository: RepositoryAddress): Promise<GitRepository>;
}

/** Where a repository is, and which credential may be used for it. Two addresses with one key share a mirror. */
export interface RepositoryAddress {
  /** As the Application writes it, without userinfo. */
  readonly url: string;
  /** Name of the project whose credentials apply; different projects never share a mirror's credentials. */
  readonly project: string;
}

/** One repository. Every method but `fetch` answers from the mirror. */
export interface GitRepository {
  /** Key for {@link Mount.repository}. */
  readonly key: string;
  /**
   * Refs on the remote, one `ls-remote`.
   * @throws OperationError RepositoryUnreachable, RepositoryDenied, RepositoryNotFound
   */
  listRefs(): Promise<RemoteRefs>;
  /**
   * Makes sure these commits, and all they reach, are in the mirror. Full SHAs; `refs` (full names) say where they can be
   * found if the server gives no commits by id. No SHAs: the tips of `refs`. Fetches at once are one fetch.
   * @throws OperationError RevisionNotFound, RepositoryUnreachable, RepositoryDenied, RepositoryNotFound
   */
  fetch(want: { readonly shas: readonly string[]; readonly refs: readonly string[] }): Promise<void>;
  /** @throws OperationError RevisionNotFound, RevisionNotFetched */
  readCommit(sha: string): Promise<Commit>;
  /** Whether `ancestor` is reachable from `descendant` (equal counts). */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** The one commit in the mirror whose SHA begins so; `undefined` for none or several. */
  findCommit(prefix: string): Promise<string | undefined>;
  /**
   * Merges without touching a work tree.
   * @throws OperationError RevisionsUnrelated, RevisionNotFetched
   */
  mergeTrees(base: string, head: string): Promise<MergeResult>;
  /** Paths whose entries differ, sorted; a renamed file is one path removed and one added. Trees or commits. */
  changedPaths(from: string, to: string): Promise<readonly string[]>;
  /** What a path is in a tree; `kind: "absent"` where it is nothing. Links are not followed. */
  entryAt(tree: string, path: string): Promise<Omit<ReadEntry, "mount">>;
  /** The digest of a directory's {@link listingText}; `undefined` where the path is no directory. */
  listingAt(tree: string, path: string): Promise<string | undefined>;
  /** File content, or `undefined` where the path is not a file of at most `bytesMax`. */
  readFile(tree: string, path: string, bytesMax: number): Promise<Uint8Array | undefined>;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** First line of the message. */
  readonly subject: string;
  readonly author: string;
}

/** Annotated tags are listed peeled, as the commit they name. */
export type RemoteRefs = RefTable;

export type MergeResult =
  | { readonly kind: "merged"; readonly tree: string }
  | { readonly kind: "conflict"; readonly paths: readonly string[] };
