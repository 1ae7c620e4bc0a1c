import type { IgnoreDifferences } from "./application.ts";
import type { ControlPlaneSettings } from "./control-plane-settings.ts";
import { matchesGlob } from "./glob.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { withoutPointer } from "./json-pointer.ts";
import { isBuiltInGroup } from "./kind-scopes.ts";
import type { Manifest } from "./manifest.ts";
import { formatGroupKind, type ResourceKey } from "./resource-key.ts";

/** What comparisons leave out, by the Application's rules and the operator's settings (argocd-behaviour §5.2). */
export interface IgnoreRules {
  readonly application: readonly IgnoreDifferences[];
  readonly settings: Pick<
    ControlPlaneSettings,
    "ignoreDifferences" | "ignoreResourceStatusField" | "ignoreAggregatedRoles"
  >;
}

/** Finds the JSON pointers ignored in one target and its live object. Rules are matched by kind once: asking is cheap. */
export type PointersOf = (target: Pick<Manifest, "key" | "object">) => readonly string[];

export function ignoredPointers({ application, settings }: IgnoreRules): PointersOf {
  const byKind = new Map<string, readonly IgnoreDifferences[]>();
  const everywhere = settings.ignoreDifferences.map((rule) => ({ ...rule, name: "", namespace: "" }));
  const rulesFor = (key: ResourceKey) => {
    const id = formatGroupKind(key);
    const known = byKind.get(id);
    if (known !== undefined) return known;
    const rules = [...application, ...everywhere].filter(
      ({ group, kind }) => matchesGlob(group, key.group) && matchesGlob(kind, key.kind),
    );
    byKind.set(id, rules);
    return rules;
  };
  return ({ key, object }) => [
    ...(ignoresStatus(settings.ignoreResourceStatusField, key) ? ["/status"] : []),
    ...(settings.ignoreAggregatedRoles && isAggregatedRole({ key, object }) ? ["/rules"] : []),
    ...rulesFor(key)
      .filter(({ name }) => name === "" || name === key.name)
      .filter(({ namespace }) => namespace === "" || namespace === key.namespace)
      .flatMap(({ jsonPointers }) => jsonPointers),
  ];
}

/** The object without what the pointers point at; those that point at nothing do nothing. */
export function withoutIgnored(object: JsonObject, pointers: readonly string[]): JsonObject {
  return pointers.reduce(withoutPointer, object);
}

/** A ClusterRole whose rules its controller collects from others, overwriting whatever else is put there. */
export function isAggregatedRole({ key, object }: Pick<Manifest, "key" | "object">): boolean {
  return (
    key.group === "rbac.authorization.k8s.io" &&
    key.kind === "ClusterRole" &&
    isJsonObject(object["aggregationRule"])
  );
}

/** `crd` means the kinds that custom resource definitions define, and those definitions themselves. */
function ignoresStatus(
  setting: IgnoreRules["settings"]["ignoreResourceStatusField"],
  { group, kind }: ResourceKey,
): boolean {
  if (setting === "all") return true;
  return setting === "crd" && (kind === "CustomResourceDefinition" || !isBuiltInGroup(group));
}
