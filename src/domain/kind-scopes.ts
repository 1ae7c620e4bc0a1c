import type { ClusterApi } from "./cluster.ts";
import { type JsonObject, stringAt } from "./json.ts";
import { formatGroupKind, type GroupKind, groupOf } from "./resource-key.ts";

export type KindScope = "Cluster" | "Namespaced";

/** Whether objects of a kind live in a namespace; `undefined` where the kind is not known. */
export type ScopeOf = (kind: GroupKind) => KindScope | undefined;

/** Cluster-scoped kinds of Kubernetes itself, by group. */
const CLUSTER_KINDS: Readonly<Record<string, readonly string[]>> = {
  "": ["ComponentStatus", "Namespace", "Node", "PersistentVolume"],
  "admissionregistration.k8s.io": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  "authentication.k8s.io": ["SelfSubjectReview", "TokenReview"],
  "authorization.k8s.io": ["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "internal.apiserver.k8s.io": ["StorageVersion"],
  "networking.k8s.io": ["IPAddress", "IngressClass", "ServiceCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  policy: ["PodSecurityPolicy"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "resource.k8s.io": ["DeviceClass", "DeviceTaintRule", "ResourceSlice"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
  "storagemigration.k8s.io": ["StorageVersionMigration"],
};

/** Kubernetes' own groups that hold no cluster-scoped kind. */
const NAMESPACED_GROUPS = [
  "apps",
  "autoscaling",
  "batch",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
];

const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([...Object.keys(CLUSTER_KINDS), ...NAMESPACED_GROUPS]);

/** Whether Kubernetes itself serves the group: its kinds have Go types, whose zero values are left out. */
export function isBuiltInGroup(group: string): boolean {
  return BUILT_IN_GROUPS.has(group);
}

/** Scopes without a cluster: Kubernetes' own kinds, and nothing of anybody else's. */
export function builtInScopeOf({ group, kind }: GroupKind): KindScope | undefined {
  if (!BUILT_IN_GROUPS.has(group)) return undefined;
  return CLUSTER_KINDS[group]?.includes(kind) === true ? "Cluster" : "Namespaced";
}

/** Scopes as a cluster's discovery has them; kinds it does not list are unknown. */
export function scopesOf({ resources }: Pick<ClusterApi, "resources">): ScopeOf {
  const scopes = new Map<string, KindScope>();
  for (const resource of resources) {
    scopes.set(formatGroupKind(resource), resource.namespaced ? "Namespaced" : "Cluster");
  }
  return (kind) => scopes.get(formatGroupKind(kind));
}

/** The kind that a CustomResourceDefinition defines, and its scope; `undefined` for anything else. */
export function definedKind(object: JsonObject): (GroupKind & { readonly scope: KindScope }) | undefined {
  if (groupOf(stringAt(object, "apiVersion") ?? "") !== "apiextensions.k8s.io") return undefined;
  const group = stringAt(object, "spec", "group");
  const kind = stringAt(object, "spec", "names", "kind");
  if (stringAt(object, "kind") !== "CustomResourceDefinition" || group === undefined || kind === undefined) {
    return undefined;
  }
  return { group, kind, scope: stringAt(object, "spec", "scope") === "Cluster" ? "Cluster" : "Namespaced" };
}

/** Adds the kinds that these objects define to those already known, which are believed first. */
export function withDefinedKinds(scopeOf: ScopeOf, objects: Iterable<JsonObject>): ScopeOf {
  const defined = new Map<string, KindScope>();
  for (const object of objects) {
    const kind = definedKind(object);
    if (kind !== undefined) defined.set(formatGroupKind(kind), kind.scope);
  }
  if (defined.size === 0) return scopeOf;
  return (kind) => scopeOf(kind) ?? defined.get(formatGroupKind(kind));
}
