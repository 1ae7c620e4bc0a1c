import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ClusterConnection } from "../../../src/adapters/kubernetes/cluster-connections.ts";
import { arrayAt, type JsonObject, numberAt, stringAt, valueAt } from "../../../src/domain/json.ts";
import { annotationsOf, type LiveManifest, manifestOf } from "../../../src/domain/manifest.ts";
import { formatResourceKey } from "../../../src/domain/resource-key.ts";
import { configMap, crd, deployment, mustGet, STRICT, untilLive } from "../../contract/cluster-harness.ts";
import { clusterBinaries } from "../../support/cluster/binaries.ts";
import { connectTo } from "../../support/cluster/connection.ts";
import { describeOnCluster } from "../../support/cluster/describe-on-cluster.ts";
import { startCluster } from "../../support/cluster/start-cluster.ts";
import { fetchTools } from "../../support/tools.ts";

await describeOnCluster("a real cluster with controllers", "controllers", (cluster) => {
  let connection: ClusterConnection;
  beforeAll(() => {
    connection = connectTo(cluster());
  });
  afterAll(async () => {
    await connection.close();
  });

  const withReplicas = (name: string, annotations: JsonObject = {}) => {
    const { object } = deployment("default", name);
    const template = { metadata: { labels: { name }, annotations }, spec: podSpec() };
    return manifestOf({ ...object, spec: { replicas: 1, selector: { matchLabels: { name } }, template } });
  };
  const job = (name: string, annotations: JsonObject = {}) =>
    manifestOf({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, namespace: "default" },
      spec: {
        backoffLimit: 0,
        template: { metadata: { annotations }, spec: { ...podSpec(), restartPolicy: "Never" } },
      },
    });
  const podSpec = () => ({ containers: [{ name: "main", image: "example.com/web:1" }] });
  /** The object, as soon as the watch shows it so. */
  const becomes = async (
    target: ReturnType<typeof job>,
    isIt: (live: LiveManifest) => boolean,
  ): Promise<void> => {
    await connection.live.watch([target.key]);
    connection.live.observe(await connection.writes.apply(target, STRICT));
    await untilLive(connection.live, () => connection.live.managed("", [target.key]).objects.some(isIt));
  };
  const podStates = async (name: string): Promise<readonly JsonObject[]> => {
    const list = (await cluster().admin("GET", "/api/v1/namespaces/default/pods")) as JsonObject;
    const pods = arrayAt(list, "items").filter((pod) =>
      stringAt(pod, "metadata", "name")?.startsWith(`${name}-`),
    );
    return pods.map((pod) => valueAt(pod, "status", "containerStatuses", "0", "state") as JsonObject);
  };

  it("rolls a Deployment out", async () => {
    await becomes(withReplicas("web"), ({ object }) => numberAt(object, "status", "availableReplicas") === 1);
  });

  it("completes a Job", async () => {
    await becomes(job("works"), ({ object }) => numberAt(object, "status", "succeeded") === 1);
  });

  it("fails a Job whose pods are to fail", async () => {
    await becomes(job("fails", { "plumbline.dev/pod": "fail" }), ({ object }) =>
      arrayAt(object, "status", "conditions").some(
        (condition) => stringAt(condition, "type") === "Failed" && stringAt(condition, "status") === "True",
      ),
    );
  });

  it.for([
    {
      name: "crash-loop",
      state: { waiting: expect.objectContaining({ reason: "CrashLoopBackOff" }) as unknown },
    },
    { name: "never-ready", state: { running: expect.anything() as unknown } },
  ])("never makes a Deployment available whose pods are $name", async ({ name, state }) => {
    await connection.writes.apply(withReplicas(name, { "plumbline.dev/pod": name }), STRICT);
    await expect.poll(() => podStates(name), { timeout: 20_000 }).toMatchObject([state]);
    const live = await mustGet(connection, withReplicas(name).key);
    expect(numberAt(live.object, "status", "availableReplicas") ?? 0).toBe(0);
  });

  it("T257 drops what was of a kind whose definition is deleted, and watches it again when it is back", async () => {
    const kind = { group: "vanish.example.com", kind: "Gadget" };
    const definition = crd(kind.group, kind.kind);
    const gadget = manifestOf({
      apiVersion: "vanish.example.com/v1",
      kind: "Gadget",
      metadata: { name: "one", namespace: "default" },
    });
    const define = async () => {
      const { uid } = await connection.writes.apply(definition, STRICT);
      await expect
        .poll(async () =>
          (await connection.reads.api([kind])).resources.some((each) => each.kind === "Gadget"),
        )
        .toBe(true);
      await expect
        .poll(() => connection.writes.apply(gadget, STRICT).then(() => "applied", String), {
          timeout: 15_000,
        })
        .toBe("applied");
      await connection.live.watch([kind]);
      return uid;
    };
    const shown = () => connection.live.managed("", [gadget.key]);
    const uid = await define();
    await untilLive(connection.live, () => shown().objects.length === 1);
    await connection.writes.delete(definition.key, { uid, propagation: "Background" });
    await untilLive(connection.live, () => shown().objects.length === 0);
    await expect.poll(() => shown().staleKinds, { timeout: 20_000 }).toEqual([]);
    await define();
    await untilLive(connection.live, () => shown().objects.length === 1);
  });

  describe("kubectl", () => {
    const kubectl = async (...args: readonly string[]): Promise<string> => {
      const { kubectl: program } = await fetchTools();
      const env = { ...process.env, KUBECONFIG: cluster().kubeconfig };
      return (await promisify(execFile)(program, [...args], { env, cwd: cluster().folder })).stdout;
    };

    it("hands over what it applied client-side: fields that Git drops leave the cluster", async () => {
      const target = configMap("default", "from-kubectl", { data: { colour: "blue", shape: "round" } });
      const file = join(cluster().folder, "from-kubectl.json");
      await writeFile(file, JSON.stringify(target.object));
      await kubectl("apply", "-f", file);
      const live = await mustGet(connection, target.key);
      const next = configMap("default", "from-kubectl", { data: { colour: "blue" } });
      const before = await connection.dryRun.dryRunApply(next, STRICT);
      expect(before.object["data"]).toEqual({ colour: "blue", shape: "round" });
      expect(await connection.writes.migrateOwnership(live)).toBe(true);
      const after = await connection.writes.apply(next, STRICT);
      expect(after.object["data"]).toEqual({ colour: "blue" });
      expect(annotationsOf(after)).not.toHaveProperty("kubectl.kubernetes.io/last-applied-configuration");
      expect(await connection.writes.migrateOwnership(live)).toBe(false);
    });

    it("leaves alone what another controller owns on an object it applied", async () => {
      const target = withReplicas("scaled");
      const file = join(cluster().folder, "scaled.json");
      const { replicas: _, ...spec } = target.object["spec"] as JsonObject;
      await writeFile(file, JSON.stringify({ ...target.object, spec }));
      await kubectl("apply", "-f", file);
      await kubectl("scale", "deployment", "scaled", "--replicas=3");
      await connection.writes.migrateOwnership(await mustGet(connection, target.key));
      const after = await connection.writes.apply(manifestOf({ ...target.object, spec }), STRICT);
      expect(numberAt(after.object, "spec", "replicas")).toBe(3);
    });
  });
});

await describeOnCluster("clusters side by side", "api-server", (cluster) => {
  it("share nothing, and leave nothing behind", async () => {
    const binaries = await clusterBinaries({ env: process.env, onProgress: () => undefined });
    if (binaries.kind === "unavailable") throw new Error(binaries.because);
    const { controllers: _, ...apiServer } = binaries;
    const second = await startCluster(apiServer);
    const [here, there] = [connectTo(cluster()), connectTo(second)];
    const target = configMap("default", "only-here");
    await here.writes.apply(target, STRICT);
    expect(await here.reads.identity()).not.toBe(await there.reads.identity());
    expect(await there.reads.get(target.key), formatResourceKey(target.key)).toBeUndefined();
    await Promise.all([here.close(), there.close()]);
    await second.stop();
    await expect(fetch(second.server)).rejects.toThrow();
  });
});
