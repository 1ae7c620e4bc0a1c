import type { JsonObject } from "../../domain/json.ts";
import {
  formatGroupKind,
  formatResourceKey,
  type GroupKind,
  type ResourceKey,
} from "../../domain/resource-key.ts";
import type { KnownKind } from "./kind-registry.ts";
import type { FieldManager } from "./managed-fields.ts";
import { createOwnerIndex } from "./owner-index.ts";

/** An object as the server keeps it, in its storage version. */
export interface StoredObject {
  readonly key: ResourceKey;
  readonly kind: KnownKind;
  readonly uid: string;
  readonly resourceVersion: number;
  /** With `metadata.managedFields`. */
  readonly object: JsonObject;
  readonly managers: readonly FieldManager[];
}

/** Something that happened to an object: `after` is absent for a removal, `before` for a creation. */
export interface StoreEvent {
  readonly key: ResourceKey;
  readonly before?: StoredObject;
  readonly after?: StoredObject;
  /** The version the store has reached. */
  readonly resourceVersion: number;
}

/** All objects of one cluster, one version counter, and who is told of changes. */
export interface ObjectStore {
  get(key: ResourceKey): StoredObject | undefined;
  /** In the order of their creation. */
  list(kind: GroupKind, namespace?: string): readonly StoredObject[];
  all(): readonly StoredObject[];
  /** Keys of objects that name `uid` among their owners. */
  dependentsOf(uid: string): readonly StoredObject[];
  /** The version the next change will have. */
  nextVersion(): number;
  /** Keeps an object that was given {@link nextVersion}. */
  put(stored: StoredObject): void;
  remove(key: ResourceKey): void;
  /** Calls `listener` at once with every change, in order. Returns how to stop. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}

export function createObjectStore(): ObjectStore {
  const objects = new Map<string, StoredObject>();
  const kinds = createKindIndex();
  const owners = createOwnerIndex();
  const listeners = new Set<(event: StoreEvent) => void>();
  let version = 0;

  function tell(event: StoreEvent): void {
    for (const listener of listeners) listener(event);
  }

  return {
    get: (key) => objects.get(formatResourceKey(key)),
    list: (kind, namespace) =>
      [...kinds.of(kind).values()].filter(
        ({ key }) => namespace === undefined || key.namespace === namespace,
      ),
    all: () => [...objects.values()],
    dependentsOf: (uid) =>
      owners.dependentsOf(uid).flatMap((id) => {
        const found = objects.get(id);
        return found === undefined ? [] : [found];
      }),
    nextVersion: () => version + 1,
    put(after) {
      const { key } = after;
      const id = formatResourceKey(key);
      const before = objects.get(id);
      version = after.resourceVersion;
      if (before !== undefined) owners.remove(id, before.object);
      owners.add(id, after.object);
      objects.set(id, after);
      kinds.of(key).set(id, after);
      tell({ key, ...(before === undefined ? {} : { before }), after, resourceVersion: version });
    },
    remove(key) {
      const id = formatResourceKey(key);
      const before = objects.get(id);
      if (before === undefined) return;
      version++;
      owners.remove(id, before.object);
      objects.delete(id);
      kinds.of(key).delete(id);
      tell({ key, before, resourceVersion: version });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Objects by their kind. */
function createKindIndex(): { of(kind: GroupKind): Map<string, StoredObject> } {
  const byKind = new Map<string, Map<string, StoredObject>>();
  return {
    of(kind) {
      const name = formatGroupKind(kind);
      const found = byKind.get(name) ?? new Map<string, StoredObject>();
      byKind.set(name, found);
      return found;
    },
  };
}
