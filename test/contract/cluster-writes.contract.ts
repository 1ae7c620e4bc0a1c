import { describe, expect, it } from "vitest";

import { objectAt, stringAt, valueAt } from "../../src/domain/json.ts";
import { annotationOf, annotationsOf, manifestOf, withMetadata } from "../../src/domain/manifest.ts";
import {
  type ClusterHarness,
  configMap,
  deployment,
  LENIENT,
  mustGet,
  reasonOf,
  STRICT,
} from "./cluster-harness.ts";

/** What every {@link ClusterWrites} promises. */
export function describeClusterWrites(harness: () => ClusterHarness): void {
  describe("ClusterWrites", () => {
    describeApply(harness);
    describeCreateAndReplace(harness);
    describeDelete(harness);
    describeMetadata(harness);
    describeMigration(harness);
  });
}

function describeApply(harness: () => ClusterHarness): void {
  it("applies an object that is missing", async () => {
    const { reads, writes, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings", { data: { colour: "blue" } });
    const written = await writes.apply(target, STRICT);
    expect(written.uid).not.toBe("");
    expect(await mustGet({ reads }, target.key)).toMatchObject({
      uid: written.uid,
      object: { data: { colour: "blue" } },
    });
  });

  it("changes nothing when the same is applied again", async () => {
    const { writes, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings", { data: { colour: "blue" } });
    const first = await writes.apply(target, STRICT);
    const second = await writes.apply(target, STRICT);
    expect(second.resourceVersion).toBe(first.resourceVersion);
  });

  it("removes what was applied before and is not any more, and nothing else", async () => {
    const { writes, updateAs, createNamespace } = harness();
    const namespace = await createNamespace();
    const target = configMap(namespace, "settings", { data: { colour: "blue", shape: "round" } });
    await writes.apply(target, STRICT);
    await updateAs("someone", target.key, { data: { theirs: "kept" } });
    const written = await writes.apply(
      configMap(namespace, "settings", { data: { colour: "blue" } }),
      STRICT,
    );
    expect(written.object["data"]).toEqual({ colour: "blue", theirs: "kept" });
  });

  it("T293 takes nothing from another manager where conflicts are refused, and names it", async () => {
    const { writes, reads, applyAs, updateAs, createNamespace } = harness();
    const namespace = await createNamespace();
    const target = configMap(namespace, "settings", { data: { colour: "blue", shape: "round" } });
    await writes.apply(target, STRICT);
    await applyAs("painter", configMap(namespace, "settings", { data: { colour: "red" } }).object);
    await updateAs("kubectl-edit", target.key, { data: { shape: "square" } });
    await expect(writes.apply(target, { ...STRICT, conflicts: "refused" })).rejects.toMatchObject({
      reason: "ApplyConflict",
      remedy: expect.stringMatching(
        /conflicts? with "(painter|kubectl-edit)".*\n?.*conflicts? with "(painter|kubectl-edit)"/s,
      ) as string,
    });
    expect((await mustGet({ reads }, target.key)).object["data"]).toEqual({ colour: "red", shape: "square" });
    await writes.apply(target, STRICT);
    expect((await mustGet({ reads }, target.key)).object["data"]).toEqual({ colour: "blue", shape: "round" });
    expect((await writes.apply(target, { ...STRICT, conflicts: "refused" })).object["data"]).toEqual({
      colour: "blue",
      shape: "round",
    });
  });

  it("takes back a field that someone else changed", async () => {
    const { writes, applyAs, createNamespace } = harness();
    const namespace = await createNamespace();
    const target = configMap(namespace, "settings", { data: { colour: "blue" } });
    await writes.apply(target, STRICT);
    await applyAs("someone", configMap(namespace, "settings", { data: { colour: "red" } }).object);
    const written = await writes.apply(target, STRICT);
    expect(written.object["data"]).toEqual({ colour: "blue" });
  });

  it("merges containers by name", async () => {
    const { writes, updateAs, createNamespace } = harness();
    const target = deployment(await createNamespace(), "web");
    await writes.apply(target, STRICT);
    const sidecar = { name: "sidecar", image: "example.com/proxy:1" };
    const main = { name: "main", image: "example.com/web:1" };
    await updateAs("injector", target.key, { spec: { template: { spec: { containers: [main, sidecar] } } } });
    const written = await writes.apply(target, STRICT);
    const containers = valueAt(written.object, "spec", "template", "spec", "containers");
    expect(containers).toMatchObject([main, sidecar]);
  });

  it("keeps all 64 bits of an integer", async () => {
    const { reads, writes, createNamespace } = harness();
    const grace = 9007199254740993n;
    const target = deployment(await createNamespace(), "web", { terminationGracePeriodSeconds: grace });
    await writes.apply(target, STRICT);
    const live = await mustGet({ reads }, target.key);
    expect(valueAt(live.object, "spec", "template", "spec", "terminationGracePeriodSeconds")).toBe(grace);
  });

  it("drops unknown fields where it is to be lenient", async () => {
    const { writes, dryRun, createNamespace } = harness();
    const container = {
      name: "main",
      image: "example.com/web:1",
      imag: "x",
      ports: [{ containerPort: 80, port: 80 }, { containerPort: 81 }],
      livenessProbe: { httpGet: { path: "/", port: 80, pth: "x" } },
    };
    const known = deployment(await createNamespace(), "web", { containers: [container] });
    const target = manifestOf({ ...known.object, bogus: true });
    expect(await reasonOf(writes.apply(target, STRICT))).toBe("ApplyRejected");
    await dryRun.dryRunApply(target, LENIENT);
    const { object } = await writes.apply(target, LENIENT);
    expect(object).not.toHaveProperty("bogus");
    const live = valueAt(object, "spec", "template", "spec", "containers", "0");
    expect(live).not.toHaveProperty("imag");
    expect(live).toMatchObject({
      image: "example.com/web:1",
      ports: [{ containerPort: 80 }, { containerPort: 81 }],
      livenessProbe: { httpGet: { path: "/", port: 80 } },
    });
  });

  it("refuses a namespace that is missing", async () => {
    const target = configMap("no-such-namespace", "settings");
    expect(await reasonOf(harness().writes.apply(target, STRICT))).toBe("NamespaceMissing");
  });

  it.for([
    { apiVersion: "nobody.example.com/v1", kind: "Nothing" },
    { apiVersion: "apps/v1beta1", kind: "Deployment" },
  ])("refuses $kind in $apiVersion, which is not served", async ({ apiVersion, kind }) => {
    const target = manifestOf({ apiVersion, kind, metadata: { name: "a", namespace: "default" } });
    expect(await reasonOf(harness().writes.apply(target, STRICT))).toBe("KindUnknown");
  });

  it.for(MISPLACED)("rejects $what", async ({ kind, apiVersion, name }) => {
    const target = manifestOf({ apiVersion, kind, metadata: { name } });
    const { writes } = harness();
    expect(await reasonOf(writes.apply(target, STRICT))).toBe("ApplyRejected");
    expect(await reasonOf(writes.create(target, STRICT))).toBe("ApplyRejected");
  });
}

const MISPLACED = [
  { what: "a namespaced object without a namespace", kind: "ConfigMap", apiVersion: "v1", name: "a" },
  ...["a/b", "..", "50%"].map((name) => ({
    what: `a name that is no step of a path, \`${name}\``,
    kind: "ClusterRole",
    apiVersion: "rbac.authorization.k8s.io/v1",
    name,
  })),
];

function describeCreateAndReplace(harness: () => ClusterHarness): void {
  it("creates an object only where there is none", async () => {
    const { writes, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings");
    await writes.create(target, STRICT);
    expect(await reasonOf(writes.create(target, STRICT))).toBe("ObjectExists");
  });

  it("creates under a generated name", async () => {
    const { reads, writes, createNamespace } = harness();
    const { object } = configMap(await createNamespace(), "any");
    const target = manifestOf(withMetadata(object, { name: undefined, generateName: "job-" }));
    const written = await writes.create(target, STRICT);
    expect(written.key.name).toMatch(/^job-.+/);
    expect(await reads.get(written.key)).toBeDefined();
  });

  it("replaces the whole object, also what others wrote", async () => {
    const { writes, updateAs, createNamespace } = harness();
    const namespace = await createNamespace();
    const target = configMap(namespace, "settings", { data: { colour: "blue" } });
    const { uid } = await writes.apply(target, STRICT);
    await updateAs("someone", target.key, { data: { theirs: "gone" } });
    const next = configMap(namespace, "settings", { data: { colour: "red" } });
    const written = await writes.replace(next, STRICT);
    expect(written).toMatchObject({ uid });
    expect(written.object["data"]).toEqual({ colour: "red" });
  });

  it("replaces nothing that does not exist", async () => {
    const { writes, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings");
    expect(await reasonOf(writes.replace(target, LENIENT))).toBe("PreconditionFailed");
  });
}

function describeDelete(harness: () => ClusterHarness): void {
  it("deletes the object with that UID", async () => {
    const { reads, writes, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings");
    const { uid } = await writes.apply(target, STRICT);
    expect(await writes.delete(target.key, { uid, propagation: "Background" })).toBe("deleted");
    expect(await reads.get(target.key)).toBeUndefined();
  });

  it("leaves an object with another UID alone", async () => {
    const { reads, writes, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings");
    await writes.apply(target, STRICT);
    const uid = "00000000-0000-4000-8000-000000000000";
    expect(await writes.delete(target.key, { uid, propagation: "Foreground" })).toBe("absent");
    expect(await reads.get(target.key)).toBeDefined();
  });

  it.for([
    { what: "an object that is gone", group: "", kind: "ConfigMap" },
    { what: "a kind that is gone", group: "nobody.example.com", kind: "Nothing" },
  ])("takes $what for deleted", async ({ group, kind }) => {
    const key = { group, kind, namespace: "default", name: "no-such-object" };
    expect(await harness().writes.delete(key, { uid: "1", propagation: "Foreground" })).toBe("absent");
  });

  it("keeps an object with a finalizer until that is removed", async () => {
    const { reads, writes, createNamespace } = harness();
    const { object } = configMap(await createNamespace(), "settings");
    const metadata = { ...objectAt(object, "metadata"), finalizers: ["example.com/hold"] };
    const target = manifestOf({ ...object, metadata });
    const { uid } = await writes.apply(target, STRICT);
    expect(await writes.delete(target.key, { uid, propagation: "Background" })).toBe("deleted");
    const held = await mustGet({ reads }, target.key);
    expect(stringAt(held.object, "metadata", "deletionTimestamp")).toBeDefined();
    await writes.patchMetadata(target.key, { finalizers: null });
    expect(await reads.get(target.key)).toBeUndefined();
  });
}

function describeMetadata(harness: () => ClusterHarness): void {
  it("merges a patch into the metadata", async () => {
    const { writes, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings", { app: "shop", data: { colour: "blue" } });
    await writes.apply(target, STRICT);
    const added = await writes.patchMetadata(target.key, { annotations: { note: "ours" } });
    expect(annotationsOf(added)).toMatchObject({ note: "ours" });
    expect(annotationOf(added, "argocd.argoproj.io/tracking-id")).toBeDefined();
    const removed = await writes.patchMetadata(target.key, { annotations: { note: null } });
    expect(annotationsOf(removed)).not.toHaveProperty("note");
    expect(removed.object["data"]).toEqual({ colour: "blue" });
  });

  it("patches nothing that has changed since it was looked at", async () => {
    const { writes, updateAs, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings");
    const { resourceVersion } = await writes.apply(target, STRICT);
    await updateAs("someone", target.key, { data: { theirs: "new" } });
    const patch = { resourceVersion, annotations: { note: "ours" } };
    expect(await reasonOf(writes.patchMetadata(target.key, patch))).toBe("PreconditionFailed");
  });

  it("patches nothing that is gone", async () => {
    const key = { group: "", kind: "ConfigMap", namespace: "default", name: "no-such-object" };
    expect(await reasonOf(harness().writes.patchMetadata(key, { annotations: {} }))).toBe(
      "PreconditionFailed",
    );
  });
}

function describeMigration(harness: () => ClusterHarness): void {
  it.for(["kubectl-client-side-apply", "argocd-controller"])(
    "makes fields that %s updated leave when they are not applied any more",
    async (manager) => {
      const { writes, updateAs, createNamespace } = harness();
      const namespace = await createNamespace();
      const target = configMap(namespace, "settings", { data: { colour: "blue" } });
      const live = await writes.create(configMap(namespace, "settings", { data: { colour: "red" } }), STRICT);
      await updateAs(manager, target.key, { data: { colour: "blue", shape: "round" } });
      expect(await writes.migrateOwnership(live)).toBe(true);
      const written = await writes.apply(target, STRICT);
      expect(written.object["data"]).toEqual({ colour: "blue" });
      expect(await writes.migrateOwnership(live)).toBe(false);
    },
  );

  it("leaves fields of others with them", async () => {
    const { writes, updateAs, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings", { data: { colour: "blue" } });
    const live = await writes.apply(target, STRICT);
    await updateAs("someone", target.key, { data: { theirs: "kept" } });
    expect(await writes.migrateOwnership(live)).toBe(false);
    const written = await writes.apply(target, STRICT);
    expect(written.object["data"]).toEqual({ colour: "blue", theirs: "kept" });
  });

  it("moves nothing of an object that is not the one it was shown", async () => {
    const { writes, updateAs, createNamespace } = harness();
    const target = configMap(await createNamespace(), "settings", { data: { colour: "red" } });
    const { key, uid } = await writes.create(target, STRICT);
    await updateAs("kubectl-client-side-apply", key, { data: { colour: "blue" } });
    expect(await writes.migrateOwnership({ key, uid: "another" })).toBe(false);
    expect(await writes.migrateOwnership({ key, uid })).toBe(true);
  });
}
