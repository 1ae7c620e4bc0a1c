import { describe, expect, it } from "vitest";

import { valueAt } from "../../src/domain/json.ts";
import { formatResourceKey } from "../../src/domain/resource-key.ts";
import { type ClusterHarness, changeAfter, configMap, STRICT, untilLive } from "./cluster-harness.ts";

const CONFIG_MAPS = [{ group: "", kind: "ConfigMap" }];

/** What every {@link LiveState} promises. */
export function describeLiveState(harness: () => ClusterHarness): void {
  describe("LiveState", () => {
    const names = ({ live }: ClusterHarness, instance: string): string[] =>
      live
        .managed(instance, [])
        .objects.map(({ key }) => key.name)
        .sort();

    it("shows what an instance's tracking ids name, and what is at given keys", async () => {
      const cluster = harness();
      const namespace = await cluster.createNamespace();
      const app = `shows-${namespace}`;
      const untracked = configMap(namespace, "untracked", { data: { colour: "red" } });
      await cluster.writes.apply(configMap(namespace, "mine", { app, data: { colour: "blue" } }), STRICT);
      await cluster.writes.apply(configMap(namespace, "other", { app: `${app}-2` }), STRICT);
      await cluster.writes.apply(untracked, STRICT);
      await cluster.live.watch(CONFIG_MAPS);
      await untilLive(cluster.live, () => cluster.live.managed(app, [untracked.key]).objects.length === 2);
      const { objects, staleKinds } = cluster.live.managed(app, [untracked.key]);
      const shown = objects.map(({ key, object }) => [key.name, valueAt(object, "data", "colour")]).sort();
      expect(shown).toEqual([
        ["mine", "blue"],
        ["untracked", "red"],
      ]);
      expect(staleKinds).toEqual([]);
    });

    it("shows an object once when its key is asked for as well", async () => {
      const cluster = harness();
      const namespace = await cluster.createNamespace();
      const target = configMap(namespace, "mine", { app: namespace });
      await cluster.live.watch(CONFIG_MAPS);
      cluster.live.observe(await cluster.writes.apply(target, STRICT));
      expect(cluster.live.managed(namespace, [target.key]).objects).toHaveLength(1);
    });

    it("tells of objects that others add, change and remove", async () => {
      const cluster = harness();
      const namespace = await cluster.createNamespace();
      const target = configMap(namespace, "settings", { app: namespace });
      const isIt = ({ instanceNames }: { instanceNames: ReadonlySet<string> }) =>
        instanceNames.has(namespace);
      await cluster.live.watch(CONFIG_MAPS);
      const acts = [
        () => cluster.applyAs("someone", target.object),
        () => cluster.updateAs("someone", target.key, { data: { colour: "blue" } }),
        () => cluster.remove(target.key),
      ];
      const shown: unknown[] = [];
      for (const act of acts) {
        const { keys } = await changeAfter(cluster.live, act, isIt);
        expect(keys).toContain(formatResourceKey(target.key));
        shown.push(cluster.live.managed(namespace, []).objects.map(({ object }) => object["data"] ?? {}));
      }
      expect(shown).toEqual([[{}], [{ colour: "blue" }], []]);
    });

    it("tells both instances when an object goes from one to the other", async () => {
      const cluster = harness();
      const namespace = await cluster.createNamespace();
      const [from, to] = [`${namespace}-from`, `${namespace}-to`];
      await cluster.live.watch(CONFIG_MAPS);
      const first = configMap(namespace, "settings", { app: from }).object;
      await changeAfter(
        cluster.live,
        () => cluster.applyAs("someone", first),
        ({ instanceNames }) => instanceNames.has(from),
      );
      const change = await changeAfter(
        cluster.live,
        () => cluster.applyAs("someone", configMap(namespace, "settings", { app: to }).object),
        ({ instanceNames }) => instanceNames.has(to),
      );
      expect(change.instanceNames).toContain(from);
      expect([names(cluster, from), names(cluster, to)]).toEqual([[], ["settings"]]);
    });

    it("shows at once what was observed, and never goes back behind it", async () => {
      const cluster = harness();
      const namespace = await cluster.createNamespace();
      const colour = () =>
        cluster.live.managed(namespace, []).objects.map(({ object }) => valueAt(object, "data", "colour"));
      await cluster.live.watch(CONFIG_MAPS);
      const write = (value: string) =>
        cluster.writes.apply(configMap(namespace, "a", { app: namespace, data: { colour: value } }), STRICT);
      const [older, newer] = [await write("old"), await write("new")];
      cluster.live.observe(newer);
      expect(colour()).toEqual(["new"]);
      cluster.live.observe(older);
      expect(colour()).toEqual(["new"]);
    });

    it("does not bring back what the watch has seen go", async () => {
      const cluster = harness();
      const namespace = await cluster.createNamespace();
      const target = configMap(namespace, "settings", { app: namespace });
      await cluster.live.watch(CONFIG_MAPS);
      const written = await cluster.writes.apply(target, STRICT);
      cluster.live.observe(written);
      await cluster.remove(target.key);
      await untilLive(cluster.live, () => names(cluster, namespace).length === 0);
      cluster.live.observe(written);
      expect(names(cluster, namespace)).toEqual([]);
    });

    it("passes over kinds that the cluster does not know", async () => {
      const { live } = harness();
      await live.watch([{ group: "nobody.example.com", kind: "Nothing" }]);
      expect(live.managed("nobody", []).staleKinds).toEqual([]);
    });

    it("keeps our manager's field set", async () => {
      const cluster = harness();
      const namespace = await cluster.createNamespace();
      await cluster.live.watch(CONFIG_MAPS);
      const target = configMap(namespace, "mine", { app: namespace, data: { colour: "blue" } });
      cluster.live.observe(await cluster.writes.apply(target, STRICT));
      const [live] = cluster.live.managed(namespace, []).objects;
      expect(valueAt(live?.object, "metadata", "managedFields", "0")).toMatchObject({
        manager: "argocd-controller",
        operation: "Apply",
        fieldsV1: { "f:data": { "f:colour": {} } },
      });
    });
  });
}
