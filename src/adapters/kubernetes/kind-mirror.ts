import { type JsonObject, stringAt } from "../../domain/json.ts";
import { resourceKeyOf } from "../../domain/manifest.ts";
import { formatResourceKey } from "../../domain/resource-key.ts";
import type { LiveStore, StoredObject } from "./live-store.ts";
import { isLater } from "./resource-version.ts";

/** The part of the store that one reflector is responsible for. Keys are as `formatResourceKey` writes them. */
export interface KindMirror {
  readonly size: number;
  stored(key: string): StoredObject | undefined;
  /** Takes an object unless a later version of it is there. */
  take(object: JsonObject): void;
  /** Takes an object whatever is there: the cluster went back in time. */
  force(object: JsonObject): void;
  /** A deletion as a watch reports it; an object of that name that came later stays. */
  remove(object: JsonObject): void;
  drop(key: string): void;
  /** Keys that are not in `seen`, a complete list made at `version`; what came later was not to be in it. */
  missingFrom(seen: ReadonlySet<string>, version: string): readonly string[];
  clear(): void;
}

export function createKindMirror(store: LiveStore): KindMirror {
  const keys = new Set<string>();
  const mirror: KindMirror = {
    get size() {
      return keys.size;
    },
    stored: (key) => store.get(key),
    take(object) {
      const stored = store.get(keyOf(object));
      if (stored === undefined || isLater(versionOf(object), stored.resourceVersion)) mirror.force(object);
    },
    force(object) {
      keys.add(keyOf(object));
      store.put(object);
    },
    remove(object) {
      const stored = store.get(keyOf(object));
      if (stored !== undefined && !isLater(stored.resourceVersion, versionOf(object)))
        mirror.drop(keyOf(object));
    },
    drop(key) {
      keys.delete(key);
      store.remove(key);
    },
    missingFrom: (seen, version) =>
      [...keys].filter((key) => !seen.has(key) && !isLater(store.get(key)?.resourceVersion ?? "0", version)),
    clear() {
      for (const key of [...keys]) mirror.drop(key);
    },
  };
  return mirror;
}

/** As `formatResourceKey` writes it. */
export function keyOf(object: JsonObject): string {
  return formatResourceKey(resourceKeyOf(object));
}

/** `""` where it has none: a bookmark of an old server. */
export function versionOf(object: JsonObject): string {
  return stringAt(object, "metadata", "resourceVersion") ?? "";
}
