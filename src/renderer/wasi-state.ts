import type { ListedEntry, PlacedNode, RenderTree, TreeNode } from "./render-tree.ts";
import type { WasiMemory } from "./wasi-memory.ts";
import { ERRNO, FILE_TYPE, LOOKUP_FOLLOW } from "./wasi-numbers.ts";

/** A host function of the module: numbers in, an errno out. WASI gives some of them nine parameters. */
export type HostFunction = (...values: never[]) => number;

/** What an instance has open, and in which tree. */
export interface FileState {
  readonly memory: WasiMemory;
  /** A number each path: some code compares files by it. */
  readonly numbers: Map<string, bigint>;
  tree: RenderTree | undefined;
  open: Map<number, OpenFile>;
  nextFd: number;
  lastWords: string;
}

export interface OpenFile {
  /** Absolute path in the tree. */
  readonly path: string;
  readonly node: TreeNode;
  content: Uint8Array | undefined;
  listing: readonly ListedEntry[] | undefined;
  position: number;
}

const STAT_BYTES = 64;

const TYPE_OF_KIND = {
  file: FILE_TYPE.regular,
  directory: FILE_TYPE.directory,
  link: FILE_TYPE.link,
  mounts: FILE_TYPE.directory,
  absent: FILE_TYPE.regular,
} as const;

export function openFile(path: string, node: TreeNode): OpenFile {
  return { path, node, content: undefined, listing: undefined, position: 0 };
}

export function fileType(kind: TreeNode["kind"]): number {
  return TYPE_OF_KIND[kind];
}

/** What a path below an open directory is. A trailing slash asks for what a link leads to. */
export function lookUp({ tree }: FileState, path: string, lookup: number): TreeNode {
  const follows = (lookup & LOOKUP_FOLLOW) !== 0 || path.endsWith("/");
  return tree?.resolve(path, follows ? "all links" : "all but the last") ?? { kind: "absent" };
}

/** Writes a `filestat` for the node at the path. */
export function writeStat(
  state: FileState,
  { path, node }: Pick<OpenFile, "path" | "node">,
  at: number,
): number {
  if (node.kind === "absent") return ERRNO.noEntry;
  const size = node.kind === "file" || node.kind === "link" ? sizeOf(state, node) : 0;
  const view = state.memory.view();
  for (let offset = 0; offset < STAT_BYTES; offset += 8) view.setBigUint64(at + offset, 0n, true);
  view.setBigUint64(at + 8, numberOf(state, path), true);
  view.setUint8(at + 16, fileType(node.kind));
  view.setBigUint64(at + 24, 1n, true);
  view.setBigUint64(at + 32, BigInt(size), true);
  return ERRNO.success;
}

export function numberOf({ numbers }: FileState, path: string): bigint {
  const known = numbers.get(path);
  if (known !== undefined) return known;
  const next = BigInt(numbers.size + 1);
  numbers.set(path, next);
  return next;
}

function sizeOf({ tree }: FileState, node: PlacedNode): number {
  return tree?.read(node)?.length ?? 0;
}
