import { afterAll, beforeAll, describe } from "vitest";

import { describeWhere } from "../facilities.ts";
import { clusterBinaries } from "./binaries.ts";
import { type RunningCluster, startCluster } from "./start-cluster.ts";

/** `controllers`: workloads become healthy, garbage is collected, namespaces go. */
export type ClusterNeed = "api-server" | "controllers";

/**
 * Tests that need a real cluster: one for the file, started before them and stopped after. Where none can be had they
 * are skipped, with why in their name, or fail in CI. To be awaited at the top of a file.
 */
export async function describeOnCluster(
  name: string,
  need: ClusterNeed,
  tests: (cluster: () => RunningCluster) => void,
): Promise<void> {
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
    let running: RunningCluster | undefined;
    beforeAll(async () => {
      running = await startCluster(need === "controllers" ? binaries : apiServer);
    });
    afterAll(async () => {
      await running?.stop();
    });
    tests(() => running ?? notThere());
  });
}

function notThere(): never {
  throw new Error("The cluster is there only while tests run");
}
