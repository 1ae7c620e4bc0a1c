import { describe, expect, it } from "vitest";

import { type ClusterHarness, configMap, crd, mustGet, STRICT } from "./cluster-harness.ts";

/** What every {@link ClusterReads} promises. */
export function describeClusterReads(harness: () => ClusterHarness): void {
  describe("ClusterReads", () => {
    it.for([
      { group: "", version: "v1", kind: "ConfigMap", resource: "configmaps", namespaced: true },
      { group: "apps", version: "v1", kind: "Deployment", resource: "deployments", namespaced: true },
      { group: "", version: "v1", kind: "Namespace", resource: "namespaces", namespaced: false },
      {
        group: "rbac.authorization.k8s.io",
        version: "v1",
        kind: "ClusterRole",
        resource: "clusterroles",
        namespaced: false,
      },
    ])("knows $kind in group '$group'", async (expected) => {
      const { resources, unavailableGroups } = await harness().reads.api();
      expect(resources).toContainEqual(expect.objectContaining({ ...expected, preferred: true }));
      expect(unavailableGroups).toEqual([]);
    });

    it("gives the server's version without prefix or suffix", async () => {
      expect((await harness().reads.api()).kubeVersion).toMatch(/^1\.\d+\.\d+$/);
    });

    it("tells a cluster by an identity that stays", async () => {
      const { reads } = harness();
      const identity = await reads.identity();
      expect(identity).not.toBe("");
      expect(await reads.identity()).toBe(identity);
    });

    it("reads an object with its identity and version", async () => {
      const { reads, writes, createNamespace } = harness();
      const target = configMap(await createNamespace(), "settings", { data: { colour: "blue" } });
      const written = await writes.apply(target, STRICT);
      const live = await reads.get(target.key);
      expect(live).toMatchObject({ key: target.key, apiVersion: "v1", uid: written.uid });
      expect(live?.object).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { colour: "blue" } });
      expect(live?.resourceVersion).toBe(written.resourceVersion);
    });

    it.for([
      { what: "an object that does not exist", group: "", kind: "ConfigMap" },
      { what: "a kind that is not served", group: "nobody.example.com", kind: "Nothing" },
    ])("reads nothing for $what", async ({ group, kind }) => {
      const key = { group, kind, namespace: "default", name: "no-such-object" };
      expect(await harness().reads.get(key)).toBeUndefined();
    });

    it("finds a kind that was defined after it had looked", async () => {
      const { reads, writes } = harness();
      const kind = { group: "reads.contract.example.com", kind: "Gadget" };
      expect((await reads.api([kind])).resources).not.toContainEqual(expect.objectContaining(kind));
      const definition = crd(kind.group, kind.kind);
      await writes.apply(definition, STRICT);
      await expect
        .poll(async () => (await reads.api([kind])).resources, { timeout: 10_000 })
        .toContainEqual(expect.objectContaining({ ...kind, resource: "gadgets", namespaced: true }));
      const { uid } = await mustGet({ reads }, definition.key);
      await writes.delete(definition.key, { uid, propagation: "Background" });
    });
  });
}
