import { FIELD_MANAGER } from "../../domain/cluster.ts";
import {
  arrayAt,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from "../../domain/json.ts";

/**
 * Managers that own, by `Update`, what was once applied client-side: `kubectl apply` and Argo CD's own. Not
 * `before-first-apply`, which the server gives all there was on an object without managed fields: it speaks of others too.
 */
const CLIENT_SIDE_APPLIERS = new Set(["kubectl-client-side-apply", FIELD_MANAGER]);

/** kubectl's copy of what it applied last; only client-side appliers read it. */
export const LAST_APPLIED_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * `metadata.managedFields` with everything client-side appliers own given to our manager's `Apply` entry, as if it had
 * been applied by us; `undefined` where there is nothing to give. What the next apply then leaves out is removed.
 * The entries of others, and of subresources, stay as they are.
 *
 * @see argocd-behaviour §6.5
 */
export function migratedManagedFields(object: JsonObject): readonly JsonValue[] | undefined {
  const entries = arrayAt(object, "metadata", "managedFields");
  const moving = entries.filter(isClientSide);
  const [first] = moving;
  if (first === undefined) return undefined;
  const ours = entries.find(isOurApply);
  const fields = moving.reduce<JsonObject>(
    (union, entry) => unionOfFields(union, objectAt(entry, "fieldsV1")),
    objectAt(ours, "fieldsV1"),
  );
  // A manager has one Apply entry, whatever API version it applies in; the one it has wins.
  const base = objectAt(ours ?? first);
  const merged = { ...base, manager: FIELD_MANAGER, operation: "Apply", fieldsV1: fields };
  return [merged, ...entries.filter((entry) => !isClientSide(entry) && !isOurApply(entry))];
}

/** Whether an entry matters to comparison or migration; the others only take memory. */
export function isEntryOfInterest(entry: JsonValue): boolean {
  return isOurApply(entry) || isClientSide(entry);
}

function isClientSide(entry: JsonValue): boolean {
  return (
    stringAt(entry, "operation") === "Update" &&
    (stringAt(entry, "subresource") ?? "") === "" &&
    CLIENT_SIDE_APPLIERS.has(stringAt(entry, "manager") ?? "")
  );
}

function isOurApply(entry: JsonValue): boolean {
  return (
    stringAt(entry, "operation") === "Apply" &&
    (stringAt(entry, "subresource") ?? "") === "" &&
    stringAt(entry, "manager") === FIELD_MANAGER
  );
}

/** FieldsV1 is a trie: a set's union is the tries laid over each other. */
function unionOfFields(a: JsonObject, b: JsonObject): JsonObject {
  const union: Record<string, JsonValue> = { ...a };
  for (const [step, below] of Object.entries(b)) {
    const present = union[step];
    union[step] = isJsonObject(present) && isJsonObject(below) ? unionOfFields(present, below) : below;
  }
  return union;
}
