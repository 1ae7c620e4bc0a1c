/** Order of kinds inside a wave (argocd-behaviour §6.3): what others need comes first. Kinds not named here come last. */
const KINDS_IN_ORDER = [
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "SecretList",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "IngressClass",
  "Ingress",
  "APIService",
] as const;

const RANKS: ReadonlyMap<string, number> = new Map(KINDS_IN_ORDER.map((kind, index) => [kind, index]));

/** Negative when objects of kind `a` are applied before those of kind `b` in the same wave. The group does not count. */
export function compareKinds(a: string, b: string): number {
  return rankOf(a) - rankOf(b);
}

function rankOf(kind: string): number {
  return RANKS.get(kind) ?? KINDS_IN_ORDER.length;
}
