import { afterAll, describe } from "vitest";

import { createSystemClock } from "../../src/adapters/system/clock.ts";
import { createEmbeddedCluster } from "../../src/sandbox/embedded-cluster/embedded-cluster.ts";
import type { ClusterHarness } from "./cluster-harness.ts";
import { describeClusterReads } from "./cluster-reads.contract.ts";
import { describeClusterWrites } from "./cluster-writes.contract.ts";
import { describeLiveState } from "./live-state.contract.ts";
import { describeServerDryRun } from "./server-dry-run.contract.ts";
import { describeServerRules } from "./server-rules.contract.ts";

describe("the embedded cluster", () => {
  const cluster = createEmbeddedCluster({ clock: createSystemClock() });
  afterAll(() => cluster.close());
  let namespaces = 0;
  const harness: ClusterHarness = {
    reads: cluster.reads,
    live: cluster.live,
    dryRun: cluster.dryRun,
    writes: cluster.writes,
    async createNamespace() {
      namespaces++;
      const name = `contract-${namespaces}`;
      cluster.control.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return name;
    },
    async applyAs(manager, object) {
      cluster.control.applyAs(manager, object);
    },
    async updateAs(manager, key, patch) {
      cluster.control.edit(key, patch, manager);
    },
    async remove(key) {
      cluster.control.remove(key);
    },
  };
  const used = (): ClusterHarness => harness;
  describeClusterReads(used);
  describeClusterWrites(used);
  describeServerDryRun(used);
  describeLiveState(used);
  describeServerRules(used);
});
