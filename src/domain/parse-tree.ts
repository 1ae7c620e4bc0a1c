import type { TreeEntry, TreeEntryKind } from "./git-tree.ts";

const OID_BYTES = 20;

/**
 * The entries of a Git tree object, by name, in Git's order.
 *
 * @throws RangeError where the bytes are not a tree.
 */
export function parseTree(content: Uint8Array): ReadonlyMap<string, TreeEntry> {
  const decoder = new TextDecoder();
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    if (space === -1 || end === -1 || end + OID_BYTES >= content.length)
      throw new RangeError("not a Git tree");
    const name = decoder.decode(content.slice(space + 1, end));
    const mode = decoder.decode(content.slice(at, space));
    at = end + 1 + OID_BYTES;
    entries.set(name, { name, kind: kindOf(mode), oid: toHex(content.subarray(end + 1, at)) });
  }
  return entries;
}

function kindOf(mode: string): TreeEntryKind {
  if (mode === "40000" || mode === "040000") return "directory";
  if (mode === "120000") return "link";
  if (mode === "160000") return "submodule";
  if (mode.startsWith("100")) return "file";
  throw new RangeError("a Git tree has an entry of an unknown mode");
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}
