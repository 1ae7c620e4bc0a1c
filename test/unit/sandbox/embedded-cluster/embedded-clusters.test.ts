import { describe, expect, it } from "vitest";

import { manifestOf } from "../../../../src/domain/manifest.ts";
import { createEmbeddedClusters } from "../../../../src/sandbox/embedded-cluster/embedded-clusters.ts";
import { STILL_CLOCK } from "./still-cluster.ts";

const SERVERS = [
  { name: "east", server: "https://east.example.com" },
  { name: "west", server: "https://west.example.com" },
];

describe("embedded clusters", () => {
  it.for([
    { server: "https://west.example.com", name: "" },
    { server: "", name: "west" },
  ])("are told apart by server and name: $server $name", async (destination) => {
    const { clusters, writers, get } = createEmbeddedClusters({ clock: STILL_CLOCK, servers: SERVERS });
    const connection = clusters.connect({ ...destination, namespace: "default" });
    expect(connection.cluster).toMatchObject(SERVERS[1] ?? {});
    const target = manifestOf({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", namespace: "default" },
    });
    await writers.writesTo(connection.cluster.server).apply(target, { validate: "strict" });
    expect(await connection.reads.get(target.key)).toBeDefined();
    expect(await get("east").reads.get(target.key)).toBeUndefined();
    expect(await connection.reads.identity()).not.toBe(await get("east").reads.identity());
  });

  it("does not know others", () => {
    const { clusters } = createEmbeddedClusters({ clock: STILL_CLOCK, servers: SERVERS });
    expect(() => clusters.connect({ server: "", name: "north", namespace: "" })).toThrow(/ClusterUnknown/);
  });

  it("is the cluster Plumbline runs in, unless others are named", () => {
    const { clusters } = createEmbeddedClusters({ clock: STILL_CLOCK });
    expect(clusters.list()).toMatchObject([{ name: "in-cluster", server: "https://kubernetes.default.svc" }]);
  });
});
