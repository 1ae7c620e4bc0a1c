import { createLruMap } from "./lru-map.ts";
import type { ObjectAddress, StoredObject } from "./object-store.ts";

/** Objects that have arrived in this process, in memory that the workers share. */
export interface ObjectHub {
  /** Copies the contents into shared memory. */
  keep(objects: readonly StoredObject[]): readonly StoredObject[];
  get(address: ObjectAddress): StoredObject | undefined;
}

const BYTES_MAX = 64 * 1024 * 1024;

export function createObjectHub(): ObjectHub {
  const objects = createLruMap<StoredObject>(BYTES_MAX);
  return {
    keep(arrived) {
      return arrived.map((object) => {
        const kept = { ...object, content: share(object.content) };
        if (typeof kept.content !== "string") objects.set(keyOf(object), kept, kept.content.length);
        return kept;
      });
    },
    get: (address) => objects.get(keyOf(address)),
  };
}

function share(content: StoredObject["content"]): StoredObject["content"] {
  if (typeof content === "string") return content;
  const shared = new Uint8Array(new SharedArrayBuffer(content.length));
  shared.set(content);
  return shared;
}

function keyOf({ repository, oid }: { readonly repository: string; readonly oid: string }): string {
  return `${oid}${repository}`;
}
