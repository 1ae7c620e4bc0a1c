import type { Cluster } from "../../domain/cluster.ts";
import { IN_CLUSTER_SERVER } from "../../domain/cluster.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterReads, LiveState } from "../../ports/cluster-reads.ts";
import type { ClusterWrites } from "../../ports/cluster-writes.ts";
import type { ServerDryRun } from "../../ports/server-dry-run.ts";
import { createApiServer } from "./api-server.ts";
import { type ClusterControl, createClusterControl } from "./cluster-control.ts";
import { createClusterReads } from "./cluster-reads.ts";
import { createClusterWrites } from "./cluster-writes.ts";
import { startControllers } from "./controllers/start-controllers.ts";
import { createAllocator } from "./defaults/create-defaults.ts";
import { createFaults } from "./faults.ts";
import { createKindRegistry } from "./kind-registry.ts";
import { createLiveState } from "./live-state.ts";
import { createObjectStore } from "./object-store.ts";
import type { ServerState } from "./prepare-object.ts";
import { createScheduler } from "./scheduler.ts";
import { createServerDryRun } from "./server-dry-run.ts";
import { TEST_TIMING, type Timing } from "./timing.ts";

export interface EmbeddedClusterOptions {
  readonly clock: Clock;
  /** As a cluster Secret would have it. */
  readonly name?: string;
  readonly server?: string;
  /** `1.36.3`. */
  readonly kubeVersion?: string;
  /** How long things take; for tests unless said otherwise. */
  readonly timing?: Timing;
}

/** A cluster in this process, behind the same ports as a real one. */
export interface EmbeddedCluster {
  readonly cluster: Cluster;
  readonly reads: ClusterReads;
  readonly live: LiveState;
  readonly dryRun: ServerDryRun;
  readonly writes: ClusterWrites;
  /** What tests and the demo do to the cluster past the ports. */
  readonly control: ClusterControl;
  /** Ends its controllers and timers; nothing of it goes on. */
  close(): Promise<void>;
}

const DEFAULT_KUBE_VERSION = "1.36.3";

/**
 * A cluster in this process: objects with server-side apply and its field sets, defaults, immutable fields, owners and
 * finalizers, and as much of the workload controllers as it takes for workloads to become healthy or to fail.
 *
 * It has no HTTP, admission plugins or webhooks, RBAC, OpenAPI or quota. It knows the fields of the common kinds
 * (workloads, Services, ConfigMaps, Secrets …) and of custom kinds with a schema; of other kinds it takes any field,
 * and its validation is a part of the real server's.
 */
export function createEmbeddedCluster(options: EmbeddedClusterOptions): EmbeddedCluster {
  const { clock, name = "in-cluster", server: url = IN_CLUSTER_SERVER, timing = TEST_TIMING } = options;
  const scheduler = createScheduler(clock);
  const { faults, gate, requests } = createFaults(clock);
  const state: ServerState = {
    store: createObjectStore(),
    kinds: createKindRegistry(),
    allocator: createAllocator(url),
    now: scheduler.now,
  };
  const server = createApiServer(state);
  const stopControllers = startControllers(server, { scheduler, timing });
  const parts = {
    state,
    server,
    gate,
    destination: name,
    kubeVersion: options.kubeVersion ?? DEFAULT_KUBE_VERSION,
  };
  const live = createLiveState(parts, scheduler);
  return {
    cluster: { name, server: url, namespaces: [], clusterResources: true, project: "" },
    reads: createClusterReads(parts),
    live,
    dryRun: createServerDryRun(parts),
    writes: createClusterWrites(parts),
    control: createClusterControl({
      server,
      scheduler,
      faults,
      requests,
      openLiveState: () => createLiveState(parts, scheduler),
    }),
    async close() {
      stopControllers();
      await live.close();
      scheduler.stop();
    },
  };
}
