import { homedir } from "node:os";

import { createClusterConnections } from "../adapters/kubernetes/cluster-connections.ts";
import { findOwnCluster, type OwnCluster } from "../adapters/kubernetes/own-cluster.ts";
import type { Application } from "../domain/application.ts";
import { IN_CLUSTER_SERVER } from "../domain/cluster.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { CliOptions, CliWorld } from "./cli-world.ts";
import { type ClusterDirectory, createClusterDirectory, ownClusterDefinition } from "./clusters.ts";
import { createEmptyCluster } from "./empty-cluster.ts";

/** The one cluster a command of the terminal may go to. */
export interface CliCluster {
  readonly directory: ClusterDirectory;
  /** `none`: no kubeconfig at all, the cluster is imagined empty. */
  readonly kind: "kubeconfig" | "none";
  close(): Promise<void>;
}

/**
 * The kubeconfig's current context, for an Application that goes there.
 * @throws OperationError DestinationRefused, KubeconfigInvalid
 */
export async function openCliCluster(
  application: Application,
  { environment }: Pick<CliOptions, "environment">,
  { clock, log }: Pick<CliWorld, "clock" | "log">,
): Promise<CliCluster> {
  const own = await findOwnCluster({ env: environment, homeFolder: environment["HOME"] ?? homedir() }, clock);
  const server = serverOf(application, own);
  const definitions = [
    {
      ...ownClusterDefinition(server),
      cluster: { ...ownClusterDefinition(server).cluster, name: nameOf(application) },
    },
  ];
  if (own === undefined) {
    const empty = createEmptyCluster({ server });
    return {
      directory: createClusterDirectory(
        () => definitions,
        () => empty,
      ),
      kind: "none",
      close: async () => undefined,
    };
  }
  const connections = createClusterConnections(own, { clock, log, random: Math.random });
  connections.define(definitions);
  return {
    directory: createClusterDirectory(() => definitions, connections.open),
    kind: "kubeconfig",
    close: () => connections.close(),
  };
}

/** What the destination must be: that context's server, or what stands for the cluster one is in. */
function serverOf({ destination }: Application, own: OwnCluster | undefined): string {
  const isInCluster = destination.name === "in-cluster" || destination.server === IN_CLUSTER_SERVER;
  if (isInCluster) return IN_CLUSTER_SERVER;
  const isItsServer = destination.name === "" && own?.servers.includes(destination.server) === true;
  if (isItsServer || (own === undefined && destination.name === "")) return destination.server;
  throw OperationError.of("DestinationRefused", {
    destination: destination.name === "" ? destination.server : destination.name,
    current: own?.server ?? "",
  });
}

function nameOf({ destination }: Application): string {
  return destination.name === "" ? "in-cluster" : destination.name;
}
