import type { Cluster } from "./cluster.ts";
import { matchesGlob } from "./glob.ts";
import type { Project } from "./project.ts";

/** A place to apply objects to, resolved: the cluster that the Application's server or name stands for. */
export interface ResolvedDestination {
  readonly cluster: Pick<Cluster, "name" | "server" | "project"> & {
    /** Other names and servers of the same cluster: what is refused for one of them is refused for all (T162). */
    readonly aliases?: readonly Pick<Cluster, "name" | "server">[];
  };
  /** `""` for cluster-scoped objects of an Application without a destination namespace. */
  readonly namespace: string;
}

type DestinationRules = Pick<Project, "name" | "destinations" | "permitOnlyProjectScopedClusters">;

/**
 * Whether Applications of the project may apply objects there (argocd-behaviour §8): some entry matches server or name,
 * and namespace; no `!` entry refuses it, wherever it stands in the list. A cluster reserved for a project is open to
 * that one without an entry, and closed to all others.
 */
export function permitsDestination(project: DestinationRules, destination: ResolvedDestination): boolean {
  const { cluster, namespace } = destination;
  if (cluster.project !== "" && cluster.project !== project.name) return false;
  if (project.permitOnlyProjectScopedClusters && cluster.project !== project.name) return false;
  const identities = [cluster, ...(cluster.aliases ?? [])];
  if (identities.some((identity) => isRefused(project, identity, namespace))) return false;
  return cluster.project === project.name || isPermitted(project, cluster, namespace);
}

function isPermitted(
  { destinations }: DestinationRules,
  cluster: Pick<Cluster, "name" | "server">,
  namespace: string,
): boolean {
  return destinations.some((entry) => {
    const isThisCluster =
      matches(canonicalServer(entry.server), canonicalServer(cluster.server)) ||
      matches(entry.name, cluster.name);
    return isThisCluster && matches(entry.namespace, namespace);
  });
}

/** A failing `!name` refuses outright, a failing `!server` for the entry's namespaces, a `!namespace` on its server. */
function isRefused(
  { destinations }: DestinationRules,
  cluster: Pick<Cluster, "name" | "server">,
  namespace: string,
): boolean {
  return destinations.some((entry) => {
    const nameMatches = matches(entry.name, cluster.name);
    const serverMatches = matches(canonicalServer(entry.server), canonicalServer(cluster.server));
    const namespaceMatches = matches(entry.namespace, namespace);
    if (isDenial(entry.name) && !nameMatches) return true;
    if (isDenial(entry.server) && !serverMatches && namespaceMatches) return true;
    return isDenial(entry.namespace) && !namespaceMatches && (serverMatches || nameMatches);
  });
}

function matches(pattern: string, text: string): boolean {
  if (pattern === "") return false;
  if (isDenial(pattern)) return !matchesGlob(pattern.slice(1), text);
  return matchesGlob(pattern, text);
}

function isDenial(pattern: string): boolean {
  return pattern.startsWith("!");
}

/** Hosts ignore case, https has its port, and a trailing slash means nothing. */
function canonicalServer(server: string): string {
  return server
    .trim()
    .replace(/\/+$/, "")
    .replace(/^(!?https?:\/\/[^/]*)/i, (origin) => origin.toLowerCase())
    .replace(/^(!?https:\/\/[^/]+):443$/, "$1");
}
