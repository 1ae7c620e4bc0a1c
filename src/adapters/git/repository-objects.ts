import { OBJECT_ID, type TreeEntry } from "../../domain/git-tree.ts";
import type { ReadEntry } from "../../domain/read-set.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Commit } from "../../ports/git.ts";
import type { GitObject } from "../../ports/renderer.ts";
import { parseCommit, parseTagTarget } from "./commit-object.ts";
import type { SizedCache } from "./object-cache.ts";
import { type ObjectReader, ReaderDied } from "./object-reader.ts";
import { createTreeObject, diffTrees, type TreeObject } from "./tree-object.ts";

/** What a repository's objects say, read through the cache. All that needs no Git command of its own. */
export interface RepositoryObjects {
  readObject(oid: string): Promise<GitObject | undefined>;
  readCommit(sha: string): Promise<Commit>;
  changedPaths(from: string, to: string): Promise<readonly string[]>;
  entryAt(tree: string, path: string): Promise<Omit<ReadEntry, "mount">>;
  listingAt(tree: string, path: string): Promise<string | undefined>;
  /** The entry itself, submodules included; `undefined` where there is none. The root has no entry. */
  findEntry(tree: string, path: string): Promise<TreeEntry | undefined>;
  readFile(tree: string, path: string, bytesMax: number): Promise<Uint8Array | undefined>;
}

export interface RepositoryObjectsOptions {
  readonly reader: ObjectReader;
  /** Shared by all repositories; keys carry the repository's, since who may read one may not read another. */
  readonly trees: SizedCache<TreeObject>;
  readonly key: string;
  /** For messages. */
  readonly url: string;
  /** Whether an object was fetched, so that its absence is damage: Git calls unreadable ones missing. */
  readonly isExpected: (oid: string) => boolean;
  /** Called when an object cannot be read that should be there. */
  readonly onDamage: () => void;
}

/** Tags of tags of tags: nobody means this, and a loop cannot be made, but a long chain can. */
const TAG_DEPTH_MAX = 5;

/** Root trees that are remembered as fetched with their commit. */
const ROOTS_MAX = 2_000;

export function createRepositoryObjects(given: RepositoryObjectsOptions): RepositoryObjects {
  const roots = new Set<string>();
  const options = { ...given, isExpected: (oid: string) => given.isExpected(oid) || roots.has(oid) };
  const guarded = createDamageGuard(options);
  const trees = createTreeReader(options);

  return {
    readObject: (oid) =>
      guarded(async () => {
        const object = await readGitObject(options, oid);
        if (object === undefined && options.isExpected(oid)) throw notThere(options, oid);
        return object;
      }),
    findEntry: (tree, path) => guarded(() => findEntry(trees, tree, path)),
    readCommit: (sha) =>
      guarded(async () => {
        const commit = await readCommit(options, sha);
        if (roots.size >= ROOTS_MAX) roots.clear();
        if (given.isExpected(sha)) roots.add(commit.tree);
        return commit;
      }),
    changedPaths: (from, to) =>
      guarded(async () => {
        if (from === to) return [];
        const found: string[] = [];
        const roots = await Promise.all([trees.readRoot(from), trees.readRoot(to)]);
        await collectChanges({ trees, found }, "", roots);
        return found.sort();
      }),
    entryAt: (tree, path) =>
      guarded(async () => {
        if (path === "") return { path, kind: "directory", oid: (await trees.readRoot(tree)).oid };
        const entry = await findEntry(trees, tree, path);
        // Of a submodule this repository has nothing: for a reader nothing is there.
        if (entry === undefined || entry.kind === "submodule") return { path, kind: "absent" };
        return { path, kind: entry.kind, oid: entry.oid };
      }),
    listingAt: (tree, path) => guarded(() => listingAt(trees, tree, path)),
    readFile: (tree, path, bytesMax) =>
      guarded(async () => {
        const entry = await findEntry(trees, tree, path);
        if (entry?.kind !== "file") return undefined;
        const object = await options.reader.read(entry.oid);
        if (object === "missing") throw new RangeError("a file is missing that a tree names");
        return object === "tooLarge" || object.content.length > bytesMax ? undefined : object.content;
      }),
  };
}

/** What a tree costs once it is looked into: its bytes, its index by name, and what every object costs. */
function bytesInMemory(content: Buffer): number {
  return content.length * INDEX_FACTOR + OBJECT_OVERHEAD_BYTES;
}

/** Measured on folders of 10 to 5,000 entries, names of 8 to 20 characters. */
const INDEX_FACTOR = 4;
const OBJECT_OVERHEAD_BYTES = 600;

interface TreeReader {
  /** The tree of a commit, tag or tree id that somebody named. @throws OperationError RevisionNotFetched */
  readRoot(oid: string): Promise<TreeObject>;
  /** A tree that another names: its absence is damage. */
  readSubtree(oid: string): Promise<TreeObject>;
}

function createTreeReader(options: RepositoryObjectsOptions): TreeReader {
  const { trees, key } = options;
  const load = async (oid: string): Promise<TreeObject | undefined> => {
    const cached = trees.get(`${key}:${oid}`);
    if (cached !== undefined) return cached;
    const peeled = await peelToTree(options, oid, TAG_DEPTH_MAX);
    if (peeled === undefined) return undefined;
    const tree = createTreeObject(peeled.oid, peeled.content);
    trees.set(`${key}:${oid}`, tree, bytesInMemory(peeled.content));
    return tree;
  };
  return {
    async readRoot(oid) {
      const tree = await load(oid);
      if (tree === undefined) throw notThere(options, oid);
      return tree;
    },
    async readSubtree(oid) {
      const tree = await load(oid);
      if (tree === undefined) throw new RangeError("a tree is missing that another names");
      return tree;
    },
  };
}

async function findEntry(trees: TreeReader, root: string, path: string): Promise<TreeEntry | undefined> {
  const names = path.split("/");
  const last = names.pop() ?? "";
  let tree = await trees.readRoot(root);
  for (const name of names) {
    const entry = tree.find(name);
    if (entry?.kind !== "directory") return undefined;
    tree = await trees.readSubtree(entry.oid);
  }
  return tree.find(last);
}

async function listingAt(trees: TreeReader, tree: string, path: string): Promise<string | undefined> {
  if (path === "") return (await trees.readRoot(tree)).listing();
  const entry = await findEntry(trees, tree, path);
  return entry?.kind === "directory" ? (await trees.readSubtree(entry.oid)).listing() : undefined;
}

async function readCommit(options: RepositoryObjectsOptions, sha: string): Promise<Commit> {
  const object = await readGitObject(options, sha);
  if (object === undefined) throw notThere(options, sha);
  if (object.kind === "commit") return parseCommit(sha, object.content);
  throw OperationError.of("RevisionNotFound", { revision: sha, detail: "It is not a commit." });
}

/** Turns what only damage explains into its reason, and reports it, so that the mirror is made again. */
function createDamageGuard({ url, onDamage }: RepositoryObjectsOptions) {
  return async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ReaderDied) && !(error instanceof RangeError)) throw error;
      onDamage();
      throw OperationError.of("RepositoryDamaged", { url }, { cause: error });
    }
  };
}

function notThere({ isExpected, url }: RepositoryObjectsOptions, oid: string): Error {
  if (isExpected(oid)) return new RangeError("an object is missing that was fetched");
  return OperationError.of("RevisionNotFetched", { revision: oid, url });
}

interface Collection {
  readonly trees: TreeReader;
  readonly found: string[];
}

/** Both sides are read at once, and all folders of a level: the questions travel together. */
async function collectChanges(
  collection: Collection,
  folder: string,
  [before, after]: readonly [TreeObject, TreeObject],
): Promise<void> {
  const folders = diffTrees(before, after).flatMap((difference) => {
    const path = folder === "" ? difference.name : `${folder}/${difference.name}`;
    if (difference.before?.kind !== "directory" && difference.after?.kind !== "directory") {
      collection.found.push(path);
      return [];
    }
    return [{ path, sides: [difference.before, difference.after] }];
  });
  await Promise.all(
    folders.map(async ({ path, sides: [a, b] }) => {
      const trees = await Promise.all([folderTree(collection, a), folderTree(collection, b)]);
      await collectChanges(collection, path, trees);
    }),
  );
}

const EMPTY_TREE = createTreeObject("", Buffer.alloc(0));

async function folderTree({ trees }: Collection, entry: TreeEntry | undefined): Promise<TreeObject> {
  return entry?.kind === "directory" ? trees.readSubtree(entry.oid) : EMPTY_TREE;
}

async function readGitObject(
  { reader, url }: RepositoryObjectsOptions,
  oid: string,
): Promise<GitObject | undefined> {
  if (!OBJECT_ID.test(oid)) return undefined;
  const object = await reader.read(oid);
  if (object === "missing") return undefined;
  if (object === "tooLarge") {
    throw OperationError.of("RepositoryTooLarge", { url, limit: "what one file in it may hold" });
  }
  return object;
}

async function peelToTree(
  options: RepositoryObjectsOptions,
  oid: string,
  depthMax: number,
): Promise<{ readonly oid: string; readonly content: Buffer } | undefined> {
  const object = await readGitObject(options, oid);
  if (object === undefined) return undefined;
  switch (object.kind) {
    case "tree":
      return {
        oid,
        content: Buffer.from(object.content.buffer, object.content.byteOffset, object.content.length),
      };
    case "commit":
      return peelToTree(options, parseCommit(oid, object.content).tree, depthMax);
    case "tag": {
      const target = parseTagTarget(object.content);
      if (target !== undefined && depthMax > 0) return peelToTree(options, target, depthMax - 1);
      break;
    }
    case "blob":
      break;
  }
  throw OperationError.of("RevisionNotFound", { revision: oid, detail: "It names no directory tree." });
}
