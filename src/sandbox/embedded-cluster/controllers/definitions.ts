import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import { CLEANUP_FINALIZER } from "../delete-object.ts";
import { setAt } from "../json-edit.ts";
import type { KindRegistry } from "../kind-registry.ts";
import type { StoredObject } from "../object-store.ts";
import { isTrue, withCondition } from "./conditions.ts";
import { type Controller, type ControllerContext, isDeleting, ofKind } from "./controller.ts";

const DEFINITION: GroupKind = { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" };

/** Makes the kinds that CustomResourceDefinitions define known, and takes them away with everything of theirs. */
export function createDefinitionController(context: ControllerContext, kinds: KindRegistry): Controller {
  const establishedAt = new Map<string, number>();
  return {
    name: "crd",
    concerns(event) {
      if (event.after !== undefined || event.key.group === "") return ofKind(event, DEFINITION);
      // The last object of a kind whose definition waits for it.
      return context.store
        .list(DEFINITION)
        .filter(isDeleting)
        .map(({ key }) => key);
    },
    reconcile(key) {
      const definition = context.store.get(key);
      if (definition === undefined) return undefined;
      if (isDeleting(definition)) {
        removeKind(context, kinds, definition);
        return undefined;
      }
      const now = context.scheduler.now();
      const dueAt = establishedAt.get(definition.uid) ?? now + context.timing.provisionMs;
      establishedAt.set(definition.uid, dueAt);
      if (now < dueAt) return dueAt - now;
      establish(context, kinds, definition);
      return undefined;
    },
  };
}

function establish(context: ControllerContext, kinds: KindRegistry, definition: StoredObject): void {
  const { key, object } = definition;
  kinds.define(object);
  if (isTrue(object, "Established") && isSameNames(object)) return;
  const now = context.scheduler.now();
  context.updateStatus(key, (status) => {
    const named = withCondition(
      {
        ...status,
        acceptedNames: objectAt(object, "spec", "names"),
        storedVersions: storedVersions(object),
      },
      { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" },
      now,
    );
    return withCondition(
      named,
      {
        type: "Established",
        status: "True",
        reason: "InitialNamesAccepted",
        message: "the initial names have been accepted",
      },
      now,
    );
  });
}

function removeKind(context: ControllerContext, kinds: KindRegistry, definition: StoredObject): void {
  const { key, object } = definition;
  const kind = {
    group: stringAt(object, "spec", "group") ?? "",
    kind: stringAt(object, "spec", "names", "kind") ?? "",
  };
  for (const custom of context.store.list(kind)) {
    if (!isDeleting(custom)) context.delete(custom.key, "Background");
  }
  if (context.store.list(kind).length > 0) return;
  kinds.forget(object);
  context.update(key, (found) =>
    setAt(
      found,
      ["metadata", "finalizers"],
      arrayAt(found, "metadata", "finalizers").filter((name) => name !== CLEANUP_FINALIZER),
    ),
  );
}

function isSameNames(object: JsonObject): boolean {
  return stringAt(object, "status", "acceptedNames", "kind") === stringAt(object, "spec", "names", "kind");
}

function storedVersions(object: JsonObject): readonly string[] {
  return arrayAt(object, "spec", "versions")
    .filter(isJsonObject)
    .filter((version) => version["storage"] === true)
    .map((version) => stringAt(version, "name") ?? "");
}
