import { findDropped } from "./dropped-fields.ts";
import { compareFields, type FieldComparison, type FieldKnowledge } from "./field-comparison.ts";
import {
  allManagedFields,
  appliedFields,
  hasClientSideOwners,
  LAST_APPLIED_ANNOTATION,
  lastAppliedOf,
} from "./field-ownership.ts";
import { withoutIgnored } from "./ignore-differences.ts";
import { isJsonObject, type JsonObject, type JsonValue, objectAt } from "./json.ts";
import { isBuiltInGroup } from "./kind-scopes.ts";
import type { LiveManifest, Manifest, TargetManifest } from "./manifest.ts";
import { equalQuantities } from "./quantity.ts";
import type { GroupKind } from "./resource-key.ts";
import { equalSecretValues, isSecret } from "./secret-data.ts";

/** How one target and its live object stand to each other. */
export type ObjectComparison = FieldComparison;

/**
 * Compares a target with its live object. Nothing differs that the API server, its defaults or the spelling of a value
 * brought about; what the target lacks differs if we applied it, server-side (by ownership) or client-side (by the
 * last-applied annotation).
 *
 * @param ignored - JSON pointers left out on both sides.
 */
export function compareObject(
  target: Manifest,
  live: LiveManifest,
  ignored: readonly string[],
): ObjectComparison {
  if (target.apiVersion !== live.apiVersion) return { differing: [], isUndecided: true, ownsTarget: false };
  const isBuiltIn = isBuiltInGroup(target.key.group);
  const owned = appliedFields(live);
  const sides = {
    target: comparable(withoutIgnored(target.object, ignored)),
    live: comparable(withoutIgnored(live.object, ignored)),
  };
  const result = compareFields(sides.target, sides.live, {
    owned,
    shape: isBuiltIn && owned !== undefined ? undefined : allManagedFields(live),
    isBuiltIn,
    areEquivalent: equivalence(target.key, isBuiltIn),
  });
  const dropped = owned === undefined ? droppedFields(sides, live, ignored) : [];
  const differing = [...result.differing, ...(dropped ?? [])];
  return {
    differing: [...new Set(differing)].sort(),
    isUndecided: (result.isUndecided || dropped === undefined) && differing.length === 0,
    ownsTarget: result.ownsTarget,
  };
}

export type CompareTarget = (
  target: TargetManifest,
  live: LiveManifest,
  ignored: readonly string[],
) => ObjectComparison;

/** {@link compareObject}, which remembers what it said of a version of a live object as long as somebody holds that. */
export function createComparer(): CompareTarget {
  const said = new WeakMap<LiveManifest, { readonly inputs: string; readonly result: ObjectComparison }>();
  return (target, live, ignored) => {
    const inputs = [target.digest, ...ignored].join("\n");
    const known = said.get(live);
    if (known?.inputs === inputs) return known.result;
    const result = compareObject(target, live, ignored);
    said.set(live, { inputs, result });
    return result;
  };
}

/** Pointers of what differs between an object and what an apply would make of it, in either direction, sorted. */
export function changedFields(
  live: LiveManifest,
  result: LiveManifest,
  ignored: readonly string[],
): readonly string[] {
  const [before, after] = [live, result].map(({ object }) => comparable(withoutIgnored(object, ignored)));
  if (before === undefined || after === undefined) return [];
  const exactly: FieldKnowledge = {
    owned: undefined,
    shape: undefined,
    isBuiltIn: false,
    areEquivalent: () => false,
  };
  const { differing: set } = compareFields(after, before, exactly);
  const { differing: removed } = compareFields(before, after, exactly);
  return [...new Set([...set, ...removed])].sort();
}

/** Metadata that only the server writes, or that identifies the object: nobody's to change, so nobody's difference. */
const UNCOMPARED_METADATA: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generateName",
  "generation",
  "managedFields",
  "name",
  "namespace",
  "resourceVersion",
  "selfLink",
  "uid",
]);

function comparable(object: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  const metadata: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(objectAt(object, "metadata"))) {
    if (!UNCOMPARED_METADATA.has(name)) metadata[name] = value;
  }
  const annotations = metadata["annotations"];
  if (isJsonObject(annotations) && Object.hasOwn(annotations, LAST_APPLIED_ANNOTATION)) {
    const { [LAST_APPLIED_ANNOTATION]: _lastApplied, ...others } = annotations;
    metadata["annotations"] = others;
  }
  return { ...rest, metadata };
}

const QUANTITIES =
  /\/resources\/(limits|requests)\/[^/]+$|\/emptyDir\/sizeLimit$|\/resourceFieldRef\/divisor$|\/overhead\/(podFixed\/)?[^/]+$|^\/spec\/(hard|capacity)\/[^/]+$|^\/spec\/limits\/[0-9]+\/(min|max|default|defaultRequest|maxLimitRequestRatio)\/[^/]+$|^\/spec\/metrics\/.*\/target\/(averageValue|value)$/;

const INTEGERS_OR_STRINGS =
  /\/(targetPort|maxSurge|maxUnavailable|minAvailable)$|\/(httpGet|tcpSocket)\/port$|^\/spec\/(ingress|egress)\/[0-9]+\/ports\/[0-9]+\/port$/;

/** Kinds whose pod templates Argo CD reads as Kubernetes' own. */
function holdsPodSpec({ group, kind }: GroupKind): boolean {
  return group === "argoproj.io" && kind === "Rollout";
}

function equivalence(key: GroupKind, isBuiltIn: boolean) {
  if (isSecret(key)) {
    return (pointer: string, target: JsonValue, live: JsonValue) =>
      pointer.startsWith("/data/") && equalSecretValues(target, live);
  }
  const isTyped = (isBuiltIn && key.kind !== "ConfigMap") || holdsPodSpec(key);
  if (!isTyped) return () => false;
  return (pointer: string, target: JsonValue, live: JsonValue) =>
    (QUANTITIES.test(pointer) && equalQuantities(target, live)) ||
    (INTEGERS_OR_STRINGS.test(pointer) && areScalars(target, live) && String(target) === String(live));
}

function areScalars(...values: readonly JsonValue[]): boolean {
  return values.every((value) => typeof value !== "object");
}

/**
 * Fields that were applied client-side, are still there, and are no longer wanted; `undefined` where what was applied is
 * not recorded. Who owns a field does not tell: clients that do not apply own the server's defaults too.
 */
function droppedFields(
  { target, live }: { readonly target: JsonObject; readonly live: JsonObject },
  manifest: LiveManifest,
  ignored: readonly string[],
): readonly string[] | undefined {
  const lastApplied = lastAppliedOf(manifest);
  if (lastApplied === undefined) return hasClientSideOwners(manifest) ? undefined : [];
  const { status: _status, ...before } = comparable(withoutIgnored(lastApplied, ignored));
  return findDropped("", { before, target, live });
}
