import type { Cluster } from "../domain/cluster.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { OpenCluster } from "./clusters.ts";

/** Stands in where there is no kubeconfig: nothing is there yet, and nothing can be written. Plans only. */
export function createEmptyCluster({ server }: Pick<Cluster, "server">): OpenCluster {
  const refuse = (): never => {
    throw OperationError.of("ClusterUnknown", { destination: server });
  };
  return {
    reads: {
      api: async () => ({ kubeVersion: "", resources: [], unavailableGroups: [] }),
      get: async () => undefined,
      identity: async () => "",
    },
    live: {
      watch: async () => undefined,
      managed: () => ({ objects: [], staleKinds: [] }),
      observe: () => undefined,
      subscribe: () => () => undefined,
      close: async () => undefined,
    },
    dryRun: { dryRunApply: async () => refuse() },
    writes: {
      apply: async () => refuse(),
      create: async () => refuse(),
      replace: async () => refuse(),
      delete: async () => refuse(),
      patchMetadata: async () => refuse(),
      migrateOwnership: async () => refuse(),
    },
  };
}
