import { hash } from "node:crypto";
import { type TreeEntry, treeNameProblem } from "../domain/git-tree.ts";
import { listingText, type ReadSet } from "../domain/read-set.ts";
import type { RenderFailure } from "../domain/renderer-protocol.ts";
import { failure } from "./failure.ts";
import type { RenderLimits } from "./limits.ts";
import type { ObjectAddress, ObjectStore } from "./object-store.ts";
import { createReadRecorder, type ReadRecorder } from "./read-recorder.ts";
import { showPath } from "./show-path.ts";
import { climbsOut, decode, partsOf } from "./tree-paths.ts";

/** What a path in the render's tree is. */
export type TreeNode =
  /** The place where the mounts are, `/`. */
  | { readonly kind: "mounts" }
  | PlacedNode
  /** There is nothing, or what there is was refused: {@link RenderTree.problem} knows. */
  | { readonly kind: "absent" };

export interface PlacedNode extends ObjectAddress {
  readonly kind: "file" | "directory" | "link";
}

export interface ListedEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link";
}

export type Follow = "all links" | "all but the last";

/**
 * The file tree one render sees: the tree of mount 0 under `/0`, of mount 1 under `/1`, and nothing else. Trees and
 * files are opened when first asked for, and every question is recorded. Nothing here throws: a wasm instance that
 * an exception passes through is lost, so that what is refused reads as absent and is remembered in `problem`.
 */
export interface RenderTree {
  /** @param path - absolute; `.`, `..` and links are resolved. */
  resolve(path: string, follow: Follow): TreeNode;
  /** Content of a file. */
  read(node: PlacedNode): Uint8Array | undefined;
  /** A link's target, unless it leaves the repository: whoever follows links by himself is refused like others. */
  readLink(node: PlacedNode): Uint8Array | undefined;
  /** Entries of a directory, in Git's order. */
  list(node: TreeNode): readonly ListedEntry[];
  /** The first thing that makes the render fail whatever the engine says. */
  problem(): RenderFailure | undefined;
  readSet(): ReadSet;
}

export interface RenderTreeOptions {
  readonly mounts: readonly { readonly name: string; readonly repository: string; readonly tree: string }[];
  readonly store: ObjectStore;
  readonly limits: Pick<RenderLimits, "treeEntries" | "fileBytes">;
  /** What a limit's failure is said to be about. */
  readonly sourcePath: string;
}

/** Argo CD's bound for chains of links, and what stops a link that leads to itself. */
const LINKS_MAX = 10;

const ABSENT = { kind: "absent" } as const;

interface State extends RenderTreeOptions {
  readonly recorder: ReadRecorder;
  problem: RenderFailure | undefined;
  entriesSeen: number;
}

/** A path on its way down. */
interface Walk {
  readonly mount: number;
  readonly follow: Follow;
  /** Directories from the root to where the walk is. */
  readonly parents: { readonly path: string; readonly oid: string }[];
  rest: readonly string[];
  links: number;
}

export function createRenderTree(options: RenderTreeOptions): RenderTree {
  const state: State = { ...options, recorder: createReadRecorder(), problem: undefined, entriesSeen: 0 };
  const resolved = new Map<string, TreeNode>();
  return {
    resolve(path, follow) {
      const key = `${follow} ${path}`;
      const known = resolved.get(key);
      if (known !== undefined) return known;
      const node = walk(state, path, follow);
      resolved.set(key, node);
      if (node.kind === "file") {
        if (!isCounted(state, 1)) return ABSENT;
        state.recorder.found("file", node);
      }
      if (node.kind === "directory") state.recorder.seen(node);
      return node;
    },
    read: (node) => contentOf(state, node),
    readLink: (node) => targetOf(state, node, node.path.split("/").length - 1),
    list(node) {
      if (node.kind === "mounts")
        return options.mounts.map((_, index) => ({ name: `${index}`, kind: "directory" }));
      return node.kind === "directory" ? list(state, node) : [];
    },
    problem: () => state.problem,
    readSet: () => state.recorder.readSet(),
  };
}

function walk(state: State, path: string, follow: Follow): TreeNode {
  const [mountName, ...rest] = partsOf(path);
  if (mountName === undefined) return { kind: "mounts" };
  const mount = /^[0-9]+$/.test(mountName) ? Number(mountName) : -1;
  const root = state.mounts[mount];
  if (root === undefined) return ABSENT;
  const walk: Walk = { mount, follow, parents: [{ path: "", oid: root.tree }], rest, links: 0 };
  for (;;) {
    const here = walk.parents.at(-1);
    if (here === undefined) return refuse(state, { mount, path: "" }, "a path that leaves the repository");
    const [name, ...more] = walk.rest;
    if (name === undefined) return { kind: "directory", ...addressOf(state, walk.mount, here) };
    walk.rest = more;
    const end = name === ".." ? climb(walk) : descend(state, walk, name);
    if (end !== undefined) return end;
  }
}

function climb({ parents }: Walk): undefined {
  parents.pop();
}

/** One step down. Ends the walk with a node, or goes on with `undefined`. */
function descend(state: State, walk: Walk, name: string): TreeNode | undefined {
  const here = walk.parents.at(-1) ?? { path: "", oid: "" };
  const path = here.path === "" ? name : `${here.path}/${name}`;
  const entry = entriesOf(state, addressOf(state, walk.mount, here)).get(name);
  if (entry === undefined) return absent(state, walk, path);
  const address = addressOf(state, walk.mount, { path, oid: entry.oid });
  const nameProblem = treeNameProblem(name);
  if (nameProblem !== undefined)
    return refuse(state, address, `an entry that cannot be used: ${nameProblem}`);
  switch (entry.kind) {
    case "directory":
      walk.parents.push({ path, oid: entry.oid });
      return undefined;
    case "file":
      return walk.rest.length > 0 ? absent(state, walk, path) : { kind: "file", ...address };
    case "link":
      return passLink(state, walk, address);
    case "submodule":
      return refuse(state, address, "a submodule, whose files are in another repository");
  }
}

function passLink(state: State, walk: Walk, address: ObjectAddress): TreeNode | undefined {
  state.recorder.found("link", address);
  if (walk.rest.length === 0 && walk.follow === "all but the last") return { kind: "link", ...address };
  walk.links += 1;
  if (walk.links > LINKS_MAX) return refuse(state, address, `a chain of more than ${LINKS_MAX} links`);
  const target = targetOf(state, address, walk.parents.length - 1);
  if (target === undefined) return ABSENT;
  walk.rest = [...partsOf(decode(target)), ...walk.rest];
  return undefined;
}

/** The target of a link that is `depth` folders below the root. */
function targetOf(state: State, address: ObjectAddress, depth: number): Uint8Array | undefined {
  const content = contentOf(state, address);
  if (content === undefined) return undefined;
  const target = decode(content);
  if (!target.startsWith("/") && !climbsOut(target, depth)) return content;
  refuse(state, address, "a link that leads out of the repository");
  return undefined;
}

function list(state: State, directory: PlacedNode): readonly ListedEntry[] {
  const entries = entriesOf(state, directory);
  const oid = hash("sha1", listingText(entries.values()), "hex");
  state.recorder.found("listing", { ...directory, oid });
  if (!isCounted(state, entries.size)) return [];
  const listed: ListedEntry[] = [];
  for (const { name, kind } of entries.values()) {
    const nameProblem = treeNameProblem(name);
    if (nameProblem === undefined) listed.push({ name, kind: kind === "submodule" ? "directory" : kind });
    else refuse(state, directory, `a folder with an entry that cannot be used: ${nameProblem}`);
  }
  return listed;
}

function absent(state: State, walk: Walk, path: string): TreeNode {
  state.recorder.absent(walk.mount, [path, ...walk.rest].join("/"));
  return ABSENT;
}

function refuse(
  state: State,
  { mount, path }: Pick<ObjectAddress, "mount" | "path">,
  what: string,
): TreeNode {
  state.problem ??= failure("SourceRefused", { path: shown(state, mount, path), what });
  return ABSENT;
}

function addressOf(
  state: State,
  mount: number,
  { path, oid }: { readonly path: string; readonly oid: string },
): ObjectAddress {
  return { mount, path, oid, repository: state.mounts[mount]?.repository ?? "" };
}

function entriesOf(state: State, address: ObjectAddress): ReadonlyMap<string, TreeEntry> {
  const entries = state.store.tree(address);
  if (entries === undefined) noteMissing(state, address);
  return entries ?? new Map();
}

function contentOf(state: State, address: ObjectAddress): Uint8Array | undefined {
  const content = state.store.blob(address);
  if (content === "missing") {
    noteMissing(state, address);
    return undefined;
  }
  if (content !== "too large" && content.length <= state.limits.fileBytes) return content;
  const { fileBytes: bytesMax } = state.limits;
  state.problem ??= failure("RenderInputLimit", {
    path: shown(state, address.mount, address.path),
    bytesMax,
  });
  return undefined;
}

function noteMissing(state: State, { mount, path, oid }: ObjectAddress): void {
  state.problem ??= failure("ObjectMissing", { path: shown(state, mount, path), oid });
}

/** Whether so many more entries may be looked at. */
function isCounted(state: State, entries: number): boolean {
  state.entriesSeen += entries;
  if (state.entriesSeen <= state.limits.treeEntries) return true;
  const { treeEntries: entriesMax } = state.limits;
  state.problem ??= failure("RenderTreeLimit", { path: state.sourcePath, entriesMax });
  return false;
}

function shown(state: State, mount: number, path: string): string {
  return showPath(state.mounts[mount]?.name ?? "", path);
}
