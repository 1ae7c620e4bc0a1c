import { arrayAt, type JsonObject, stringAt } from "../../domain/json.ts";

/** Which objects name an owner, by the owner's UID. Objects are known by an id of the caller's. */
export interface OwnerIndex {
  add(id: string, object: JsonObject): void;
  remove(id: string, object: JsonObject): void;
  dependentsOf(uid: string): readonly string[];
}

export function createOwnerIndex(): OwnerIndex {
  const byOwner = new Map<string, Set<string>>();
  return {
    add(id, object) {
      for (const owner of ownersOf(object)) byOwner.set(owner, (byOwner.get(owner) ?? new Set()).add(id));
    },
    remove(id, object) {
      for (const owner of ownersOf(object)) byOwner.get(owner)?.delete(id);
    },
    dependentsOf: (uid) => [...(byOwner.get(uid) ?? [])],
  };
}

/** UIDs of an object's owners. */
export function ownersOf(object: JsonObject): readonly string[] {
  return arrayAt(object, "metadata", "ownerReferences").flatMap((owner) => stringAt(owner, "uid") ?? []);
}
