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
  readonly kind: "file" | "directory" | "link" | "absent";
  /** Git object id of what was there; absent for `absent`. */
  readonly oid?: string;
}
