import type { TreeEntry } from "../../domain/git-tree.ts";
import { parseTree } from "../../domain/parse-tree.ts";
import type { AbsentObject } from "../../domain/renderer-protocol.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { GitObject, Mount, ObjectSource } from "../../ports/renderer.ts";

/** An object on its way to the renderer, or why it is not. */
export interface ServedObject {
  readonly oid: string;
  readonly kind: "blob" | "tree";
  readonly content: Uint8Array | AbsentObject;
}

/** Hands Git objects to the renderer: those that a mount's tree leads to by a path, and no other. */
export interface ObjectServer {
  /** The object at a path, if it is this one, and a little of what is likely to be wanted next. */
  serve(mount: Mount, path: string, oid: string): Promise<readonly ServedObject[]>;
  /** What a render of this path is likely to open, as far as it has not been sent before. */
  foresee(mount: Mount, path: string): Promise<readonly ServedObject[]>;
  /** The renderer is a new one and has nothing. */
  forget(): void;
}

/** Larger than any manifest; the renderer's own limit for a file is lower than what a frame can hold. */
const OBJECT_BYTES_MAX = 64 * 1024 * 1024;
/** What is sent unasked at a time: a chart or a base of the usual size, whole. */
const FORESEEN_OBJECTS_MAX = 96;
const FORESEEN_ENTRIES_MAX = 48;
const FORESEEN_DEPTH_MAX = 4;
const SENT_MAX = 200_000;
const TREES_MAX = 4_096;
/** What tools open in a folder; other files are sent when they are asked for. */
const FORESEEN_NAME =
  /\.(ya?ml|tpl|txt|json|lock|env|properties|conf)$|^(\.helmignore|kustomization|.*chart.*)$/i;

interface KnownTree {
  readonly object: ServedObject;
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

interface State {
  readonly objects: ObjectSource;
  readonly trees: Map<string, Promise<KnownTree | undefined>>;
  readonly sent: Set<string>;
}

export function createObjectServer(objects: ObjectSource): ObjectServer {
  const state: State = { objects, trees: new Map(), sent: new Set() };
  return {
    serve: (mount, path, oid) => serve({ ...state, mount, into: [] }, path, oid),
    async foresee(mount, path) {
      const parcel: Parcel = { ...state, mount, into: [] };
      const found = await walk(parcel, path);
      if (found?.kind === "directory") await addBelow(parcel, found.oid);
      return parcel.into;
    },
    forget() {
      state.sent.clear();
    },
  };
}

/** Objects put together to be sent. */
interface Parcel extends State {
  readonly mount: Mount;
  readonly into: ServedObject[];
}

async function serve(parcel: Parcel, path: string, oid: string): Promise<readonly ServedObject[]> {
  const found = await walk({ ...parcel, into: [] }, path);
  const object = found?.oid === oid && found.kind !== "submodule" ? await objectAt(parcel, found) : undefined;
  if (object === undefined) return [{ oid, kind: "blob", content: "missing" }];
  parcel.sent.add(keyOf(parcel, oid));
  parcel.into.push(object);
  if (object.kind === "tree") await addBelow(parcel, oid);
  return parcel.into;
}

async function objectAt(
  parcel: Parcel,
  { kind, oid }: Pick<TreeEntry, "kind" | "oid">,
): Promise<ServedObject | undefined> {
  return kind === "directory" ? (await treeOf(parcel, oid))?.object : read(parcel, oid);
}

/** Follows a path down from the root, without links, and adds the trees on the way. */
async function walk(parcel: Parcel, path: string): Promise<Pick<TreeEntry, "kind" | "oid"> | undefined> {
  let here: Pick<TreeEntry, "kind" | "oid"> = { kind: "directory", oid: parcel.mount.tree };
  for (const name of path.split("/").filter((part) => part !== "" && part !== ".")) {
    if (here.kind !== "directory") return undefined;
    await addTree(parcel, here.oid);
    const entry = (await treeOf(parcel, here.oid))?.entries.get(name);
    if (entry === undefined) return undefined;
    here = entry;
  }
  if (here.kind === "directory") await addTree(parcel, here.oid);
  return here;
}

async function addTree(parcel: Parcel, oid: string): Promise<void> {
  const tree = await treeOf(parcel, oid);
  if (tree !== undefined) add(parcel, tree.object);
}

/** Breadth first, so that what is near comes before the bound is met. */
async function addBelow(parcel: Parcel, root: string): Promise<void> {
  let level: readonly string[] = [root];
  for (let depth = 0; depth < FORESEEN_DEPTH_MAX && level.length > 0; depth += 1) {
    const trees = await Promise.all(level.map((oid) => treeOf(parcel, oid)));
    const entries = trees
      .flatMap((tree) =>
        tree === undefined || tree.entries.size > FORESEEN_ENTRIES_MAX ? [] : [...tree.entries.values()],
      )
      .filter(isForeseen)
      .slice(0, Math.max(0, FORESEEN_OBJECTS_MAX - parcel.into.length));
    const found = await Promise.all(entries.map((entry) => foreseen(parcel, entry)));
    for (const object of found) if (object !== undefined) add(parcel, object);
    level = entries.filter(({ kind }) => kind === "directory").map(({ oid }) => oid);
  }
}

async function foreseen(parcel: Parcel, entry: TreeEntry): Promise<ServedObject | undefined> {
  if (parcel.sent.has(keyOf(parcel, entry.oid))) return undefined;
  return objectAt(parcel, entry);
}

function isForeseen({ kind, name }: TreeEntry): boolean {
  return kind === "directory" || kind === "link" || (kind === "file" && FORESEEN_NAME.test(name));
}

function add(parcel: Parcel, object: ServedObject): void {
  const key = keyOf(parcel, object.oid);
  if (parcel.sent.has(key)) return;
  if (parcel.sent.size >= SENT_MAX) parcel.sent.clear();
  parcel.sent.add(key);
  parcel.into.push(object);
}

/** Read and parsed once, however many renders of one commit begin at the same time. */
function treeOf(parcel: Parcel, oid: string): Promise<KnownTree | undefined> {
  const { trees } = parcel;
  const key = keyOf(parcel, oid);
  const known = trees.get(key);
  if (known !== undefined) return known;
  if (trees.size >= TREES_MAX) trees.clear();
  const tree = readTree(parcel, oid);
  trees.set(key, tree);
  // What failed, or was not there, may be there the next time.
  void tree.then(
    (found) => found ?? trees.delete(key),
    () => trees.delete(key),
  );
  return tree;
}

async function readTree(parcel: Parcel, oid: string): Promise<KnownTree | undefined> {
  const object = await read(parcel, oid);
  if (object?.kind !== "tree" || typeof object.content === "string") return undefined;
  return { object, entries: parseTree(object.content) };
}

async function read({ objects, mount }: Parcel, oid: string): Promise<ServedObject | undefined> {
  const object = await readSmall(objects, mount.repository, oid);
  if (object === "too large") return { oid, kind: "blob", content: object };
  if (object === undefined || (object.kind !== "blob" && object.kind !== "tree")) return undefined;
  const isTooLarge = object.content.length > OBJECT_BYTES_MAX;
  return { oid, kind: object.kind, content: isTooLarge ? "too large" : object.content };
}

/** One large file is told by the render that opens it, with its path; others, and what is foreseen, go on. */
async function readSmall(
  objects: ObjectSource,
  repository: string,
  oid: string,
): Promise<GitObject | "too large" | undefined> {
  try {
    return await objects.readObject(repository, oid);
  } catch (error) {
    if (error instanceof OperationError && error.reason === "RepositoryTooLarge") return "too large";
    throw error;
  }
}

function keyOf({ mount }: Pick<Parcel, "mount">, oid: string): string {
  return `${oid}${mount.repository}`;
}
