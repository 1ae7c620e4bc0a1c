import type { TreeEntry, TreeEntryKind } from "./git-tree.ts";

const SPACE = 0x20;
const ZERO = 0x30;
const OID_BYTES = 20;
const MODE_DIGITS_MAX = 6;
/** Shortest mode and the space behind it: `40000 `. */
const MODE_BYTES_MIN = 6;

/**
 * The entries of a Git tree object, by name, in Git's order.
 *
 * @throws RangeError where the bytes are not a tree.
 */
export function parseTree(content: Uint8Array): ReadonlyMap<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const position of treePositions(content)) {
    const entry = treeEntryAt(content, position);
    if (entry !== undefined) entries.set(entry.name, entry);
  }
  return entries;
}

/** Where each entry begins. @throws RangeError where the bytes are not a tree */
export function treePositions(content: Uint8Array): readonly number[] {
  const found: number[] = [];
  for (let position = 0; position < content.length; position = treeEntryEnd(content, position))
    found.push(position);
  return found;
}

/**
 * Where the entry that begins here ends. By hand: a call per entry would cost more than the loop.
 * @throws RangeError where it has no end
 */
export function treeEntryEnd(content: Uint8Array, position: number): number {
  let at = position + MODE_BYTES_MIN;
  while (at < content.length && content[at] !== 0) at += 1;
  const end = at + 1 + OID_BYTES;
  if (end > content.length) throw new RangeError("a tree object ends in the middle of an entry");
  return end;
}

/** The entry that begins here; undefined behind the last. @throws RangeError where it is none */
export function treeEntryAt(content: Uint8Array, position: number): TreeEntry | undefined {
  if (position >= content.length) return undefined;
  const end = treeEntryEnd(content, position);
  const oidAt = end - OID_BYTES;
  return {
    name: treeEntryName(content, position),
    kind: kindAt(content, position),
    oid: toHex(content, oidAt, end),
  };
}

/** The name of the entry that begins here. */
export function treeEntryName(content: Uint8Array, position: number): string {
  const space = content.indexOf(SPACE, position);
  return DECODER.decode(content.subarray(space + 1, content.indexOf(0, space)));
}

/** Names are bytes; a byte order mark is one of theirs. Holds no state between texts. */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Git has written five modes; old tools wrote others for files, and a leading zero for directories. */
function kindAt(content: Uint8Array, position: number): TreeEntryKind {
  let mode = 0;
  let at = position;
  for (; at < position + MODE_DIGITS_MAX && content[at] !== SPACE; at += 1) {
    const digit = (content[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 7) throw new RangeError("a tree object has an entry without a mode");
    mode = mode * 8 + digit;
  }
  if (content[at] === SPACE) {
    if (mode === 0o40000) return "directory";
    if (mode === 0o120000) return "link";
    if (mode === 0o160000) return "submodule";
    if (mode >= 0o100000 && mode <= 0o100777) return "file";
  }
  throw new RangeError("a tree object has an entry of an unknown mode");
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function toHex(content: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += 1) text += HEX[content[at] ?? 0];
  return text;
}
