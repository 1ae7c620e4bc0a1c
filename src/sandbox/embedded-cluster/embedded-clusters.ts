import type { Destination } from "../../domain/application.ts";
import { IN_CLUSTER_SERVER } from "../../domain/cluster.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterWriters } from "../../ports/cluster-writes.ts";
import type { Clusters } from "../../ports/clusters.ts";
import { createEmbeddedCluster, type EmbeddedCluster } from "./embedded-cluster.ts";
import type { Timing } from "./timing.ts";

export interface EmbeddedClustersOptions {
  readonly clock: Clock;
  /** One cluster each; `in-cluster` at `https://kubernetes.default.svc` alone, where none are named. */
  readonly servers?: readonly { readonly name: string; readonly server: string }[];
  readonly timing?: Timing;
}

/** Several embedded clusters, behind the ports that tell them apart. */
export interface EmbeddedClusters {
  readonly clusters: Clusters;
  readonly writers: ClusterWriters;
  /** By server URL or name. @throws OperationError ClusterUnknown */
  get(serverOrName: string): EmbeddedCluster;
  close(): Promise<void>;
}

const IN_CLUSTER = { name: "in-cluster", server: IN_CLUSTER_SERVER };

export function createEmbeddedClusters(options: EmbeddedClustersOptions): EmbeddedClusters {
  const { clock, servers = [IN_CLUSTER], timing } = options;
  const all = servers.map((server) =>
    createEmbeddedCluster({ clock, ...server, ...(timing === undefined ? {} : { timing }) }),
  );

  function get(serverOrName: string): EmbeddedCluster {
    const found = all.find(({ cluster }) => [cluster.server, cluster.name].includes(serverOrName));
    if (found === undefined) throw OperationError.of("ClusterUnknown", { destination: serverOrName });
    return found;
  }

  return {
    clusters: {
      connect({ server, name }: Destination) {
        const { cluster, reads, live, dryRun } = get(server === "" ? name : server);
        return { cluster, reads, live, dryRun };
      },
      list: () => all.map(({ cluster }) => cluster),
    },
    writers: { writesTo: (server) => get(server).writes },
    get,
    async close() {
      await Promise.all(all.map((cluster) => cluster.close()));
    },
  };
}
