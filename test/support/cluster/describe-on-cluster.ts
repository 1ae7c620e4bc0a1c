import { afterAll, beforeAll, describe, inject } from "vitest";

import { describeWhere } from "../facilities.ts";
import { type ClusterBinaries, clusterBinaries } from "./binaries.ts";
import { createAdmin } from "./cluster-admin.ts";
import { askForCluster, type ClusterNeed } from "./shared-clusters.ts";
import { type RunningCluster, startCluster, type TestCluster } from "./start-cluster.ts";

/**
 * Tests that need a real cluster and leave it as it is: one for all files of a run that need the same, so each keeps to
 * namespaces and names of its own. Where none can be had they are skipped, with why in their name, or fail in CI. To be
 * awaited at the top of a file.
 */
export async function describeOnCluster(
  name: string,
  need: ClusterNeed,
  tests: (cluster: () => TestCluster) => void,
): Promise<void> {
  await describeWithCluster({ name, need, tests, open: () => joinCluster(need) });
}

/** The same on a cluster of the file's own: for tests that stop and start it. */
export async function describeOnOwnCluster(
  name: string,
  need: ClusterNeed,
  tests: (cluster: () => RunningCluster) => void,
): Promise<void> {
  const open = async (binaries: ClusterBinaries) => {
    const cluster = await startCluster(binaries);
    return { cluster, leave: () => cluster.stop() };
  };
  await describeWithCluster({ name, need, tests, open });
}

interface Joined<Cluster> {
  readonly cluster: Cluster;
  leave(): Promise<void>;
}

interface ClusterTests<Cluster> {
  readonly name: string;
  readonly need: ClusterNeed;
  readonly tests: (cluster: () => Cluster) => void;
  readonly open: (binaries: ClusterBinaries) => Promise<Joined<Cluster>>;
}

async function describeWithCluster<Cluster>(what: ClusterTests<Cluster>): Promise<void> {
  const { name, need, tests, open } = what;
  const binaries = await clusterBinaries({ env: process.env, onProgress: (line) => console.error(line) });
  if (binaries.kind === "unavailable") {
    describeWhere(`no cluster: ${binaries.because}`, name, () => tests(notThere));
    return;
  }
  const { controllers, ...apiServer } = binaries;
  if (need === "controllers" && controllers === undefined) {
    // Who sets KUBEBUILDER_ASSETS chose a cluster without controllers, in CI as well: nothing becomes healthy there.
    describe.skip(`${name} (no controllers: KUBEBUILDER_ASSETS has none)`, () => tests(notThere));
    return;
  }
  describe(name, () => {
    let joined: Joined<Cluster> | undefined;
    beforeAll(async () => {
      joined = await open(need === "controllers" ? binaries : apiServer);
    });
    afterAll(async () => {
      await joined?.leave();
    });
    tests(() => joined?.cluster ?? notThere());
  });
}

async function joinCluster(need: ClusterNeed): Promise<Joined<TestCluster>> {
  const access = await askForCluster(inject("sharedClusters"), need);
  const { close, ...admin } = createAdmin(access);
  return { cluster: { ...access, ...admin }, leave: close };
}

function notThere(): never {
  throw new Error("The cluster is there only while tests run");
}
