/** What identifies an object in a cluster, whatever version of its API it is written in. */
export interface ResourceKey {
  /** `""` is the core group. */
  readonly group: string;
  readonly kind: string;
  /** `""` for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** A kind, whatever the object: how projects, ignore rules and orderings speak of objects. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** `group/Kind:namespace/name`, as Argo CD sorts and prints resources: unique, and stable enough to be a map key. */
export function formatResourceKey({ group, kind, namespace, name }: ResourceKey): string {
  return `${group}/${kind}:${namespace}/${name}`;
}

/** For people: `Deployment web`, `Deployment shop/web`, with the group where the kind alone is not a built-in one. */
export function describeResource({ kind, namespace, name }: ResourceKey): string {
  return namespace === "" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** `apps/v1` → `apps`, `v1` → `""`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** `apps/v1` → `v1`. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

/** `Deployment.apps`, `Secret`: one text a kind. */
export function formatGroupKind({ group, kind }: GroupKind): string {
  return group === "" ? kind : `${kind}.${group}`;
}
