import type { Application } from "./application.ts";
import { matchesGlob, matchesShellPattern } from "./glob.ts";
import type { KindScope, ScopeOf } from "./kind-scopes.ts";
import type { Project, ResourcePattern } from "./project.ts";
import { permitsDestination, type ResolvedDestination } from "./project-destinations.ts";
import { permitsSource } from "./project-sources.ts";
import { printableUrl } from "./repository-url.ts";
import { describeResource, type GroupKind, type ResourceKey } from "./resource-key.ts";

/** One thing a project does not permit. */
export interface ProjectViolation {
  readonly kind: "source" | "destination" | "namespace" | "resource";
  /** What is not permitted, to follow "does not permit"; fit to be shown. */
  readonly what: string;
  readonly key?: ResourceKey;
}

/** What the rules have to know beside Application and project. */
export interface ProjectContext {
  /** The destination's cluster, resolved. */
  readonly cluster: ResolvedDestination["cluster"];
  readonly scopeOf: ScopeOf;
  /** Whose Applications every project admits. */
  readonly controlPlaneNamespace: string;
}

/** Everything that may be written to, as the rules see it. */
export type JudgedObject = Pick<ResourceKey, "group" | "kind" | "namespace" | "name">;

/**
 * All that the project does not permit of the Application and of these objects: targets, hooks, the namespace to be
 * created, and what is to be pruned alike. Empty when everything may be written. The same list is made for the preview
 * and at the door for cluster writes (T148–T172).
 */
export function forbiddenBy(
  { application, project }: { readonly application: Application; readonly project: Project },
  context: ProjectContext,
  objects: Iterable<JudgedObject>,
): readonly ProjectViolation[] {
  const violations: ProjectViolation[] = [];
  if (!permitsApplicationNamespace(project, application.namespace, context.controlPlaneNamespace)) {
    violations.push({
      kind: "namespace",
      what: `Applications defined in namespace \`${application.namespace}\``,
    });
  }
  for (const repoURL of new Set(application.sources.map((source) => source.repoURL))) {
    if (!permitsSource(project, repoURL)) {
      violations.push({ kind: "source", what: `the repository \`${printableUrl(repoURL)}\`` });
    }
  }
  const { namespace } = application.destination;
  if (!permitsDestination(project, { cluster: context.cluster, namespace })) {
    violations.push({ kind: "destination", what: placeText(context.cluster, namespace) });
  }
  const judge = objectJudge(project, context);
  for (const key of objects) {
    const violation = judge(key);
    if (violation !== undefined) violations.push(violation);
  }
  return violations;
}

/** What is wrong with writing one object, or `undefined`. Kinds of unknown scope are judged as namespaced ones. */
export function forbiddenObject(
  project: Project,
  context: Pick<ProjectContext, "cluster" | "scopeOf">,
  key: JudgedObject,
): ProjectViolation | undefined {
  return objectJudge(project, context)(key);
}

/** {@link forbiddenObject} for many objects of one place: a namespace is judged once. */
export function objectJudge(
  project: Project,
  { cluster, scopeOf }: Pick<ProjectContext, "cluster" | "scopeOf">,
): (key: JudgedObject) => ProjectViolation | undefined {
  const judged = new Map<string, boolean>();
  const permits = (namespace: string): boolean => {
    const known = judged.get(namespace) ?? permitsDestination(project, { cluster, namespace });
    judged.set(namespace, known);
    return known;
  };
  return (key) => {
    const scope = scopeOf(key) ?? "Namespaced";
    if (!permitsResource(project, key, scope)) {
      const kinds = scope === "Cluster" ? "a cluster-scoped kind" : "a kind";
      return { kind: "resource", what: `${describeResource(key)} (${kinds} that it does not allow)`, key };
    }
    if (scope === "Namespaced" && !permits(key.namespace)) {
      return {
        kind: "resource",
        what: `${describeResource(key)} (${placeText(cluster, key.namespace)})`,
        key,
      };
    }
    return undefined;
  };
}

/**
 * Whether the project's lists permit a kind, and for cluster-scoped ones that name. The group and kind are those the API
 * server resolves; a kind that moved between groups is refused under every one of them (T154).
 */
export function permitsResource(
  project: Project,
  resource: GroupKind & { readonly name: string },
  scope: KindScope,
): boolean {
  const aliases = [resource, ...formerNames(resource)];
  const isListed = (patterns: readonly ResourcePattern[], candidate: typeof resource) =>
    patterns.some((pattern) => covers(pattern, candidate));
  if (scope === "Cluster") {
    return (
      isListed(project.clusterResourceWhitelist, resource) &&
      !aliases.some((alias) => isListed(project.clusterResourceBlacklist, alias))
    );
  }
  const whitelist = project.namespaceResourceWhitelist;
  return (
    (whitelist === undefined || isListed(whitelist, resource)) &&
    !aliases.some((alias) => isListed(project.namespaceResourceBlacklist, alias))
  );
}

/** Whether Applications defined in that namespace may name the project: the control plane's own always may. */
export function permitsApplicationNamespace(
  { sourceNamespaces }: Pick<Project, "sourceNamespaces">,
  namespace: string,
  controlPlaneNamespace: string,
): boolean {
  return namespace === controlPlaneNamespace || sourceNamespaces.some((entry) => isIn(entry, namespace));
}

/** Entries between slashes are regular expressions; the operator wrote them, so they are not bounded. */
function isIn(entry: string, namespace: string): boolean {
  if (entry.length < 2 || !entry.startsWith("/") || !entry.endsWith("/")) {
    return matchesGlob(entry, namespace);
  }
  try {
    return new RegExp(entry.slice(1, -1)).test(namespace);
  } catch {
    return false;
  }
}

function covers({ group, kind, name }: ResourcePattern, resource: GroupKind & { readonly name: string }) {
  return (
    matchesShellPattern(group, resource.group) &&
    matchesShellPattern(kind, resource.kind) &&
    (name === "" || matchesShellPattern(name, resource.name))
  );
}

const NEW_GROUPS: Readonly<Record<string, string>> = {
  DaemonSet: "apps",
  Deployment: "apps",
  Ingress: "networking.k8s.io",
  NetworkPolicy: "networking.k8s.io",
  PodSecurityPolicy: "policy",
  ReplicaSet: "apps",
};

/** The same objects under the group they had in `extensions`, or moved to from there; Events have two groups as well. */
function formerNames<R extends GroupKind>(resource: R): readonly R[] {
  const newGroup = NEW_GROUPS[resource.kind];
  if (newGroup !== undefined) {
    if (resource.group === "extensions") return [{ ...resource, group: newGroup }];
    return resource.group === newGroup ? [{ ...resource, group: "extensions" }] : [];
  }
  if (resource.kind !== "Event") return [];
  return [{ ...resource, group: resource.group === "" ? "events.k8s.io" : "" }];
}

function placeText(
  { name, server }: Pick<ResolvedDestination["cluster"], "name" | "server">,
  namespace: string,
) {
  const cluster = name === "" ? printableUrl(server) : name;
  return namespace === "" ? `cluster \`${cluster}\`` : `namespace \`${namespace}\` on cluster \`${cluster}\``;
}
