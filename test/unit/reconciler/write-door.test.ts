import { afterEach, describe, expect, it } from "vitest";

import { createSystemClock } from "../../../src/adapters/system/clock.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { type LiveManifest, liveManifestOf, manifestOf } from "../../../src/domain/manifest.ts";
import type { Operation } from "../../../src/domain/operation.ts";
import type { Operations } from "../../../src/ports/operations.ts";
import { createWriteDoor, type WriteTask } from "../../../src/reconciler/write-door.ts";
import { createEmbeddedCluster } from "../../../src/sandbox/embedded-cluster/embedded-cluster.ts";
import { application } from "../../support/applications.ts";
import { operation } from "../../support/operations.ts";
import { createRecordedLog } from "../../support/silent-log.ts";

const OPERATION = operation({}, { initiator: { kind: "cli" } });
const PASSAGE = { operation: OPERATION, application: application(), server: "https://kube.test" };
const PLACE = { phase: "Sync", wave: 0, apiVersion: "v1" } as const;
const OURS = "shop:/ConfigMap:shop/a";
const APPLY = { method: "apply", validate: "strict", skipMissingKind: false } as const;

function settings(data: JsonObject) {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop" }, data };
  return { ...manifestOf(object), digest: "" };
}

interface DoorOptions {
  readonly running?: readonly Operation[];
  readonly isForbidden?: boolean;
  readonly freeze?: () => string;
}

describe("the write door", () => {
  const clusters: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const cluster of clusters.splice(0)) await cluster.close();
  });

  function open({ running = [OPERATION], isForbidden = false, freeze = () => "" }: DoorOptions = {}) {
    const cluster = createEmbeddedCluster({ clock: createSystemClock() });
    clusters.push(cluster);
    cluster.control.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    const operations: Operations = {
      running: () => running,
      history: () => running,
      start: () => "known",
      save: () => undefined,
    };
    const door = createWriteDoor({
      writers: { writesTo: () => cluster.writes },
      operations,
      forbidden: async () => (isForbidden ? "namespace `shop`" : undefined),
      freeze,
      log: createRecordedLog(),
    });
    return { cluster, door };
  }

  const create = (data: JsonObject): WriteTask => {
    const target = settings(data);
    return { ...PLACE, key: target.key, action: "create", target, apply: APPLY };
  };
  const update = (data: JsonObject, live: LiveManifest): WriteTask => {
    const target = settings(data);
    return { ...PLACE, key: target.key, action: "update", target, live, apply: APPLY };
  };

  it("T293 names whoever else set a field, as Git's value wins", async () => {
    const { cluster, door } = open();
    const { live } = await door.write(PASSAGE, create({ colour: "blue", shape: "round" }));
    cluster.control.applyAs("painter", settings({ colour: "red" }).object);
    cluster.control.edit(live.key, { data: { shape: "square" } }, "kubectl-edit");
    const written = await door.write(PASSAGE, update({ colour: "blue", shape: "round" }, live));
    expect(written.takenFrom).toEqual(["kubectl-edit", "painter"]);
    expect(written.live.object["data"]).toEqual({ colour: "blue", shape: "round" });
  });

  it.for([
    { name: "fields that nobody else set", by: { size: "3" } },
    { name: "fields that somebody set to the same", by: { colour: "blue" } },
  ])("T293 names nobody for $name", async ({ by }) => {
    const { cluster, door } = open();
    const { live } = await door.write(PASSAGE, create({ colour: "blue" }));
    cluster.control.applyAs("painter", settings(by).object);
    expect((await door.write(PASSAGE, update({ colour: "blue" }, live))).takenFrom).toEqual([]);
  });

  it("writes nothing without an intent", async () => {
    const { cluster, door } = open({ running: [] });
    const task = create({ colour: "blue" });
    await expect(door.write(PASSAGE, task)).rejects.toMatchObject({ reason: "IntentMissing" });
    expect(await cluster.reads.get(task.key)).toBeUndefined();
  });

  it("writes nothing on the intent of another operation", async () => {
    const { door } = open({ running: [operation({ id: "newer" })] });
    await expect(door.write(PASSAGE, create({}))).rejects.toMatchObject({ reason: "IntentMissing" });
  });

  const tracked = (trackingId: string) => {
    const metadata = {
      name: "a",
      namespace: "shop",
      annotations: { "argocd.argoproj.io/tracking-id": trackingId },
    };
    return { apiVersion: "v1", kind: "ConfigMap", metadata };
  };

  it("T148 T172 neither writes, nor removes, nor marks what the project does not permit by now", async () => {
    const { cluster, door } = open({ isForbidden: true });
    const live = liveManifestOf(cluster.control.create(tracked(OURS)));
    const refused = { reason: "ProjectForbids" };
    await expect(door.write(PASSAGE, update({ colour: "blue" }, live))).rejects.toMatchObject(refused);
    await expect(door.remove(PASSAGE, live, "Background")).rejects.toMatchObject(refused);
    await expect(door.patchMetadata(PASSAGE, live.key, { labels: { a: "b" } })).rejects.toMatchObject(
      refused,
    );
    expect(await cluster.reads.get(live.key)).toMatchObject({ resourceVersion: live.resourceVersion });
  });

  it("T288 stops before the next delete once writes are frozen", async () => {
    let why = "";
    const { cluster, door } = open({ freeze: () => why });
    const [first, second] = ["a", "b"].map((name) =>
      liveManifestOf(
        cluster.control.create({
          ...tracked(`shop:/ConfigMap:shop/${name}`),
          metadata: { ...tracked(`shop:/ConfigMap:shop/${name}`).metadata, name },
        }),
      ),
    );
    if (first === undefined || second === undefined) throw new Error("two were created");
    expect(await door.remove(PASSAGE, first, "Background")).toBe("deleted");
    why = "incident 7";
    const frozen = { reason: "WritesFrozen", title: "All writes to clusters are frozen: incident 7" };
    await expect(door.remove(PASSAGE, second, "Background")).rejects.toMatchObject(frozen);
    await expect(door.write(PASSAGE, create({}))).rejects.toMatchObject(frozen);
    await expect(door.patchMetadata(PASSAGE, second.key, {})).rejects.toMatchObject(frozen);
    expect(await cluster.reads.get(second.key)).toBeDefined();
  });

  it.for(["other:/ConfigMap:shop/a", "shop:/ConfigMap:shop/b", "shop:/Secret:shop/a", "shop", ""])(
    "T159 removes nothing that is tracked as `%s`",
    async (trackingId) => {
      const { cluster, door } = open();
      const live = liveManifestOf(cluster.control.create(tracked(trackingId)));
      const removal = door.remove(PASSAGE, live, "Background");
      await expect(removal).rejects.toMatchObject({ reason: "NotOurs" });
      expect(await cluster.reads.get(live.key)).toBeDefined();
    },
  );

  it("removes what is cluster-scoped though the Application went to another namespace before", async () => {
    const { cluster, door } = open();
    const annotations = {
      "argocd.argoproj.io/tracking-id": "shop:rbac.authorization.k8s.io/ClusterRole:before/reader",
    };
    const role = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "reader", annotations },
    };
    const live = liveManifestOf(cluster.control.create(role));
    expect(await door.remove(PASSAGE, live, "Background")).toBe("deleted");
  });

  it("T284 removes the very object that was planned, and no other that has its name by now", async () => {
    const { cluster, door } = open();
    const live = liveManifestOf(cluster.control.create(tracked(OURS)));
    expect(await door.remove(PASSAGE, { ...live, uid: "before" }, "Background")).toBe("absent");
    expect(await cluster.reads.get(live.key)).toBeDefined();
    expect(await door.remove(PASSAGE, live, "Background")).toBe("deleted");
    expect(await cluster.reads.get(live.key)).toBeUndefined();
  });
});
