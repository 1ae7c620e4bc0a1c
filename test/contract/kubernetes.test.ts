import { afterAll, beforeAll } from "vitest";

import { connectTo } from "../support/cluster/connection.ts";
import { describeOnCluster } from "../support/cluster/describe-on-cluster.ts";
import { realHarness } from "../support/cluster/real-harness.ts";
import type { ClusterHarness } from "./cluster-harness.ts";
import { describeClusterReads } from "./cluster-reads.contract.ts";
import { describeClusterWrites } from "./cluster-writes.contract.ts";
import { describeLiveState } from "./live-state.contract.ts";
import { describeServerDryRun } from "./server-dry-run.contract.ts";
import { describeServerRules } from "./server-rules.contract.ts";

await describeOnCluster("a real Kubernetes cluster", "api-server", (cluster) => {
  let connected: (ClusterHarness & { close(): Promise<void> }) | undefined;
  beforeAll(() => {
    const connection = connectTo(cluster());
    connected = { ...realHarness(cluster(), connection), close: () => connection.close() };
  });
  afterAll(async () => {
    await connected?.close();
  });
  const harness = (): ClusterHarness => {
    if (connected === undefined) throw new Error("Not connected");
    return connected;
  };
  describeClusterReads(harness);
  describeServerDryRun(harness);
  describeClusterWrites(harness);
  describeLiveState(harness);
  describeServerRules(harness);
});
