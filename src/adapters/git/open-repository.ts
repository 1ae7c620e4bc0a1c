import { existsSync } from "node:fs";
import { join } from "node:path";

import type { RepositoryUrl } from "../../domain/repository-url.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { GitRepository, RepositoryAddress } from "../../ports/git.ts";
import type { GitObject } from "../../ports/renderer.ts";
import { borrowObjects, type LocalDirectory, openLocalDirectory } from "./local-directory.ts";
import { openMirror } from "./mirror.ts";
import { createObjectReader } from "./object-reader.ts";
import { createRemote } from "./remote.ts";
import { createRepositoryCommands } from "./repository-commands.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { createRepositoryObjects } from "./repository-objects.ts";
import { type ResolvedPath, resolveInTree } from "./resolve-in-tree.ts";

/** A repository with what only this process's own parts ask of it. */
export interface OpenRepository extends GitRepository {
  readObject(oid: string): Promise<GitObject | undefined>;
  /** What a path is once links are followed, inside the tree only. */
  resolvePath(tree: string, path: string): Promise<ResolvedPath>;
  /** Paths of a local directory that are not committed, and so not rendered; empty for mirrors. */
  uncommittedPaths(): Promise<readonly string[]>;
  close(): Promise<void>;
}

type Common = RepositoryContext & { readonly key: string };

/** A bare mirror of a remote repository. No network until it is asked for refs or commits. */
export async function openMirrorRepository(
  options: Common & { readonly address: RepositoryAddress; readonly url: RepositoryUrl },
): Promise<OpenRepository> {
  const { key, folder, git, limits, closed } = options;
  const gitDirectory = join(folder, `${key}.git`);
  const remote = createRemote({ ...options, closed: closed.signal });
  const commandsFor = (directory: string) =>
    createRepositoryCommands({
      git,
      gitDirectory: directory,
      url: remote.printable,
      limits,
      closed: closed.signal,
    });
  const reader = createReader(options, gitDirectory);
  const mirror = await openMirror({
    ...options,
    gitDirectory,
    remote,
    commandsFor,
    closed: closed.signal,
    onReplaced: () => reader.restart(),
  });
  const objects = createRepositoryObjects({
    ...options,
    reader,
    url: remote.printable,
    isExpected: (oid) => mirror.has(oid),
    onDamage: () => mirror.reportDamage(),
  });
  const { isAncestor, mergeTrees } = commandsFor(gitDirectory);

  return {
    key,
    ...objects,
    isAncestor,
    mergeTrees,
    listRefs: () => remote.listRefs(),
    fetch: (want) => mirror.fetch(want),
    findCommit: (prefix) => commandsFor(gitDirectory).findCommit(prefix),
    resolvePath: (tree, path) => resolveInTree(objects, tree, path),
    uncommittedPaths: async () => [],
    async close() {
      reader.close();
      await mirror.settle();
    },
  };
}

/** A directory of this machine, read in place: nothing is fetched, for everything is there. */
export async function openLocalRepository(
  options: Common & { readonly directory: string },
): Promise<OpenRepository> {
  const { key, folder, git, limits, closed } = options;
  const local = await openLocalDirectory({ ...options, closed: closed.signal });
  const gitDirectory = join(folder, `${key}.git`);
  const url = local.directory;
  const commands = createRepositoryCommands({ git, gitDirectory, url, limits, closed: closed.signal });
  await borrowObjects(local, gitDirectory, commands.run);
  const reader = createReader(options, gitDirectory);
  const objects = createRepositoryObjects({
    ...options,
    reader,
    url,
    isExpected: () => false,
    onDamage: () => {},
  });

  return {
    key,
    ...objects,
    isAncestor: commands.isAncestor,
    mergeTrees: (...commits) => commands.mergeTrees(...commits).catch(blameShallowness(local)),
    findCommit: commands.findCommit,
    listRefs: () => local.listRefs(),
    async fetch({ shas }) {
      for (const sha of shas) {
        if ((await objects.readObject(sha))?.kind === "commit") continue;
        const detail = `The directory \`${url}\` does not have it; fetch it there.`;
        throw OperationError.of("RevisionNotFound", { revision: sha, detail });
      }
    },
    resolvePath: (tree, path) => resolveInTree(objects, tree, path),
    uncommittedPaths: () => local.uncommittedPaths(),
    async close() {
      reader.close();
    },
  };
}

/** What a shallow clone lacks looks to Git as if it had never been. */
function blameShallowness({ directory, shallowFile }: LocalDirectory): (error: unknown) => Promise<never> {
  return async (error) => {
    const isUnrelated = error instanceof OperationError && error.reason === "RevisionsUnrelated";
    if (!isUnrelated || !existsSync(shallowFile)) throw error;
    throw OperationError.of("HistoryIncomplete", { directory }, { cause: error });
  };
}

function createReader({ git, clock, limits }: Common, gitDirectory: string) {
  const { objectBytesMax, readerIdleMs: idleMs } = limits;
  return createObjectReader({ git, clock, gitDirectory, objectBytesMax, idleMs });
}
