import { hash } from "node:crypto";
import type { TreeEntry } from "../../domain/git-tree.ts";
import { treeEntryAt, treeEntryEnd, treeEntryName, treePositions } from "../../domain/parse-tree.ts";
import { listingText } from "../../domain/read-set.ts";

/** A tree object as bytes, looked into only where asked: most trees are read for one name. */
export interface TreeObject {
  readonly oid: string;
  readonly content: Buffer;
  find(name: string): TreeEntry | undefined;
  /** In Git's order. */
  entries(): readonly TreeEntry[];
  /** Digest of the names and kinds in it. */
  listing(): string;
}

/** One name whose entry differs between two trees. */
export interface TreeDifference {
  readonly name: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** @throws RangeError when it is not a tree: the object is damaged. */
export function createTreeObject(oid: string, content: Buffer): TreeObject {
  let index: ReadonlyMap<string, number> | undefined;
  let listing: string | undefined;
  const entries = () => treePositions(content).flatMap((position) => treeEntryAt(content, position) ?? []);
  return {
    oid,
    content,
    find(name) {
      index ??= indexByName(content);
      const position = index.get(name);
      return position === undefined ? undefined : treeEntryAt(content, position);
    },
    entries,
    listing: () => (listing ??= hash("sha1", listingText(entries()), "hex")),
  };
}

/**
 * What differs between two trees, in Git's order. Equal stretches are passed over by comparing memory: in a folder of
 * thousands with one change next to nothing is decoded.
 */
export function diffTrees(before: TreeObject, after: TreeObject): readonly TreeDifference[] {
  const a = before.content;
  const b = after.content;
  const differences: TreeDifference[] = [];
  let inA = 0;
  let inB = 0;
  while ((inA < a.length || inB < b.length) && !restIsEqual(a.subarray(inA), b.subarray(inB))) {
    const equal = equalEntriesBytes(a.subarray(inA), b.subarray(inB));
    inA += equal;
    inB += equal;
    const difference = firstDifference(treeEntryAt(a, inA), treeEntryAt(b, inB));
    if (difference.before !== undefined) inA = treeEntryEnd(a, inA);
    if (difference.after !== undefined) inB = treeEntryEnd(b, inB);
    differences.push(difference);
  }
  return differences;
}

/** Of two entries that are not equal: both, where they bear one name, else the one that comes first. */
function firstDifference(before: TreeEntry | undefined, after: TreeEntry | undefined): TreeDifference {
  const order = compareEntries(before, after);
  const name = (order <= 0 ? before : after)?.name ?? "";
  return { name, before: order <= 0 ? before : undefined, after: order >= 0 ? after : undefined };
}

/** Git's order: bytes, with a slash behind the names of directories. What is not there comes last. */
function compareEntries(a: TreeEntry | undefined, b: TreeEntry | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return Buffer.compare(sortKey(a), sortKey(b));
}

function sortKey({ name, kind }: TreeEntry): Buffer {
  return Buffer.from(kind === "directory" ? `${name}/` : name, "utf8");
}

function restIsEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && a.equals(b);
}

/** How many bytes of whole entries two trees have in common from their start. */
function equalEntriesBytes(a: Buffer, b: Buffer): number {
  const common = commonBytes(a, b);
  let end = 0;
  while (end < common) {
    const next = treeEntryEnd(a, end);
    if (next > common) break;
    end = next;
  }
  return end;
}

const BLOCK_BYTES = 1_024;

function commonBytes(a: Buffer, b: Buffer): number {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter) {
    const end = Math.min(start + BLOCK_BYTES, shorter);
    if (a.compare(b, start, end, start, end) !== 0) break;
    start = end;
  }
  while (start < shorter && a[start] === b[start]) start += 1;
  return start;
}

function indexByName(content: Buffer): ReadonlyMap<string, number> {
  return new Map(treePositions(content).map((position) => [treeEntryName(content, position), position]));
}
