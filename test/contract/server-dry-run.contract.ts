import { describe, expect, it } from "vitest";

import { annotationOf, manifestOf } from "../../src/domain/manifest.ts";
import { type ClusterHarness, configMap, deployment, mustGet, reasonOf, STRICT } from "./cluster-harness.ts";

/** What every {@link ServerDryRun} promises. */
export function describeServerDryRun(harness: () => ClusterHarness): void {
  describe("ServerDryRun", () => {
    it("shows an object that does not exist, and creates nothing", async () => {
      const { dryRun, reads, createNamespace } = harness();
      const target = configMap(await createNamespace(), "settings", { data: { colour: "blue" } });
      const predicted = await dryRun.dryRunApply(target, STRICT);
      expect(predicted.object).toMatchObject({ data: { colour: "blue" } });
      expect(await reads.get(target.key)).toBeUndefined();
    });

    it("shows what the server adds by itself", async () => {
      const { dryRun, createNamespace } = harness();
      const target = deployment(await createNamespace(), "web");
      const predicted = await dryRun.dryRunApply(target, STRICT);
      expect(predicted.object).toMatchObject({
        spec: {
          replicas: 0,
          template: { spec: { containers: [{ name: "main", image: "example.com/web:1" }] } },
        },
      });
    });

    it("shows a change to an object, with what others own kept, and changes nothing", async () => {
      const { dryRun, writes, reads, updateAs, createNamespace } = harness();
      const namespace = await createNamespace();
      const target = configMap(namespace, "settings", { data: { colour: "blue", shape: "round" } });
      await writes.apply(target, STRICT);
      await updateAs("someone", target.key, { metadata: { annotations: { note: "theirs" } } });
      const before = await mustGet({ reads }, target.key);
      const next = configMap(namespace, "settings", { data: { colour: "red" } });
      const predicted = await dryRun.dryRunApply(next, STRICT);
      expect(predicted.object["data"]).toEqual({ colour: "red" });
      expect(annotationOf(predicted, "note")).toBe("theirs");
      expect(await mustGet({ reads }, target.key)).toEqual(before);
    });

    it("refuses a namespace that is missing", async () => {
      const target = configMap("no-such-namespace", "settings");
      expect(await reasonOf(harness().dryRun.dryRunApply(target, STRICT))).toBe("NamespaceMissing");
    });

    it("refuses a kind that is not served", async () => {
      const target = manifestOf({
        apiVersion: "nobody.example.com/v1",
        kind: "Nothing",
        metadata: { name: "a", namespace: "default" },
      });
      expect(await reasonOf(harness().dryRun.dryRunApply(target, STRICT))).toBe("KindUnknown");
    });
  });
}
