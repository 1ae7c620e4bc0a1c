import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ApplicationStatus } from "../../../src/domain/application-status.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { ResourceKey } from "../../../src/domain/resource-key.ts";
import { describeOnCluster } from "../../support/cluster/describe-on-cluster.ts";
import {
  applicationFile,
  configMap,
  createServerRig,
  NAMESPACE,
  type RigApplication,
  type ServerRig,
} from "../../support/server-rig.ts";

const FINALIZER = "resources-finalizer.argocd.argoproj.io";
const WAVE = "argocd.argoproj.io/sync-wave";

const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: nginx }] }
`;

function hook(name: string, phase: string): string {
  return `apiVersion: batch/v1
kind: Job
metadata: { name: ${name}, annotations: { argocd.argoproj.io/hook: ${phase} } }
spec:
  template: { spec: { restartPolicy: Never, containers: [{ name: main, image: busybox }] } }
`;
}

function finalized(name: string, changes: Partial<RigApplication> = {}): RigApplication {
  return { name, finalizers: [FINALIZER], ...changes };
}

function key(name: string, kind = "ConfigMap", group = ""): ResourceKey {
  return { group, kind, namespace: NAMESPACE, name };
}

function live(rig: ServerRig, of: ResourceKey): JsonObject | undefined {
  return rig.clusters.get("in-cluster").control.get(of);
}

function deletes(rig: ServerRig): number {
  return rig.clusters.get("in-cluster").control.requests.count("delete");
}

function removed(rig: ServerRig, name: string, phase: string): Promise<ApplicationStatus> {
  return rig.until(`${name} is removed: ${phase}`, () => {
    const status = rig.status(name);
    return status?.removal?.phase === phase ? status : undefined;
  });
}

async function define(rig: ServerRig, application: RigApplication): Promise<void> {
  await rig.define(`${application.name}.yaml`, applicationFile(application, rig.github.cloneUrl(rig.shop)));
}

describe("an Application whose finalizer deletes its objects", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      files: {
        "waves/low.yaml": configMap("low", "one", `{ ${WAVE}: "-1" }`),
        "waves/high.yaml": configMap("high", "one", `{ ${WAVE}: "5" }`),
        "waves/claim.yaml": CLAIM,
        "kept/config.yaml": configMap("kept"),
        "hooks/config.yaml": configMap("hooks"),
        "hooks/first.yaml": hook("first", "PreDelete"),
        "hooks/last.yaml": hook("last", "PostDelete"),
        "failing/config.yaml": configMap("failing"),
        "held/held.yaml": configMap("held").replace("\ndata:", "\n  finalizers: [example.com/hold]\ndata:"),
        "before/config.yaml": configMap("before"),
        "away/config.yaml": configMap("away"),
      },
      applications: [
        ...["waves", "hooks", "held", "before", "away"].map((name) => finalized(name)),
        { name: "kept" },
      ],
    });
    await Promise.all(["hooks", "held", "before", "away", "kept"].map((name) => rig.arrives(name)));
    await rig.until("the claim is there", () => live(rig, key("data", "PersistentVolumeClaim")));
    await rig.settled();
  });
  afterAll(() => rig.close());

  it("T287 keeps its objects where it has no finalizer", async () => {
    await rig.undefine("kept.yaml");
    const { removal } = await removed(rig, "kept", "done");
    expect(removal?.message).toBe("its objects stay in the cluster");
    expect(live(rig, key("kept"))).toBeDefined();
  });

  it("T281 T287 deletes them from the highest wave down, and keeps what holds data", async () => {
    await rig.undefine("waves.yaml");
    const { removal } = await removed(rig, "waves", "done");
    expect(removal?.message).toBe(
      `2 objects deleted; PersistentVolumeClaim ${NAMESPACE}/data (ProtectedKind) stay in the cluster`,
    );
    expect([live(rig, key("low")), live(rig, key("high"))]).toEqual([undefined, undefined]);
    expect(live(rig, key("data", "PersistentVolumeClaim"))).toBeDefined();
    const written = rig.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(
        ({ msg, action, application }) =>
          msg === "cluster write" && action === "delete" && application === "waves",
      );
    expect(written.map(({ name }) => name)).toEqual(["high", "low"]);
  });

  it("runs its PreDelete hooks before, and its PostDelete hooks after", async () => {
    await rig.undefine("hooks.yaml");
    await removed(rig, "hooks", "done");
    const written = rig.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(
        ({ msg, application, initiator }) =>
          msg === "cluster write" && application === "hooks" && initiator === "removal",
      )
      .map(({ action, name }) => `${action} ${name}`);
    expect(written.filter((one) => !one.startsWith("patch"))).toEqual([
      "create first",
      "delete hooks",
      "create last",
    ]);
  });

  it("goes on deleting after a restart, and says what is waited for", async () => {
    await rig.undefine("held.yaml");
    await removed(rig, "held", "deleting");
    await rig.until(
      "the deletion was asked for",
      () => (live(rig, key("held"))?.["metadata"] as JsonObject | undefined)?.["deletionTimestamp"],
    );
    const before = deletes(rig);
    await rig.restart();
    const { removal } = await rig.until("it is told", () => {
      const status = rig.status("held");
      return status?.removal?.message === "" ? undefined : status;
    });
    expect(removal).toEqual({
      phase: "deleting",
      message: `waiting for deletion of ConfigMap ${NAMESPACE}/held`,
    });
    rig.clusters.get("in-cluster").control.edit(key("held"), { metadata: { finalizers: null } });
    await removed(rig, "held", "done");
    expect(deletes(rig)).toBe(before);
    expect(live(rig, key("held"))).toBeUndefined();
  });

  it("T285 deletes nothing that an Application of another name wants", async () => {
    const [before, uid] = [deletes(rig), live(rig, key("before"))?.["metadata"]];
    await define(rig, finalized("after", { path: "before", automated: "" }));
    await rig.undefine("before.yaml");
    const { removal } = await removed(rig, "before", "done");
    expect(removal?.message).toBe(
      `0 objects deleted; ConfigMap ${NAMESPACE}/before (OwnedByAnotherApplication) stay in the cluster`,
    );
    expect({ deletes: deletes(rig), metadata: live(rig, key("before"))?.["metadata"] }).toEqual({
      deletes: before,
      metadata: uid,
    });
  });

  it("deletes what was removed while nobody was running", async () => {
    await rig.restart(() => rig.undefine("away.yaml"));
    await rig.until("its object is gone", () => (live(rig, key("away")) === undefined ? true : undefined));
  });
});

describe("an Application that may only seem to be removed", () => {
  let rig: ServerRig;
  const names = ["one", "two", "three", "four", "five"];
  beforeAll(async () => {
    rig = await createServerRig({
      files: Object.fromEntries(names.map((name) => [`${name}/config.yaml`, configMap(name)])),
      applications: names.map((name) => finalized(name)),
      controlPlane: () => ({
        "settings.yaml":
          "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: argocd-cm, namespace: argocd }\n",
      }),
    });
    await Promise.all(names.map((name) => rig.arrives(name)));
    await rig.settled();
  });
  afterAll(() => rig.close());

  function there(): readonly string[] {
    return names.filter((name) => live(rig, key(name)) !== undefined);
  }

  it("keeps its objects where its file is broken", async () => {
    await rig.define("one.yaml", "kind: [");
    await rig.until("it is told", () => rig.status("one")?.problem);
    await rig.settled();
    expect(there()).toEqual(names);
    await define(rig, finalized("one"));
    await rig.arrives("one");
  });

  it("keeps them all where too many are gone at once, until some are back", async () => {
    for (const name of names.slice(0, 4)) await rig.undefine(`${name}.yaml`);
    const { removal } = await rig.until("it is told", () => {
      const status = rig.status("one");
      return status?.removal?.message.startsWith("4 of 5") === true ? status : undefined;
    });
    expect(removal?.message).toContain("nothing is deleted");
    await rig.settled();
    await rig.server().resync();
    await rig.settled();
    expect(there()).toEqual(names);
    await define(rig, finalized("four"));
    await rig.arrives("four");
    await rig.server().resync();
    await Promise.all(names.slice(0, 3).map((name) => removed(rig, name, "done")));
    expect(there()).toEqual(["four", "five"]);
  });

  it("keeps even the last ones where the control plane lost everything", async () => {
    for (const file of ["four.yaml", "five.yaml"]) await rig.undefine(file);
    const { removal } = await rig.until("it is told", () => {
      const status = rig.status("five");
      return status?.removal?.message.startsWith("the control plane") === true ? status : undefined;
    });
    expect(removal?.message).toContain("holds nothing any more: nothing is deleted");
    await rig.settled();
    expect(there()).toEqual(["four", "five"]);
  });
});

describe("an Application that is defined again", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      deletionGraceMs: 3_600_000,
      files: { "web/config.yaml": configMap("web"), "other/config.yaml": configMap("other") },
      applications: [finalized("web"), { name: "other" }],
    });
    await Promise.all(["web", "other"].map((name) => rig.arrives(name)));
    await rig.settled();
  });
  afterAll(() => rig.close());

  it("keeps its objects, and its time begins anew should it go again", async () => {
    for (const _ of ["once", "again"]) {
      await rig.undefine("web.yaml");
      const { removal } = await removed(rig, "web", "waiting");
      expect(removal?.message).toBe("its objects are deleted soon");
      await define(rig, finalized("web"));
      await rig.arrives("web");
    }
    expect(deletes(rig)).toBe(0);
    expect(rig.status("web")?.removal).toBeUndefined();
  });
});

await describeOnCluster("an Application that goes from a real cluster", "controllers", (cluster) => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      kubeconfig: cluster().kubeconfig,
      files: {
        "going/web.yaml": DEPLOYMENT,
        "going/config.yaml": configMap("going", "one", `{ ${WAVE}: "-1" }`),
        "going/first.yaml": hook("first", "PreDelete"),
      },
      applications: [finalized("going", { namespace: "finalized" }), { name: "staying", path: "none" }],
    });
    await rig.arrives("going");
    await rig.settled();
  });
  afterAll(() => rig.close());

  it("T287 has a PreDelete hook run, and each wave gone before the next, what controllers made included", async () => {
    await rig.undefine("going.yaml");
    const { removal, operation } = await removed(rig, "going", "done");
    expect(removal?.message).toBe("2 objects deleted");
    expect(operation?.results.map(({ task, outcome }) => `${task} ${outcome}`)).toEqual([
      "PreDelete batch/Job:finalized/first Succeeded",
      "Sync apps/Deployment:finalized/web Succeeded",
      "Sync /ConfigMap:finalized/going Succeeded",
    ]);
    const left = await Promise.all([
      cluster().admin("GET", "/apis/apps/v1/namespaces/finalized/deployments"),
      cluster().admin("GET", "/apis/apps/v1/namespaces/finalized/replicasets"),
    ]);
    expect(left).toMatchObject([{ items: [] }, { items: [] }]);
  });
});
