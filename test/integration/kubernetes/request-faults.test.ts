import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  type ClusterConnection,
  connectCluster,
} from "../../../src/adapters/kubernetes/cluster-connections.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import { configMap, LENIENT, mustGet, reasonOf, STRICT, untilLive } from "../../contract/cluster-harness.ts";
import { connectTo, constantSignIn, testParts } from "../../support/cluster/connection.ts";
import { describeOnOwnCluster } from "../../support/cluster/describe-on-cluster.ts";
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../../support/fault-proxy.ts";

await describeOnOwnCluster("requests through faults", "api-server", (cluster) => {
  let proxy: FaultProxy;
  let connection: ClusterConnection;
  beforeEach(async () => {
    proxy = await startFaultProxy(cluster());
    connection = connectTo(cluster(), { signIn: { server: proxy.server } });
    await connection.reads.api();
  });
  afterEach(async () => {
    await connection.close();
    await proxy.close();
  });
  const target = (name = crypto.randomUUID()) => configMap("default", name, { data: { colour: "blue" } });

  it("T250 waits as long as every third answer asks, and finishes", async () => {
    let count = 0;
    const refused: ProxiedRequest[] = [];
    proxy.inject((request) => {
      count += 1;
      if (count % 3 !== 0) return undefined;
      refused.push(request);
      return { kind: "answer", status: 429, headers: { "retry-after": "1" } };
    });
    const targets = Array.from({ length: 20 }, () => target());
    await Promise.all(targets.map((each) => connection.writes.apply(each, STRICT)));
    proxy.heal();
    for (const { key } of targets) expect(await connection.reads.get(key)).toBeDefined();
    const waits = refused.map(({ url, at }) => {
      const again = proxy.requests.find((request) => request.url === url && request.at > at);
      return (again?.at ?? Number.POSITIVE_INFINITY) - at;
    });
    expect(Math.min(...waits)).toBeGreaterThan(950);
    expect(refused.length).toBeLessThan(20);
  });

  it("T250 gives up, saying when to come back, where the server asks for too long a wait", async () => {
    proxy.inject(() => ({ kind: "answer", status: 429, headers: { "retry-after": "600" } }));
    const failure = await connection.reads.identity().catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: "ClusterThrottled", retryAfterMs: 600_000 });
  });

  it("T250 creates an object once although it was refused first", async () => {
    let count = 0;
    proxy.inject(() => {
      count += 1;
      return count === 1 ? { kind: "answer", status: 429, headers: { "retry-after": "0" } } : undefined;
    });
    expect((await connection.writes.create(target(), STRICT)).uid).not.toBe("");
  });

  it("T251 gets through while three in ten requests fail", async () => {
    const faults = [
      { kind: "answer", status: 500 },
      { kind: "answer", status: 503 },
      { kind: "reset" },
      { kind: "lose-answer" },
    ] as const;
    let count = 0;
    proxy.inject(() => {
      count += 1;
      return count % 10 < 3 ? faults[count % faults.length] : undefined;
    });
    const targets = Array.from({ length: 60 }, () => target());
    await Promise.all(targets.map((each) => connection.writes.apply(each, STRICT)));
    proxy.heal();
    for (const { key } of targets) expect(await connection.reads.get(key)).toBeDefined();
  });

  it("T251 says that a cluster does not answer when it goes on failing", async () => {
    proxy.inject(() => ({ kind: "answer", status: 503 }));
    expect(await reasonOf(connection.reads.identity())).toBe("ClusterUnreachable");
  });

  it("does not create again what may have been created", async () => {
    const lost = target();
    proxy.inject(() => ({ kind: "lose-answer" }));
    expect(await reasonOf(connection.writes.create(lost, STRICT))).toBe("ClusterUnreachable");
    proxy.heal();
    expect(proxy.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(await connection.reads.get(lost.key)).toBeDefined();
  });

  it("takes a delete whose answer was lost for done", async () => {
    const doomed = target();
    const { uid } = await connection.writes.apply(doomed, STRICT);
    let lost = false;
    proxy.inject(({ method }) => {
      if (method !== "DELETE" || lost) return undefined;
      lost = true;
      return { kind: "lose-answer" };
    });
    expect(await connection.writes.delete(doomed.key, { uid, propagation: "Background" })).toBe("absent");
    expect(await connection.reads.get(doomed.key)).toBeUndefined();
  });

  it("T260 takes only so much of an answer that does not end", async () => {
    const before = process.memoryUsage().rss;
    proxy.inject(() => ({ kind: "endless" }));
    expect(await reasonOf(connection.reads.identity())).toBe("ClusterAnswerTooLarge");
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  describe("T257 discovery", () => {
    it("tells a group whose server is away from one that is gone", async () => {
      const service = { name: "nowhere", namespace: "default" };
      const spec = {
        group: "away.example.com",
        version: "v1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
      };
      await cluster().admin("POST", "/apis/apiregistration.k8s.io/v1/apiservices", {
        metadata: { name: "v1.away.example.com" },
        spec: { ...spec, service, insecureSkipTLSVerify: true },
      });
      const away = { group: "away.example.com", kind: "Thing" };
      await expect
        .poll(async () => (await connection.reads.api([away])).unavailableGroups, { timeout: 15_000 })
        .toEqual(["away.example.com"]);
      await connection.live.watch([away, { group: "", kind: "ConfigMap" }]);
      expect(connection.live.managed("any", []).staleKinds).toEqual([away]);
      await cluster().admin("DELETE", "/apis/apiregistration.k8s.io/v1/apiservices/v1.away.example.com");
      await expect
        .poll(async () => (await connection.reads.api([away])).unavailableGroups, { timeout: 15_000 })
        .toEqual([]);
      await connection.live.watch([away]);
      expect(connection.live.managed("any", []).staleKinds).toEqual([]);
    });

    it("reads servers without aggregated discovery, group by group", async () => {
      const whole = await connection.reads.api();
      const plain = connectTo(cluster(), { signIn: { server: proxy.server } });
      const unaggregated = new Set(["/api", "/apis"]);
      const answers = new Map<string, string>();
      for (const path of unaggregated) answers.set(path, JSON.stringify(await cluster().admin("GET", path)));
      proxy.inject(({ url }) => {
        if (url === "/apis/policy/v1") return { kind: "answer", status: 404 };
        const body = answers.get(url);
        return body === undefined ? undefined : { kind: "answer", status: 200, body };
      });
      const found = await plain.reads.api();
      const sorted = ({ resources }: typeof found) => resources.map((each) => JSON.stringify(each)).sort();
      expect(found.unavailableGroups).toEqual(["policy"]);
      const expected = whole.resources.filter(({ group }) => group !== "policy");
      expect(sorted(found)).toEqual(sorted({ ...whole, resources: expected }));
      await plain.close();
    });
  });

  describe("T258 an API server that dies", () => {
    it("is waited for, and everything is there in the end", async () => {
      const straight = connectTo(cluster());
      await straight.live.watch([{ group: "", kind: "ConfigMap" }]);
      const targets = Array.from({ length: 30 }, () => target());
      await cluster().killApiServer();
      const applied = Promise.all(targets.map((each) => applyPatiently(straight, each)));
      await cluster().startApiServer();
      await applied;
      for (const { key } of targets) await mustGet(straight, key);
      const keys = targets.map(({ key }) => key);
      const shown = () => straight.live.managed("", keys);
      await untilLive(straight.live, () => shown().staleKinds.length === 0 && shown().objects.length === 30);
      await straight.close();
    });
  });
});

/** As a sync does: what may pass is tried again. */
async function applyPatiently(
  connection: ClusterConnection,
  target: ReturnType<typeof configMap>,
): Promise<void> {
  for (;;) {
    try {
      await connection.writes.apply(target, LENIENT);
      return;
    } catch (error) {
      if (!(error instanceof OperationError) || !error.retryable) throw error;
    }
  }
}

interface OddAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

describe("a server that is none", () => {
  const TOKEN = "canary-token-3f1c";
  const answers: Record<string, OddAnswer> = {
    HTML: { status: 200, body: "<html>\u001b[31mlogin</html>" },
    "a list in place of an object": { status: 200, body: "[]" },
    "other types": { status: 200, body: '{"kind":7,"metadata":"x","items":{"a":1},"gitVersion":[]}' },
    "nothing at all": { status: 200, body: "" },
  };

  /** Serves one answer to everything, and counts the requests. */
  const serve = async (answer: OddAnswer) => {
    let count = 0;
    const server = createServer((_, response) => {
      count += 1;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      count: () => count,
      close: () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        return closed;
      },
    };
  };

  const failuresAt = async (url: string): Promise<readonly unknown[]> => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const signIn = constantSignIn({ server: url, tls: { verify: "always" }, headers });
    const connection = connectCluster(signIn, {}, testParts());
    const asked = [connection.reads.api(), connection.live.watch([{ group: "", kind: "ConfigMap" }])];
    const settled = await Promise.allSettled(asked);
    await connection.close();
    return settled.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  };

  it.for(Object.keys(answers))("T260 harms nothing when it answers %s", async (what) => {
    const server = await serve(answers[what] ?? { status: 500 });
    const failures = await failuresAt(server.url);
    for (const failure of failures) {
      expect(failure).toMatchObject({ reason: "ClusterAnswerUnusable" });
      expect(inspect(failure, { depth: 9 })).not.toContain(TOKEN);
    }
    await server.close();
  });

  it("T260 is not followed to where it redirects", async () => {
    const sink = await serve({ status: 200, body: "{}" });
    const server = await serve({ status: 307, headers: { location: `${sink.url}/api` } });
    const failures = await failuresAt(server.url);
    expect(failures).toMatchObject([
      { reason: "ClusterAnswerUnusable" },
      { reason: "ClusterAnswerUnusable" },
    ]);
    expect([server.count() > 0, sink.count()]).toEqual([true, 0]);
    await Promise.all([server.close(), sink.close()]);
  });
});
