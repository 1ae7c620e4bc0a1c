import { describe, expect, it } from "vitest";

import { isJsonObject, type JsonObject, valueAt } from "../../../../src/domain/json.ts";
import type { EmbeddedCluster } from "../../../../src/sandbox/embedded-cluster/embedded-cluster.ts";
import { formatPaths, fromFieldsV1 } from "../../../../src/sandbox/embedded-cluster/field-set.ts";
import { configMap, key, stillCluster, workload } from "./still-cluster.ts";

const SETTINGS = key("ConfigMap", "settings");
const WEB = key("Deployment", "web");

/** `manager Operation` → the paths it owns. */
function owners({ control }: EmbeddedCluster, at = SETTINGS): Record<string, readonly string[]> {
  const entries = valueAt(control.get(at), "metadata", "managedFields");
  if (!Array.isArray(entries)) return {};
  return Object.fromEntries(
    entries.filter(isJsonObject).map((entry) => {
      const fields = isJsonObject(entry["fieldsV1"]) ? entry["fieldsV1"] : {};
      const by = [entry["manager"], entry["operation"], entry["subresource"]].filter(
        (part) => part !== undefined,
      );
      return [by.join(" "), formatPaths(fromFieldsV1(fields))];
    }),
  );
}

function dataOf({ control }: EmbeddedCluster): unknown {
  return control.get(SETTINGS)?.["data"];
}

/** A Deployment whose container has these variables. */
function withEnv(names: string, value = "1"): JsonObject {
  const env = names.split(" ").map((name) => ({ name, value }));
  const pod = { containers: [{ name: "main", image: "nginx", env }] };
  const template = { metadata: { labels: { name: "web" } }, spec: pod };
  return workload("Deployment", "web", { spec: { template } });
}

function envOf({ control }: EmbeddedCluster): string {
  const env = valueAt(control.get(WEB), "spec", "template", "spec", "containers", "0", "env");
  return (env as readonly JsonObject[]).map(({ name }) => name).join(" ");
}

describe("server-side apply", () => {
  it("records who applied and who updated which fields", () => {
    const cluster = stillCluster();
    cluster.control.applyAs("argocd-controller", configMap("settings", { colour: "blue" }));
    cluster.control.edit(SETTINGS, { data: { shape: "round" } });
    expect(owners(cluster)).toEqual({
      "argocd-controller Apply": [".data.colour"],
      "kubectl-edit Update": [".data.shape"],
    });
  });

  it("T293 refuses to take a field over politely, naming its manager", () => {
    const cluster = stillCluster();
    cluster.control.create(configMap("settings", { colour: "red" }), "someone");
    const polite = () => cluster.control.applyAs("ours", configMap("settings", { colour: "blue" }), "polite");
    expect(polite).toThrow('Apply failed with 1 conflict: conflict with "someone" using v1: .data.colour');
    expect(dataOf(cluster)).toEqual({ colour: "red" });
    cluster.control.applyAs("ours", configMap("settings", { colour: "blue" }), "forced");
    expect(owners(cluster)).toMatchObject({ "ours Apply": [".data.colour"], "someone Update": [".data"] });
  });

  it("shares a field with a manager that wants the same", () => {
    const cluster = stillCluster();
    cluster.control.applyAs("one", configMap("settings", { colour: "blue" }));
    cluster.control.applyAs("two", configMap("settings", { colour: "blue" }), "polite");
    expect(owners(cluster)).toEqual({ "one Apply": [".data.colour"], "two Apply": [".data.colour"] });
  });

  it("takes a field from those who applied another value", () => {
    const cluster = stillCluster();
    cluster.control.applyAs("one", configMap("settings", { colour: "blue", shape: "round" }));
    cluster.control.applyAs("two", configMap("settings", { colour: "red" }));
    expect(owners(cluster)).toEqual({ "one Apply": [".data.shape"], "two Apply": [".data.colour"] });
  });

  it("leaves nothing behind of what an update removes", () => {
    const cluster = stillCluster();
    cluster.control.applyAs("ours", configMap("settings", { colour: "blue", shape: "round" }));
    cluster.control.edit(SETTINGS, { data: { colour: null } });
    expect(owners(cluster)).toEqual({ "ours Apply": [".data.shape"] });
  });

  it("keeps client-side fields until they are moved to us", async () => {
    const cluster = stillCluster();
    cluster.control.applyClientSide(configMap("settings", { old: "1", kept: "2" }));
    cluster.control.applyAs("argocd-controller", configMap("settings", { kept: "2" }));
    expect(dataOf(cluster)).toEqual({ old: "1", kept: "2" });
    const live = await cluster.reads.get(SETTINGS);
    expect(await cluster.writes.migrateOwnership({ key: SETTINGS, uid: live?.uid ?? "" })).toBe(true);
    cluster.control.applyAs("argocd-controller", configMap("settings", { kept: "2" }));
    expect(dataOf(cluster)).toEqual({ kept: "2" });
  });

  it.for([
    {
      what: "is put back where it was drifted away",
      edit: { spec: { replicas: 5 } },
      at: ["spec", "replicas"],
      is: 2,
    },
    {
      what: "keeps what others added",
      edit: { metadata: { labels: { team: "web" } } },
      at: ["metadata", "labels", "team"],
      is: "web",
    },
  ])("T292 $what", ({ edit, at, is }) => {
    const cluster = stillCluster();
    const target = workload("Deployment", "web", { spec: { replicas: 2 } });
    cluster.control.applyAs("argocd-controller", target);
    cluster.control.edit(WEB, edit);
    cluster.control.applyAs("argocd-controller", target);
    expect(valueAt(cluster.control.get(WEB), ...at)).toBe(is);
  });

  it("T289 leaves replicas to an autoscaler when we do not apply them", () => {
    const cluster = stillCluster();
    const target = workload("Deployment", "web");
    cluster.control.applyAs("argocd-controller", target);
    cluster.control.edit(WEB, { spec: { replicas: 7 } }, "autoscaler");
    cluster.control.applyAs("argocd-controller", target);
    expect(valueAt(cluster.control.get(WEB), "spec", "replicas")).toBe(7);
  });

  it.for([
    { before: "A B C", edited: "X A B C Y", next: "C A N", is: "X C Y A N" },
    { before: "A", edited: "A X", next: "N A", is: "N A X" },
    { before: "A B", edited: "B A", next: "A B", is: "A B" },
  ])("orders $edited, applied as $next, as $is", ({ before, edited, next, is }) => {
    const cluster = stillCluster();
    cluster.control.applyAs("ours", withEnv(before));
    cluster.control.edit(WEB, { spec: withEnv(edited)["spec"] ?? {} });
    cluster.control.applyAs("ours", withEnv(next));
    expect(envOf(cluster)).toBe(is);
  });

  it("keeps an item that another manager applied as well", () => {
    const cluster = stillCluster();
    cluster.control.applyAs("ours", withEnv("A B"));
    cluster.control.applyAs("theirs", withEnv("B"));
    cluster.control.applyAs("ours", withEnv("A"));
    expect(envOf(cluster)).toBe("A B");
  });

  it("does not keep an item for those who only wrote inside it", () => {
    const cluster = stillCluster();
    cluster.control.applyAs("ours", withEnv("A B"));
    cluster.control.edit(WEB, { spec: withEnv("A B", "other")["spec"] ?? {} });
    cluster.control.applyAs("ours", withEnv("A"));
    expect(envOf(cluster)).toBe("A");
  });

  it("does not touch the version when nothing changes", () => {
    const cluster = stillCluster();
    const first = cluster.control.applyAs("ours", workload("Deployment", "web"));
    const second = cluster.control.applyAs("ours", workload("Deployment", "web"));
    expect(second).toEqual(first);
  });

  it("changes nothing in a dry run, and says what it would", async () => {
    const cluster = stillCluster();
    const before = cluster.control.list().length;
    const target = { key: SETTINGS, apiVersion: "v1", object: configMap("settings", { colour: "blue" }) };
    const predicted = await cluster.dryRun.dryRunApply(target, { validate: "strict" });
    expect(predicted.object["data"]).toEqual({ colour: "blue" });
    expect(cluster.control.list()).toHaveLength(before);
  });
});
