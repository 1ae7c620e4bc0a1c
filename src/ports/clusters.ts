import type { Destination } from "../domain/application.ts";
import type { Cluster } from "../domain/cluster.ts";
import type { ClusterReads, LiveState } from "./cluster-reads.ts";
import type { ServerDryRun } from "./server-dry-run.ts";

/** The clusters the control plane knows, without any way to write to them. */
export interface Clusters {
  /**
   * The one cluster a destination names; opened when first asked for.
   * @throws OperationError ClusterUnknown, ClusterAmbiguous, ClusterCredentialsRefused
   */
  connect(destination: Destination): ClusterConnection;
  /** Every cluster that is known, opened or not. */
  list(): readonly Cluster[];
}

export interface ClusterConnection {
  readonly cluster: Cluster;
  readonly reads: ClusterReads;
  readonly live: LiveState;
  readonly dryRun: ServerDryRun;
}
