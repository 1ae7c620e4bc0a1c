import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ClusterConnection } from "../../../src/adapters/kubernetes/cluster-connections.ts";
import { valueAt } from "../../../src/domain/json.ts";
import { changeAfter, configMap, LENIENT, reasonOf, untilLive } from "../../contract/cluster-harness.ts";
import { connectTo } from "../../support/cluster/connection.ts";
import { describeOnCluster } from "../../support/cluster/describe-on-cluster.ts";
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../../support/fault-proxy.ts";

const CONFIG_MAP = { group: "", kind: "ConfigMap" };
const APP = "shop";

await describeOnCluster("live state through faults", "api-server", (cluster) => {
  let proxy: FaultProxy;
  let connection: ClusterConnection;
  /** Straight to the API server: someone else. */
  let direct: ClusterConnection;
  let namespace: string;

  beforeEach(async () => {
    proxy = await startFaultProxy(cluster());
    direct = connectTo(cluster());
    connection = connectTo(cluster(), {
      signIn: { server: proxy.server },
      parts: { silenceMs: 1_500 },
    });
    namespace = `faults-${crypto.randomUUID().slice(0, 8)}`;
    await cluster().admin("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  });
  afterEach(async () => {
    await connection.close();
    await direct.close();
    await proxy.close();
  });

  const target = (name: string, colour = "blue") =>
    configMap(namespace, name, { app: app(), data: { colour } });
  const app = () => `${APP}-${namespace}`;
  const write = (name: string, colour?: string) => direct.writes.apply(target(name, colour), LENIENT);
  const remove = async (name: string) => {
    const key = target(name).key;
    const live = await direct.reads.get(key);
    await direct.writes.delete(key, { uid: live?.uid ?? "", propagation: "Background" });
  };
  const shown = () =>
    connection.live
      .managed(app(), [])
      .objects.map(({ key, object }) => `${key.name} ${String(valueAt(object, "data", "colour"))}`)
      .sort();
  const isStale = () => connection.live.managed(app(), []).staleKinds.length > 0;
  const untilShown = async (...expected: readonly string[]) => {
    await untilLive(connection.live, () => !isStale() && shown().join() === expected.join());
  };
  const lists = () => proxy.requests.filter(isList);
  const watches = () => proxy.requests.filter(({ isWatch }) => isWatch);

  describe("a watch that breaks", () => {
    beforeEach(async () => {
      await write("a");
      await connection.live.watch([CONFIG_MAP]);
      await expect.poll(() => proxy.openWatches, { timeout: 10_000 }).toBe(1);
    });

    it("T253 goes on where it was after the connection broke, and lists nothing again", async () => {
      proxy.cutWatches();
      await write("b");
      await untilShown("a blue", "b blue");
      expect(lists()).toHaveLength(1);
    });

    it("T253 says that it is stale while it is broken, and that it is fresh again", async () => {
      proxy.inject(({ isWatch }) => (isWatch ? { kind: "reset" } : undefined));
      const becameStale = await changeAfter(
        connection.live,
        async () => proxy.cutWatches(),
        ({ kinds }) => kinds.length > 0,
      );
      expect(becameStale.kinds).toEqual([CONFIG_MAP]);
      expect(connection.live.managed(app(), []).staleKinds).toEqual([CONFIG_MAP]);
      await write("b");
      expect(shown()).toEqual(["a blue"]);
      proxy.heal();
      await untilShown("a blue", "b blue");
    });

    it("T253 makes longer and longer pauses while connections go on breaking", async () => {
      let broken = 0;
      proxy.inject(({ isWatch }) => {
        if (!isWatch || broken >= 4) return undefined;
        broken += 1;
        return { kind: "reset" };
      });
      const before = watches().length;
      proxy.cutWatches();
      await write("b");
      await untilShown("a blue", "b blue");
      const times = watches()
        .slice(before)
        .map(({ at }) => at);
      const pauses = times.slice(1, 4).map((at, index) => at - (times[index] ?? 0));
      // Half a second, doubled each time, of which the upper half is random.
      for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThan(500 * 2 ** index - 50);
    });

    it("T253 lists again after an ERROR event with 410, and sees what went meanwhile", async () => {
      await write("b");
      await untilShown("a blue", "b blue");
      proxy.inject(({ isWatch }) => (isWatch ? { kind: "reset" } : undefined));
      proxy.sendToWatches({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } });
      await remove("a");
      proxy.heal();
      await untilShown("b blue");
      expect(lists()).toHaveLength(2);
    });

    it("T253 lists at most once a second however often the server says 410", async () => {
      proxy.inject(({ isWatch }) => (isWatch ? { kind: "answer", status: 410 } : undefined));
      proxy.cutWatches();
      await expect.poll(() => lists().length, { timeout: 15_000 }).toBe(4);
      const times = lists().map(({ at }) => at);
      const intervals = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(Math.min(...intervals)).toBeGreaterThan(950);
      proxy.heal();
      await untilShown("a blue");
    });

    it("T253 notices a connection that is open and silent", async () => {
      proxy.silenceWatches();
      await write("b");
      await untilShown("a blue", "b blue");
      expect(watches().length).toBeGreaterThan(1);
    });

    it("T254 watches again within ten seconds after the server answered 500 once", async () => {
      let failed = false;
      proxy.inject(({ isWatch }) => {
        if (!isWatch || failed) return undefined;
        failed = true;
        return { kind: "answer", status: 500 };
      });
      const before = performance.now();
      proxy.cutWatches();
      await write("b");
      await untilShown("a blue", "b blue");
      expect(failed).toBe(true);
      expect(performance.now() - before).toBeLessThan(10_000);
    });

    it.for([
      { what: "no JSON object", event: "<html>" },
      { what: "of no known type", event: { type: "CHANGED", object: { metadata: { name: "x" } } } },
      { what: "of no object", event: { type: "ADDED" } },
      { what: "of an object without a name", event: { type: "ADDED", object: { metadata: {} } } },
    ])("T260 starts anew after an event that is $what", async ({ event }) => {
      const before = watches().length;
      proxy.sendToWatches(event);
      await expect.poll(() => watches().length).toBeGreaterThan(before);
      await write("b");
      await untilShown("a blue", "b blue");
    });
  });

  describe("a list that fails", () => {
    it("T256 starts again when its second page has expired, and takes no half for the whole", async () => {
      await Promise.all(Array.from({ length: 300 }, (_, index) => write(`many-${index}`)));
      await connection.live.watch([CONFIG_MAP]);
      await expect.poll(() => proxy.openWatches, { timeout: 10_000 }).toBe(1);
      let expired = 0;
      proxy.inject(({ url, isWatch }) => {
        if (isWatch && expired === 0) return { kind: "answer", status: 410 };
        if (!url.includes("continue=") || expired > 0) return undefined;
        expired += 1;
        return { kind: "answer", status: 410 };
      });
      const counts: number[] = [];
      connection.live.subscribe(() => counts.push(shown().length));
      proxy.cutWatches();
      await expect.poll(() => expired, { timeout: 10_000 }).toBe(1);
      await expect.poll(isStale, { timeout: 10_000 }).toBe(false);
      expect(Math.min(300, ...counts)).toBe(300);
      expect(shown()).toHaveLength(300);
    });

    it("tells who asked why, and goes on trying", async () => {
      await write("a");
      proxy.inject((request) => (isList(request) ? { kind: "answer", status: 403 } : undefined));
      expect(await reasonOf(connection.live.watch([CONFIG_MAP]))).toBe("ClusterDenied");
      expect(connection.live.managed(app(), []).staleKinds).toEqual([CONFIG_MAP]);
      proxy.heal();
      await connection.live.watch([CONFIG_MAP]);
      expect(shown()).toEqual(["a blue"]);
    });

    it("lists at most once a second however often somebody asks", async () => {
      proxy.inject((request) => (isList(request) ? { kind: "answer", status: 403 } : undefined));
      while (lists().length < 3) await reasonOf(connection.live.watch([CONFIG_MAP]));
      const times = lists().map(({ at }) => at);
      const intervals = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(Math.min(...intervals)).toBeGreaterThan(950);
    });

    it("believes no list that is suddenly empty while its objects are still there", async () => {
      await Promise.all(Array.from({ length: 8 }, (_, index) => write(`kept-${index}`)));
      await connection.live.watch([CONFIG_MAP]);
      await expect.poll(() => proxy.openWatches, { timeout: 10_000 }).toBe(1);
      const empty = {
        kind: "ConfigMapList",
        apiVersion: "v1",
        metadata: { resourceVersion: "99999999" },
        items: [],
      };
      let answered = 0;
      proxy.inject((request) => {
        if (request.isWatch) return { kind: "answer", status: 410 };
        if (!isList(request)) return undefined;
        answered += 1;
        return { kind: "answer", status: 200, body: JSON.stringify(empty) };
      });
      proxy.cutWatches();
      await expect.poll(() => answered, { timeout: 10_000 }).toBe(2);
      expect(shown()).toHaveLength(8);
      expect(isStale()).toBe(true);
      proxy.heal();
      await expect.poll(isStale, { timeout: 10_000 }).toBe(false);
      expect(shown()).toHaveLength(8);
    });

    it("takes a list whose objects are really gone", async () => {
      await Promise.all(Array.from({ length: 8 }, (_, index) => write(`gone-${index}`)));
      await connection.live.watch([CONFIG_MAP]);
      await expect.poll(() => proxy.openWatches, { timeout: 10_000 }).toBe(1);
      proxy.inject(({ isWatch }) => (isWatch ? { kind: "answer", status: 410 } : undefined));
      proxy.cutWatches();
      await Promise.all(Array.from({ length: 8 }, (_, index) => remove(`gone-${index}`)));
      proxy.heal();
      await untilShown();
    });
  });
});

function isList({ method, url, isWatch }: ProxiedRequest): boolean {
  return method === "GET" && /^\/api\/v1\/configmaps\?/.test(url) && !isWatch && !url.includes("continue=");
}
