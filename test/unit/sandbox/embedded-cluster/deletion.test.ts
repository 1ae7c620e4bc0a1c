import { describe, expect, it } from "vitest";

import { type JsonObject, valueAt } from "../../../../src/domain/json.ts";
import type { ResourceKey } from "../../../../src/domain/resource-key.ts";
import type { EmbeddedCluster } from "../../../../src/sandbox/embedded-cluster/embedded-cluster.ts";
import { configMap, key, stillCluster } from "./still-cluster.ts";

const OWNER = key("ConfigMap", "owner");
const CHILD = key("ConfigMap", "child");

/** An owner and a child that blocks its foreground deletion. */
function family({
  blocks = true,
  finalizer,
}: {
  blocks?: boolean;
  finalizer?: string;
} = {}): EmbeddedCluster {
  const cluster = stillCluster();
  const owner = cluster.control.create(configMap("owner"));
  const uid = valueAt(owner, "metadata", "uid") ?? "";
  const ownerReferences = [
    { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid, blockOwnerDeletion: blocks },
  ];
  const finalizers = finalizer === undefined ? {} : { finalizers: [finalizer] };
  const metadata: JsonObject = { name: "child", namespace: "shop", ownerReferences, ...finalizers };
  cluster.control.create({ ...configMap("child"), metadata });
  cluster.control.settle();
  return cluster;
}

function present({ control }: EmbeddedCluster): readonly string[] {
  return [OWNER, CHILD].filter((at) => control.get(at) !== undefined).map(({ name }) => name);
}

describe("deletion", () => {
  it("in the background removes the owner first", () => {
    const cluster = family();
    cluster.control.remove(OWNER, "Background");
    expect(present(cluster)).toEqual(["child"]);
    cluster.control.settle();
    expect(present(cluster)).toEqual([]);
  });

  it("in the foreground keeps the owner until those that block it are gone", () => {
    const cluster = family({ finalizer: "example.com/hold" });
    cluster.control.remove(OWNER, "Foreground");
    cluster.control.settle();
    expect(present(cluster)).toEqual(["owner", "child"]);
    expect(valueAt(cluster.control.get(OWNER), "metadata", "finalizers")).toEqual(["foregroundDeletion"]);
    cluster.control.edit(CHILD, { metadata: { finalizers: null } });
    cluster.control.settle();
    expect(present(cluster)).toEqual([]);
  });

  it("in the foreground does not wait for those that do not block", () => {
    const cluster = family({ finalizer: "example.com/hold", blocks: false });
    cluster.control.remove(OWNER, "Foreground");
    cluster.control.settle();
    expect(present(cluster)).toEqual(["child"]);
  });

  it("can leave orphans", () => {
    const cluster = family();
    cluster.control.remove(OWNER, "Orphan");
    cluster.control.settle();
    expect(present(cluster)).toEqual(["child"]);
    expect(valueAt(cluster.control.get(CHILD), "metadata", "ownerReferences")).toBeUndefined();
  });

  it("T284 leaves alone what was created anew under the same name", async () => {
    const cluster = family();
    const uid = valueAt(cluster.control.get(OWNER), "metadata", "uid");
    const renewed = cluster.control.recreate(OWNER);
    expect(valueAt(renewed, "metadata", "uid")).not.toBe(uid);
    const options = { uid: String(uid), propagation: "Foreground" } as const;
    expect(await cluster.writes.delete(OWNER, options)).toBe("absent");
    expect(cluster.control.get(OWNER)).toBeDefined();
  });

  it("of a namespace takes everything in it, and lets nothing in meanwhile", async () => {
    const cluster = family({ finalizer: "example.com/hold" });
    const namespace: ResourceKey = key("Namespace", "shop", "");
    cluster.control.remove(namespace);
    cluster.control.settle();
    expect(valueAt(cluster.control.get(namespace), "status", "phase")).toBe("Terminating");
    const target = { key: key("ConfigMap", "late"), apiVersion: "v1", object: configMap("late") };
    await expect(cluster.writes.apply(target, { validate: "strict" })).rejects.toMatchObject({
      reason: "NamespaceTerminating",
    });
    expect(cluster.control.applyAs("someone", configMap("child", { still: "written" }))).toBeDefined();
    cluster.control.edit(CHILD, { metadata: { finalizers: null } });
    cluster.control.settle();
    expect(cluster.control.get(namespace)).toBeUndefined();
    expect(
      cluster.control.list().filter((object) => valueAt(object, "metadata", "namespace") === "shop"),
    ).toEqual([]);
  });

  it("leaves a dependent that has another owner", () => {
    const cluster = family();
    const other = cluster.control.create(configMap("other"));
    const uid = valueAt(other, "metadata", "uid") ?? "";
    const references = valueAt(cluster.control.get(CHILD), "metadata", "ownerReferences");
    const ownerReferences = [
      ...(references as readonly JsonObject[]),
      { apiVersion: "v1", kind: "ConfigMap", name: "other", uid },
    ];
    cluster.control.edit(CHILD, { metadata: { ownerReferences } });
    cluster.control.remove(OWNER, "Background");
    cluster.control.settle();
    expect(present(cluster)).toEqual(["child"]);
  });

  it("removes a dependent whose owner never was", () => {
    const cluster = stillCluster();
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: "nobody" }];
    cluster.control.create({
      ...configMap("child"),
      metadata: { name: "child", namespace: "shop", ownerReferences },
    });
    cluster.control.settle();
    expect(present(cluster)).toEqual([]);
  });
});
