import { describe, expect, it } from "vitest";

import { valueAt } from "../../../../src/domain/json.ts";
import { manifestOf } from "../../../../src/domain/manifest.ts";
import type { LiveChange } from "../../../../src/ports/cluster-reads.ts";
import { configMap, key, stillCluster } from "./still-cluster.ts";

const STRICT = { validate: "strict" } as const;
const CONFIG_MAPS = [{ group: "", kind: "ConfigMap" }];
const SETTINGS = manifestOf(configMap("settings", { colour: "blue" }));

function tracked(name: string, app: string) {
  const annotations = { "argocd.argoproj.io/tracking-id": `${app}:/ConfigMap:shop/${name}` };
  return { ...configMap(name), metadata: { name, namespace: "shop", annotations } };
}

describe("faults", () => {
  it("T258 makes the cluster unreachable, and reachable again", async () => {
    const cluster = stillCluster();
    const mend = cluster.control.faults.unreachable();
    const attempts = [
      cluster.reads.api(),
      cluster.reads.get(SETTINGS.key),
      cluster.reads.identity(),
      cluster.writes.apply(SETTINGS, STRICT),
      cluster.dryRun.dryRunApply(SETTINGS, STRICT),
      cluster.live.watch(CONFIG_MAPS),
    ];
    for (const attempt of attempts) {
      await expect(attempt).rejects.toMatchObject({ reason: "ClusterUnreachable", retryable: true });
    }
    mend();
    await cluster.writes.apply(SETTINGS, STRICT);
    expect(await cluster.reads.get(SETTINGS.key)).toBeDefined();
  });

  it("T250 throttles as often as it is told to", async () => {
    const cluster = stillCluster();
    cluster.control.faults.throttle({ times: 1, retryAfterSeconds: 7, verb: "apply" });
    await expect(cluster.dryRun.dryRunApply(SETTINGS, STRICT)).resolves.toBeDefined();
    await expect(cluster.writes.apply(SETTINGS, STRICT)).rejects.toMatchObject({
      reason: "ClusterThrottled",
      retryAfterMs: 7_000,
    });
    await expect(cluster.writes.apply(SETTINGS, STRICT)).resolves.toBeDefined();
  });

  it("T261 denies one object of several, in dry runs too", async () => {
    const cluster = stillCluster();
    cluster.control.faults.reject(SETTINGS.key, 'admission webhook "policy" denied the request');
    const other = manifestOf(configMap("other"));
    await cluster.writes.apply(other, STRICT);
    for (const attempt of [
      cluster.writes.apply(SETTINGS, STRICT),
      cluster.dryRun.dryRunApply(SETTINGS, STRICT),
    ]) {
      await expect(attempt).rejects.toMatchObject({
        reason: "ApplyRejected",
        remedy: expect.stringContaining('admission webhook "policy" denied the request') as string,
      });
    }
  });

  it("denies a verb on a kind", async () => {
    const cluster = stillCluster();
    cluster.control.faults.deny("delete", { group: "", kind: "ConfigMap" });
    const { uid } = await cluster.writes.apply(SETTINGS, STRICT);
    const attempt = cluster.writes.delete(SETTINGS.key, { uid, propagation: "Background" });
    await expect(attempt).rejects.toMatchObject({ reason: "ClusterDenied" });
    expect(await cluster.reads.get(SETTINGS.key)).toBeDefined();
  });

  it("counts what comes in through the ports, and nothing else", async () => {
    const { control, writes, reads } = stillCluster();
    control.requests.clear();
    control.create(configMap("other"));
    await writes.apply(SETTINGS, STRICT);
    await reads.get(SETTINGS.key);
    await reads.get(SETTINGS.key);
    expect([
      control.requests.count(),
      control.requests.count("apply"),
      control.requests.count("get"),
    ]).toEqual([3, 1, 2]);
    expect(control.requests.all()[0]).toMatchObject({ verb: "apply", key: SETTINGS.key });
  });

  it("T253 shows stale kinds while their watch is broken, and catches up when it is mended", async () => {
    const cluster = stillCluster();
    const changes: LiveChange[] = [];
    cluster.live.subscribe((change) => changes.push(change));
    await cluster.live.watch(CONFIG_MAPS);
    cluster.control.create(tracked("before", "app"));
    const mend = cluster.control.faults.breakWatches(CONFIG_MAPS);
    cluster.control.create(tracked("meanwhile", "app"));
    cluster.control.remove(key("ConfigMap", "before"));
    const broken = cluster.live.managed("app", []);
    expect(broken.objects.map((live) => live.key.name)).toEqual(["before"]);
    expect(broken.staleKinds).toEqual(CONFIG_MAPS);
    cluster.control.settle();
    expect(changes.at(-1)?.kinds).toEqual(CONFIG_MAPS);
    mend();
    const mended = cluster.live.managed("app", []);
    expect(mended.objects.map((live) => live.key.name)).toEqual(["meanwhile"]);
    expect(mended.staleKinds).toEqual([]);
    cluster.control.settle();
    expect([...(changes.at(-1)?.instanceNames ?? [])]).toEqual(["app"]);
  });

  it("T257 loses an API group: its kinds are stale, and unavailable in discovery", async () => {
    const cluster = stillCluster();
    await cluster.live.watch([{ group: "apps", kind: "Deployment" }, ...CONFIG_MAPS]);
    const mend = cluster.control.faults.loseGroup("apps");
    const api = await cluster.reads.api();
    expect(api.unavailableGroups).toEqual(["apps"]);
    expect(api.resources.some(({ group }) => group === "apps")).toBe(false);
    expect(cluster.live.managed("app", []).staleKinds).toEqual([{ group: "apps", kind: "Deployment" }]);
    mend();
    expect((await cluster.reads.api()).unavailableGroups).toEqual([]);
    expect(cluster.live.managed("app", []).staleKinds).toEqual([]);
  });

  it("T251 goes on trying to list behind a watch that failed", async () => {
    const cluster = stillCluster();
    cluster.control.create(tracked("settings", "app"));
    cluster.control.faults.fail(({ verb }) => verb === "list", {
      reason: "Unreachable",
      message: "timeout",
      times: 2,
    });
    await expect(cluster.live.watch(CONFIG_MAPS)).rejects.toMatchObject({ reason: "ClusterUnreachable" });
    expect(cluster.live.managed("app", []).staleKinds).toEqual(CONFIG_MAPS);
    for (let tries = 0; tries < 3; tries++) {
      cluster.control.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(cluster.live.managed("app", []).staleKinds).toEqual([]);
    expect(cluster.live.managed("app", []).objects).toHaveLength(1);
  });

  it("stands for another cluster when its identity changes", async () => {
    const { control, reads } = stillCluster();
    const before = await reads.identity();
    control.changeIdentity();
    expect(await reads.identity()).not.toBe(before);
  });

  it("tells of changes in one batch", async () => {
    const cluster = stillCluster();
    const changes: LiveChange[] = [];
    await cluster.live.watch(CONFIG_MAPS);
    cluster.control.settle();
    cluster.live.subscribe((change) => changes.push(change));
    cluster.control.create(tracked("one", "first"));
    cluster.control.create(tracked("two", "second"));
    expect(changes).toEqual([]);
    cluster.control.advance(50);
    expect(changes.map(({ instanceNames }) => [...instanceNames])).toEqual([["first", "second"]]);
    expect(valueAt(cluster.control.get(key("ConfigMap", "one")), "kind")).toBe("ConfigMap");
  });
});
