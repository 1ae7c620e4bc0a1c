import { arrayAt, isJsonObject, type JsonObject, type JsonValue, stringAt } from "../../../domain/json.ts";
import type { ResourceKey } from "../../../domain/resource-key.ts";
import { DEPENDENTS_FINALIZERS } from "../delete-object.ts";
import { setAt } from "../json-edit.ts";
import type { StoredObject, StoreEvent } from "../object-store.ts";
import { ownersOf } from "../owner-index.ts";
import { type Controller, type ControllerContext, isDeleting } from "./controller.ts";

/** Removes what owners leave behind, as the propagation of their deletion asks: before them, after them, or not at all. */
export function createGarbageCollector(context: ControllerContext): Controller {
  return {
    name: "garbage-collector",
    concerns: (event) => concernedBy(context, event),
    reconcile(key) {
      const found = context.store.get(key);
      if (found === undefined) return undefined;
      if (isDeleting(found)) settleDependents(context, found);
      else if (hasLostOwners(context, found)) context.delete(key, "Background");
      return undefined;
    },
  };
}

function concernedBy(
  { store }: ControllerContext,
  { key, before, after }: StoreEvent,
): readonly ResourceKey[] {
  if (after === undefined) {
    const gone = before === undefined ? [] : store.dependentsOf(before.uid).map((dependent) => dependent.key);
    return [...gone, ...waitingOwners(store, before)];
  }
  if (isDeleting(after)) return [key];
  return before === undefined && ownersOf(after.object).length > 0 ? [key] : [];
}

/** Owners that wait for this dependent's end. */
function waitingOwners(
  store: ControllerContext["store"],
  dependent: StoredObject | undefined,
): readonly ResourceKey[] {
  if (dependent === undefined) return [];
  return arrayAt(dependent.object, "metadata", "ownerReferences").flatMap((owner) => {
    const found = ownerObject(store, dependent, owner);
    return found !== undefined && isDeleting(found) ? [found.key] : [];
  });
}

function settleDependents(context: ControllerContext, owner: StoredObject): void {
  const finalizers = arrayAt(owner.object, "metadata", "finalizers");
  const dependents = context.store.dependentsOf(owner.uid);
  if (finalizers.includes(DEPENDENTS_FINALIZERS.Orphan)) {
    for (const { key } of dependents) context.update(key, (object) => withoutOwner(object, owner.uid));
    release(context, owner, DEPENDENTS_FINALIZERS.Orphan);
    return;
  }
  if (!finalizers.includes(DEPENDENTS_FINALIZERS.Foreground)) return;
  for (const dependent of dependents) {
    if (!isDeleting(dependent)) context.delete(dependent.key, isPod(dependent) ? "Background" : "Foreground");
  }
  const isBlocked = context.store.dependentsOf(owner.uid).some((dependent) => blocks(dependent, owner.uid));
  if (!isBlocked) release(context, owner, DEPENDENTS_FINALIZERS.Foreground);
}

function release({ update }: ControllerContext, { key }: StoredObject, finalizer: string): void {
  update(key, (object) =>
    setAt(
      object,
      ["metadata", "finalizers"],
      arrayAt(object, "metadata", "finalizers").filter((name) => name !== finalizer),
    ),
  );
}

/** All the owners it names are gone. */
function hasLostOwners({ store }: ControllerContext, dependent: StoredObject): boolean {
  const owners = arrayAt(dependent.object, "metadata", "ownerReferences");
  return owners.length > 0 && owners.every((owner) => ownerObject(store, dependent, owner) === undefined);
}

function ownerObject(
  store: ControllerContext["store"],
  { key }: StoredObject,
  owner: JsonValue,
): StoredObject | undefined {
  const apiVersion = stringAt(owner, "apiVersion") ?? "";
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  const kind = stringAt(owner, "kind") ?? "";
  const name = stringAt(owner, "name") ?? "";
  const uid = stringAt(owner, "uid");
  const places = [key.namespace, ""].map((namespace) => store.get({ group, kind, namespace, name }));
  return places.find((found) => found?.uid === uid && uid !== undefined);
}

function blocks({ object }: StoredObject, uid: string): boolean {
  return arrayAt(object, "metadata", "ownerReferences").some(
    (owner) => stringAt(owner, "uid") === uid && isJsonObject(owner) && owner["blockOwnerDeletion"] === true,
  );
}

function withoutOwner(object: JsonObject, uid: string): JsonObject {
  const left = arrayAt(object, "metadata", "ownerReferences").filter(
    (owner) => stringAt(owner, "uid") !== uid,
  );
  return setAt(object, ["metadata", "ownerReferences"], left);
}

function isPod({ key }: StoredObject): boolean {
  return key.group === "" && key.kind === "Pod";
}
