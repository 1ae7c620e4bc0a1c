import type { TreeEntry } from "../domain/git-tree.ts";
import { parseTree } from "../domain/parse-tree.ts";
import type { AbsentObject } from "../domain/renderer-protocol.ts";
import { createLruMap, type LruMap } from "./lru-map.ts";

/** Where an object is met in a mount: what the controller checks before it hands the object out. */
export interface ObjectAddress {
  readonly mount: number;
  readonly repository: string;
  readonly path: string;
  readonly oid: string;
}

/** Git objects by id, fetched when first needed and kept for the renders after. */
export interface ObjectStore {
  /** The content, or why there is none. Blocks while it is fetched. */
  blob(address: ObjectAddress): Uint8Array | AbsentObject;
  /** Parsed once an id. */
  tree(address: ObjectAddress): ReadonlyMap<string, TreeEntry> | undefined;
  has(address: ObjectAddress): boolean;
  /** Takes in objects that have arrived, asked for or not. */
  add(objects: readonly StoredObject[]): void;
}

export interface StoredObject {
  readonly repository: string;
  readonly oid: string;
  readonly kind: "blob" | "tree";
  readonly content: Uint8Array | AbsentObject;
}

const BLOB_BYTES_MAX = 64 * 1024 * 1024;
const TREE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Objects are kept apart by repository: a tree can name the id of any object in the world, and must not be handed one
 * that only another repository holds.
 *
 * @param fetch - brings the wanted object, and whatever else arrives with it, through `add`; blocks.
 */
export function createObjectStore(fetch: (address: ObjectAddress) => void): ObjectStore {
  const blobs = createLruMap<Uint8Array | "too large">(BLOB_BYTES_MAX);
  const trees = createLruMap<ReadonlyMap<string, TreeEntry>>(TREE_BYTES_MAX);

  function fetched<T>(from: LruMap<T>, address: ObjectAddress): T | undefined {
    const key = keyOf(address);
    const present = from.get(key);
    if (present !== undefined) return present;
    fetch(address);
    return from.get(key);
  }

  return {
    blob: (address) => fetched(blobs, address) ?? "missing",
    tree: (address) => fetched(trees, address),
    has: (address) => (blobs.get(keyOf(address)) ?? trees.get(keyOf(address))) !== undefined,
    add(objects) {
      for (const object of objects) {
        const { content, kind } = object;
        if (content === "missing") continue;
        if (content === "too large") blobs.set(keyOf(object), content, 0);
        else if (kind === "blob") blobs.set(keyOf(object), content, content.length);
        else trees.set(keyOf(object), parseTree(content), content.length);
      }
    },
  };
}

function keyOf({ repository, oid }: { readonly repository: string; readonly oid: string }): string {
  return `${oid}${repository}`;
}
