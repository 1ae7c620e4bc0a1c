import type { TreeEntry } from "./git-tree.ts";

/**
 * Everything a render looked at. It is the render's cache key and the answer to "which Applications does this path
 * affect": files opened, directories listed, and paths that were asked for and did not exist.
 */
export type ReadSet = readonly ReadEntry[];

export interface ReadEntry {
  /** Index into the request's mounts. */
  readonly mount: number;
  /** Path inside the mount's tree, no leading slash; `""` is its root. */
  readonly path: string;
  /** A `listing` is the names and kinds in a directory, and nothing of what they hold. */
  readonly kind: "file" | "directory" | "listing" | "link" | "absent";
  /** Git object id of what was there; the digest of {@link listingText} for a `listing`; absent for `absent`. */
  readonly oid?: string;
}

/** What a listing tells, as a text to be digested (SHA-1, hex): the same for two trees with the same names in them. */
export function listingText(entries: Iterable<TreeEntry>): string {
  return Array.from(entries, ({ kind, name }) => `${kind} ${name}`).join("\0");
}
