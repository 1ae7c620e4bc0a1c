import { homedir } from "node:os";
import { resolve } from "node:path";

import { createClusterConnections } from "../adapters/kubernetes/cluster-connections.ts";
import { findOwnCluster, type OwnCluster } from "../adapters/kubernetes/own-cluster.ts";
import type { ClusterChoice } from "../cli/cluster-options.ts";
import type { Destination } from "../domain/application.ts";
import { type Cluster, IN_CLUSTER_SERVER } from "../domain/cluster.ts";
import type { ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ClusterWriters } from "../ports/cluster-writes.ts";
import type { Clusters } from "../ports/clusters.ts";
import type { CliOptions } from "./cli-options.ts";
import type { CliWorld } from "./cli-world.ts";
import { createEmptyCluster } from "./empty-cluster.ts";

/** The one cluster a command of the terminal may go to. */
export interface CliCluster {
  /** `connect` throws DestinationRefused for any other. */
  readonly directory: Clusters & ClusterWriters;
  /** `none`: no kubeconfig at all, clusters are imagined empty. */
  readonly kind: "kubeconfig" | "none";
  /** Its address; `""` where there is none. */
  readonly server: string;
  /** Whether a destination is that cluster. */
  reaches(destination: Destination): boolean;
  close(): Promise<void>;
}

type Definitions = Pick<ControlPlaneSnapshot, "clusters">;

/** Which cluster was meant, and the cluster Secrets among the definitions. */
export interface CliClusterQuestion extends Definitions {
  readonly choice: ClusterChoice;
}

/** The kubeconfig's context. Nothing is asked of it before it is needed. @throws OperationError KubeconfigInvalid */
export async function openCliCluster(
  { choice, ...definitions }: CliClusterQuestion,
  { environment, workingDirectory }: Pick<CliOptions, "environment" | "workingDirectory">,
  { clock, log }: Pick<CliWorld, "clock" | "log">,
): Promise<CliCluster> {
  const named = {
    ...(choice.kubeconfig === "" ? {} : { kubeconfig: resolve(workingDirectory, choice.kubeconfig) }),
    context: choice.context,
  };
  const homeFolder = environment["HOME"] ?? homedir();
  const own = await findOwnCluster({ env: environment, homeFolder, ...named }, clock);
  if (own === undefined) return noCluster(definitions);
  const connections = createClusterConnections(own, { clock, log, random: Math.random });
  // Without credentials: a cluster Secret's are a server's, and this is the user's own way in.
  connections.define(definitions.clusters.map(({ cluster }) => ({ cluster })));
  const reaches = (destination: Destination) =>
    own.servers.includes(clusterNamed(destination, definitions).server);
  return {
    kind: "kubeconfig",
    server: own.server,
    reaches,
    directory: {
      connect(destination) {
        if (!reaches(destination)) throw refusal(destination, own);
        const cluster = clusterNamed(destination, definitions);
        const { reads, live, dryRun } = connections.open(cluster.server);
        return { cluster, reads, live, dryRun };
      },
      list: () => definitions.clusters.map(({ cluster }) => cluster),
      writesTo: (server) => connections.open(server).writes,
    },
    close: () => connections.close(),
  };
}

/** Every cluster a destination may name, each of them empty. */
export function createImaginedClusters(definitions: Definitions): Clusters & ClusterWriters {
  return {
    connect(destination) {
      const cluster = clusterNamed(destination, definitions);
      return { cluster, ...createEmptyCluster(cluster) };
    },
    list: () => definitions.clusters.map(({ cluster }) => cluster),
    writesTo: (server) => createEmptyCluster({ server }).writes,
  };
}

function noCluster(definitions: Definitions): CliCluster {
  return {
    kind: "none",
    server: "",
    reaches: () => false,
    directory: createImaginedClusters(definitions),
    close: async () => undefined,
  };
}

/** As cluster Secrets among the definitions describe it; else what the destination says of it is all that is known. */
function clusterNamed({ server, name }: Destination, { clusters }: Definitions): Cluster {
  const defined = clusters.find(({ cluster }) =>
    name === "" ? cluster.server === server : cluster.name === name,
  );
  if (defined !== undefined) return defined.cluster;
  const isOwn = name === "in-cluster" || server === IN_CLUSTER_SERVER;
  const own = isOwn ? { name: "in-cluster", server: IN_CLUSTER_SERVER } : { name, server };
  return { ...own, namespaces: [], clusterResources: true, project: "" };
}

function refusal({ server, name }: Destination, own: OwnCluster): OperationError {
  return OperationError.of("DestinationRefused", {
    destination: name === "" ? server : name,
    current: own.server,
  });
}
