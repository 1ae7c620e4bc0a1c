import { IN_CLUSTER_SERVER } from "../domain/cluster.ts";
import { compareText } from "../domain/compare-text.ts";
import type { ClusterDefinition, ConfigProblem } from "../domain/control-plane.ts";
import type { ControlPlaneSettings } from "../domain/control-plane-settings.ts";
import { OperationError } from "../errors/operation-error.ts";
import { type Defined, describePlace, placeOf } from "./defined-readings.ts";
import { problemAt } from "./notes.ts";

/** Argo CD's name for the cluster it runs in. */
const IN_CLUSTER_NAME = "in-cluster";

/**
 * The clusters that Secrets describe, one a server: of several Secrets for one server the first by file counts, always,
 * and the others are named (T186). The pod's own cluster is there without a Secret unless the settings say no.
 */
export function collectClusters(
  secrets: readonly Defined<"cluster">[],
  { isInClusterEnabled }: Pick<ControlPlaneSettings, "isInClusterEnabled">,
): { readonly clusters: readonly ClusterDefinition[]; readonly problems: readonly ConfigProblem[] } {
  const firsts = new Map<string, Defined<"cluster">>();
  const problems: ConfigProblem[] = [];
  for (const secret of secrets) {
    const { server } = secret.value.cluster.cluster;
    const first = firsts.get(server);
    if (first === undefined) {
      firsts.set(server, secret);
      continue;
    }
    const error = OperationError.of("ClusterDuplicate", { server, used: describePlace(first) });
    problems.push(problemAt(placeOf(secret), ["stringData", "server"], { severity: "error", error }));
  }
  const described = [...firsts.values()].map(({ value }) => value.cluster);
  const isMissing = isInClusterEnabled && !firsts.has(IN_CLUSTER_SERVER);
  const clusters = isMissing ? [...described, inCluster()] : described;
  return { clusters: clusters.toSorted((a, b) => compareText(a.cluster.server, b.cluster.server)), problems };
}

function inCluster(): ClusterDefinition {
  const name = IN_CLUSTER_NAME;
  return {
    cluster: { name, server: IN_CLUSTER_SERVER, namespaces: [], clusterResources: false, project: "" },
  };
}
