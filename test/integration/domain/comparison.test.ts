import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ClusterConnection } from "../../../src/adapters/kubernetes/cluster-connections.ts";
import { completeTargets } from "../../../src/domain/complete-targets.ts";
import { DEFAULT_SETTINGS } from "../../../src/domain/control-plane-settings.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { builtInScopeOf } from "../../../src/domain/kind-scopes.ts";
import type { TargetManifest } from "../../../src/domain/manifest.ts";
import { changedFields, compareObject } from "../../../src/domain/object-comparison.ts";
import { formatResourceKey, groupOf, versionOf } from "../../../src/domain/resource-key.ts";
import { connectTo } from "../../support/cluster/connection.ts";
import { describeOnCluster } from "../../support/cluster/describe-on-cluster.ts";
import type { TestCluster } from "../../support/cluster/start-cluster.ts";
import { workloadSamples } from "./workload-samples.ts";

const STRICT = { validate: "strict" } as const;
const IGNORED = ["/status"];

await describeOnCluster(
  "comparison with what a real API server makes of objects",
  "api-server",
  (cluster) => {
    let connection: ClusterConnection;
    beforeAll(() => {
      connection = connectTo(cluster());
    });
    afterAll(() => connection.close());

    const namespaced = async (): Promise<readonly TargetManifest[]> => {
      const name = `compare-${crypto.randomUUID().slice(0, 8)}`;
      await cluster().admin("POST", "/api/v1/namespaces", { metadata: { name } });
      return targetsIn(name);
    };
    /** `in sync, ours`, `in sync`, `undecided`, or the pointers of what differs. */
    const compared = async (target: TargetManifest): Promise<string> => {
      const live = await connection.reads.get(target.key, target.apiVersion);
      if (live === undefined) return "missing";
      const { differing, isUndecided, ownsTarget } = compareObject(target, live, IGNORED);
      if (differing.length > 0) return differing.join(" ");
      if (!isUndecided) return ownsTarget ? "in sync, ours" : "in sync";
      const result = await connection.dryRun.dryRunApply(target, STRICT);
      return changedFields(live, result, IGNORED).join(" ") || "in sync";
    };

    it("T291 finds nothing to do for what we have just applied, whatever the server made of it", async () => {
      const targets = await namespaced();
      for (const target of targets) await connection.writes.apply(target, STRICT);
      const found = await Promise.all(targets.map(compared));
      expect(found).toEqual(targets.map(() => "in sync, ours"));
    });

    it("T291 finds the same in what the watches keep of it", async () => {
      const targets = await namespaced();
      for (const target of targets) await connection.writes.apply(target, STRICT);
      const keys = targets.map(({ key }) => key);
      await connection.live.watch(keys);
      const live = new Map(
        connection.live
          .managed("shop", keys)
          .objects.map((object) => [formatResourceKey(object.key), object]),
      );
      const found = targets.map((target) => {
        const object = live.get(formatResourceKey(target.key));
        return object === undefined ? "missing" : compareObject(target, object, IGNORED);
      });
      expect(found).toEqual(targets.map(() => ({ differing: [], isUndecided: false, ownsTarget: true })));
    });

    it.for(["kubectl-create", "kubectl-client-side-apply", "argocd-controller"])(
      "T291 needs one dry run at most for what %s created, and finds nothing different",
      async (manager) => {
        const targets = await namespaced();
        for (const target of targets) await create(cluster(), target, manager);
        expect(await Promise.all(targets.map(compared))).toEqual(targets.map(() => "in sync"));
      },
    );

    describe("once a Deployment is applied", () => {
      const change = async (edit: (object: JsonObject) => JsonObject): Promise<readonly string[]> => {
        const web = (await namespaced()).find(({ key }) => key.kind === "Deployment");
        if (web === undefined) throw new Error("no Deployment among the samples");
        await connection.writes.apply(web, STRICT);
        const edited = { ...web, object: edit(web.object) };
        const before = await compared(edited);
        await connection.writes.apply(edited, STRICT);
        return [before, await compared(edited)];
      };

      it.for([
        {
          name: "a scalar that changes",
          edit: (spec: JsonObject) => ({ ...spec, replicas: 1 }),
          is: "/spec/replicas",
        },
        {
          name: "a field that Git drops",
          edit: ({ strategy: _, ...spec }: JsonObject) => spec,
          is: "/spec/strategy",
        },
        {
          name: "a zero that Git drops",
          edit: ({ replicas: _, ...spec }: JsonObject) => spec,
          is: "/spec/replicas",
        },
        {
          name: "a container that Git drops",
          edit: (spec: JsonObject) =>
            withPod(spec, ({ containers, ...pod }) => ({
              ...pod,
              containers: (containers as JsonObject[]).slice(0, 1),
            })),
          is: "/spec/template/spec/containers/1",
        },
        {
          name: "an empty volume that becomes another",
          edit: (spec: JsonObject) =>
            withPod(spec, ({ volumes, ...pod }) => ({
              ...pod,
              volumes: [
                { name: "scratch", configMap: { name: "settings" } },
                ...(volumes as JsonObject[]).slice(1),
              ],
            })),
          is: "/spec/template/spec/volumes/0/configMap /spec/template/spec/volumes/0/emptyDir",
        },
      ])("$name is found, and gone once applied", async ({ edit, is }) => {
        const [before, after] = await change((object) => ({
          ...object,
          spec: edit(object["spec"] as JsonObject),
        }));
        expect(before).toBe(is);
        expect(after).toBe("in sync, ours");
      });

      it("T289 replicas that somebody scales differ only where Git names them", async () => {
        const web = (await namespaced()).find(({ key }) => key.kind === "Deployment");
        if (web === undefined) throw new Error("no Deployment among the samples");
        const { replicas: _, ...spec } = web.object["spec"] as JsonObject;
        const silent = { ...web, object: { ...web.object, spec } };
        await connection.writes.apply(silent, STRICT);
        const { namespace, name } = web.key;
        const scale = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`;
        await cluster().admin("PATCH", scale, { spec: { replicas: 3 } });
        expect(await compared(silent)).toBe("in sync, ours");
        expect(await compared(web)).toBe("/spec/replicas");
      });
    });
  },
);

function targetsIn(namespace: string): readonly TargetManifest[] {
  const { manifests } = completeTargets({
    application: { instanceName: "shop", destination: { server: "", name: "", namespace } },
    documents: workloadSamples().map((object, index) => ({ object, digest: String(index) })),
    scopeOf: builtInScopeOf,
    excluded: { ...DEFAULT_SETTINGS, server: "" },
  });
  return manifests;
}

function withPod(spec: JsonObject, edit: (pod: JsonObject) => JsonObject): JsonObject {
  const template = spec["template"] as JsonObject;
  return { ...spec, template: { ...template, spec: edit(template["spec"] as JsonObject) } };
}

/** A plain request, as a client makes it that does not apply. */
async function create(cluster: TestCluster, { key, apiVersion, object }: TargetManifest, manager: string) {
  const group = groupOf(apiVersion);
  const root = group === "" ? "/api" : `/apis/${group}`;
  const plural = `${key.kind.toLowerCase().replace(/s$/, "se").replace(/y$/, "ie")}s`;
  const path = `${root}/${versionOf(apiVersion)}/namespaces/${key.namespace}/${plural}`;
  await cluster.admin("POST", `${path}?fieldManager=${manager}`, object);
}
