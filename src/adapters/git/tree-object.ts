import type { TreeEntry, TreeEntryKind } from "../../domain/git-tree.ts";

/** A tree object as bytes, looked into only where asked: most trees are read for one name. */
export interface TreeObject {
  readonly oid: string;
  readonly content: Buffer;
  find(name: string): TreeEntry | undefined;
  /** In Git's order. */
  entries(): readonly TreeEntry[];
}

/** One name whose entry differs between two trees. */
export interface TreeDifference {
  readonly name: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

const SPACE = 0x20;
const OID_BYTES = 20;

/** Shortest mode and the space behind it: `40000 `. */
const MODE_BYTES_MIN = 6;

/** @throws RangeError when it is not a tree: the object is damaged. */
export function createTreeObject(oid: string, content: Buffer): TreeObject {
  let index: ReadonlyMap<string, number> | undefined;
  return {
    oid,
    content,
    find(name) {
      index ??= indexByName(content);
      const position = index.get(name);
      return position === undefined ? undefined : entryAtPosition(content, position);
    },
    entries: () => positions(content).flatMap((position) => entryAtPosition(content, position) ?? []),
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
    const difference = firstDifference(entryAtPosition(a, inA), entryAtPosition(b, inB));
    if (difference.before !== undefined) inA = entryEnd(a, inA);
    if (difference.after !== undefined) inB = entryEnd(b, inB);
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
    const next = entryEnd(a, end);
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
  return new Map(
    positions(content).map((position) => {
      const space = content.indexOf(SPACE, position);
      return [content.toString("utf8", space + 1, content.indexOf(0, space)), position];
    }),
  );
}

function positions(content: Buffer): readonly number[] {
  const found: number[] = [];
  for (let position = 0; position < content.length; position = entryEnd(content, position))
    found.push(position);
  return found;
}

/** Where the entry that begins here ends. By hand: a call per entry would cost more than the loop. */
function entryEnd(content: Buffer, position: number): number {
  let at = position + MODE_BYTES_MIN;
  while (at < content.length && content[at] !== 0) at += 1;
  const end = at + 1 + OID_BYTES;
  if (end > content.length) throw new RangeError("a tree object ends in the middle of an entry");
  return end;
}

function entryAtPosition(content: Buffer, position: number): TreeEntry | undefined {
  if (position >= content.length) return undefined;
  const end = entryEnd(content, position);
  const space = content.indexOf(SPACE, position);
  const nul = end - OID_BYTES - 1;
  return {
    name: content.toString("utf8", space + 1, nul),
    kind: kindOfMode(content.toString("latin1", position, space)),
    oid: content.toString("hex", nul + 1, end),
  };
}

/** Git has written five modes; old tools wrote others for files, and a leading zero for directories. */
function kindOfMode(mode: string): TreeEntryKind {
  if (/^0?40000$/.test(mode)) return "directory";
  if (mode === "120000") return "link";
  if (mode === "160000") return "submodule";
  if (/^100[0-7]{3}$/.test(mode)) return "file";
  throw new RangeError("a tree object has an entry of an unknown mode");
}
