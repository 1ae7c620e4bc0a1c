import { describe, expect, it } from "vitest";
import { type Cluster, IN_CLUSTER_SERVER } from "../../../src/domain/cluster.ts";
import type { IgnoredFields } from "../../../src/domain/control-plane-settings.ts";
import { DEFAULT_SETTINGS } from "../../../src/domain/control-plane-settings.ts";
import { type LiveManifest, withMetadata } from "../../../src/domain/manifest.ts";
import type { ClusterConnection } from "../../../src/ports/clusters.ts";
import { createSettleUndecided } from "../../../src/reconciler/settle-undecided.ts";
import { application, compare, showComparison } from "../../support/applications.ts";
import { lives } from "../../support/manifests.ts";

const CLUSTER: Cluster = {
  name: "in-cluster",
  server: IN_CLUSTER_SERVER,
  namespaces: [],
  clusterResources: false,
  project: "",
};

/** A server that has one Deployment, and would make `content` of it. */
function rig(content: string) {
  const [live] = lives("Deployment/a");
  if (live === undefined) throw new Error("no object");
  const ignored: IgnoredFields[] = [];
  const counts = { dryRuns: 0 };
  const server: Pick<ClusterConnection, "cluster"> & {
    readonly reads: Pick<ClusterConnection["reads"], "get">;
    readonly dryRun: ClusterConnection["dryRun"];
  } = {
    cluster: CLUSTER,
    reads: { get: async () => live },
    dryRun: {
      dryRunApply: async (): Promise<LiveManifest> => {
        counts.dryRuns += 1;
        const object = withMetadata({ ...live.object, spec: { content } }, { resourceVersion: "2" });
        return { ...live, object };
      },
    },
  };
  const ask = createSettleUndecided(() => ({ ...DEFAULT_SETTINGS, ignoreDifferences: ignored }));
  return {
    counts,
    ignored,
    /** What a look says of the Deployment, whose watched version cannot be compared with Git's. */
    look: async ({ isStale = false, resourceVersion = "1" } = {}) => {
      const objects = lives("Deployment/a{api:apps/v1beta2}").map((one) => ({ ...one, resourceVersion }));
      const staleKinds = isStale ? [{ group: "apps", kind: "Deployment" }] : [];
      const comparison = compare("Deployment/a", "", { live: { objects, staleKinds } });
      const connection = server as ClusterConnection;
      return showComparison(await ask({ application: application(), comparison, connection }));
    },
  };
}

describe("what the server is asked to decide", () => {
  it("is asked once for each state of an object", async () => {
    const { counts, look } = rig("2");
    expect([await look(), await look()]).toEqual(["a OutOfSync /spec/content", "a OutOfSync /spec/content"]);
    expect(counts.dryRuns).toBe(1);
    await look({ resourceVersion: "2" });
    expect(counts.dryRuns).toBe(2);
  });

  it("is decided anew once other fields are ignored", async () => {
    const { ignored, look } = rig("2");
    expect(await look()).toBe("a OutOfSync /spec/content");
    ignored.push({ group: "apps", kind: "Deployment", jsonPointers: ["/spec/content"] });
    expect(await look()).toBe("a Synced");
  });

  it("stays unknown while the watch is broken, and no longer than that", async () => {
    const { counts, look } = rig("1");
    expect(await look({ isStale: true })).toBe("a Unknown");
    expect(counts.dryRuns).toBe(0);
    expect(await look()).toBe("a Synced");
  });
});
