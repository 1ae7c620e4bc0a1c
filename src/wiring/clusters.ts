import type { Destination } from "../domain/application.ts";
import type { Cluster } from "../domain/cluster.ts";
import type { ClusterDefinition } from "../domain/control-plane.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ClusterReads, LiveState } from "../ports/cluster-reads.ts";
import type { ClusterWriters, ClusterWrites } from "../ports/cluster-writes.ts";
import type { ClusterConnection, Clusters } from "../ports/clusters.ts";
import type { ServerDryRun } from "../ports/server-dry-run.ts";

/** Where destinations lead: real clusters for `serve`, a throw-away one for the demo. */
export interface ClusterAccess {
  open(server: string): OpenCluster;
  define(definitions: readonly ClusterDefinition[]): void;
  close(): Promise<void>;
}

/** One cluster behind all its ports, however it is reached. */
export interface OpenCluster {
  readonly reads: ClusterReads;
  readonly live: LiveState;
  readonly dryRun: ServerDryRun;
  readonly writes: ClusterWrites;
}

export interface ClusterDirectory extends Clusters, ClusterWriters {
  /** Calls back once for each cluster, when it is first connected to. */
  onConnect(callback: (connection: ClusterConnection) => void): void;
}

/** Finds the cluster a destination names among the definitions, and hands out reads and writes apart. */
export function createClusterDirectory(
  definitions: () => readonly ClusterDefinition[],
  open: (server: string) => OpenCluster,
): ClusterDirectory {
  const told = new Set<LiveState>();
  const callbacks: ((connection: ClusterConnection) => void)[] = [];
  return {
    connect(destination) {
      const cluster = clusterOf(destination, definitions());
      const { reads, live, dryRun } = open(cluster.server);
      const connection = { cluster, reads, live, dryRun };
      if (!told.has(live)) {
        told.add(live);
        for (const callback of callbacks) callback(connection);
      }
      return connection;
    },
    list: () => definitions().map(({ cluster }) => cluster),
    writesTo: (server) => open(server).writes,
    onConnect: (callback) => void callbacks.push(callback),
  };
}

function clusterOf({ server, name }: Destination, definitions: readonly ClusterDefinition[]): Cluster {
  const matching = definitions.filter(({ cluster }) =>
    name === "" ? cluster.server === server : cluster.name === name,
  );
  const [found] = matching;
  if (found === undefined)
    throw OperationError.of("ClusterUnknown", { destination: name === "" ? server : name });
  return found.cluster;
}
