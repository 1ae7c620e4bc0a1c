import { describe, expect, it } from "vitest";

import { parseResourceSelector, type ResourceSelector } from "../../../src/domain/resource-selector.ts";
import { plan, showPlaces, showTasks } from "../../support/applications.ts";
import { lives } from "../../support/manifests.ts";

describe("planSync", () => {
  it.for([
    { name: "creates what only Git has", target: "ConfigMap/a", live: "", tasks: "create ConfigMap/a" },
    {
      name: "updates what differs",
      target: "ConfigMap/a=2",
      live: "ConfigMap/a=1",
      tasks: "update ConfigMap/a",
    },
    {
      name: "skips what is in sync and ours",
      target: "ConfigMap/a",
      live: "ConfigMap/a",
      tasks: "skip ConfigMap/a: InSync",
    },
    {
      name: "applies what is in sync, but was applied by others",
      target: "ConfigMap/a",
      live: "ConfigMap/a{by:kubectl}",
      tasks: "update ConfigMap/a",
    },
    {
      name: "prunes what only the cluster has",
      target: "ConfigMap/a",
      live: "ConfigMap/a ConfigMap/b",
      tasks: "prune ConfigMap/b, skip ConfigMap/a: InSync",
    },
    {
      name: "does not touch what is not ours",
      target: "ConfigMap/a",
      live: "ConfigMap/b{app:none} ConfigMap/c{app:other}",
      tasks: "create ConfigMap/a",
    },
    {
      name: "adopts what nobody tracks",
      target: "ConfigMap/a",
      live: "ConfigMap/a{app:none}",
      tasks: "update ConfigMap/a",
    },
    {
      name: "sorts by kind, then name",
      target: "Deployment/a ConfigMap/b ConfigMap/a Widget/a Namespace/n",
      live: "",
      tasks:
        "create Namespace/n, create ConfigMap/a, create ConfigMap/b, create Deployment/a, create Widget/a",
    },
  ])("$name", ({ target, live, tasks }) => {
    expect(showTasks(plan({ target, live }).tasks)).toBe(tasks);
  });

  it.for([
    {
      name: "orders by phase, then wave",
      target:
        "ConfigMap/a{wave:1} ConfigMap/b{wave:-1} Job/c{hook:PreSync} Job/d{hook:PostSync} Job/e{hook:SyncFail} ConfigMap/f",
      places:
        "PreSync/0 create Job/c, Sync/-1 create ConfigMap/b, Sync/0 create ConfigMap/f, Sync/1 create ConfigMap/a, PostSync/0 create Job/d, SyncFail/0 create Job/e",
    },
    {
      name: "lifts a Namespace to its first user, phase and wave",
      target: "Namespace/shop{wave:2} ConfigMap/a{wave:1} Job/b{hook:PreSync,wave:-3}",
      places: "PreSync/-3 create Namespace/shop, PreSync/-3 create Job/b, Sync/1 create ConfigMap/a",
    },
    {
      name: "counts cluster-scoped objects as users of the destination's Namespace",
      target: "Namespace/shop{wave:2} ClusterRole/a{wave:-1}",
      places: "Sync/-1 create Namespace/shop, Sync/-1 create ClusterRole/a",
    },
    {
      name: "leaves a Namespace that nobody needs earlier",
      target: "Namespace/other{wave:2} ConfigMap/a{wave:1}",
      places: "Sync/1 create ConfigMap/a, Sync/2 create Namespace/other",
    },
    {
      name: "lifts a CRD to the first object of its kind",
      target: "CustomResourceDefinition/widgets.example.com{wave:5} Widget/a ConfigMap/b",
      places:
        "Sync/0 create ConfigMap/b, Sync/0 create CustomResourceDefinition/widgets.example.com, Sync/0 create Widget/a",
    },
    {
      name: "does not lift a CRD of another kind",
      target: "CustomResourceDefinition/gadgets.example.com{wave:5} Widget/a",
      places: "Sync/0 create Widget/a, Sync/5 create CustomResourceDefinition/gadgets.example.com",
    },
    {
      name: "makes one task of each phase of a hook",
      target: "Job/a{hook:PreSync+PostSync}",
      places: "PreSync/0 create Job/a, PostSync/0 create Job/a",
    },
    {
      name: "takes Helm's hooks and weights",
      target:
        "Job/a{helm:pre-install+pre-upgrade,weight:-5} Job/b{helm:post-install,weight:x} Job/t{helm:test}",
      places: "PreSync/-5 create Job/a, PostSync/0 create Job/b",
    },
    {
      name: "drops deletion hooks and unknown ones, and names skipped objects",
      target: "Job/a{hook:PreDelete} Job/b{hook:Nonsense} Job/c{hook:Skip}",
      places: "Sync/0 skip Job/c: HookSkipped",
    },
  ])("$name", ({ target, places }) => {
    expect(showPlaces(plan({ target }).tasks)).toBe(places);
  });

  it.for([
    {
      name: "prunes in mirrored waves",
      live: "ConfigMap/a{wave:-1} ConfigMap/b ConfigMap/c{wave:7}",
      options: [],
      places:
        "Sync/-1 prune ConfigMap/c, Sync/0 prune ConfigMap/b, Sync/0 create ConfigMap/new, Sync/7 prune ConfigMap/a",
    },
    {
      name: "mirrors an even number of waves",
      live: "ConfigMap/a{wave:1} ConfigMap/b{wave:2}",
      options: [],
      places: "Sync/0 create ConfigMap/new, Sync/1 prune ConfigMap/b, Sync/2 prune ConfigMap/a",
    },
    {
      name: "prunes last on the Application's wish",
      live: "ConfigMap/a ConfigMap/b{wave:3}",
      options: ["PruneLast=true"],
      places: "Sync/0 create ConfigMap/new, Sync/4 prune ConfigMap/a, Sync/4 prune ConfigMap/b",
    },
    {
      name: "prunes last on the object's wish",
      live: "ConfigMap/a{opt:PruneLast=true} ConfigMap/b",
      options: [],
      places: "Sync/0 prune ConfigMap/b, Sync/0 create ConfigMap/new, Sync/1 prune ConfigMap/a",
    },
  ])("$name", ({ live, options, places }) => {
    expect(showPlaces(plan({ target: "ConfigMap/new", live, options }).tasks)).toBe(places);
  });

  it.for([
    {
      name: "keeps what is stale when pruning is off",
      live: "ConfigMap/x",
      options: [],
      prune: false,
      reason: "PruneDisabled",
    },
    {
      name: "T282 keeps `Prune=false` of the live object",
      live: "ConfigMap/x{opt:Prune=false}",
      options: [],
      prune: true,
      reason: "PruneProtected",
    },
    {
      name: "T282 keeps everything on the Application's `Prune=false`",
      live: "ConfigMap/x",
      options: ["Prune=false"],
      prune: true,
      reason: "PruneProtected",
    },
    {
      name: "T282 keeps `Delete=false`",
      live: "ConfigMap/x{opt:Delete=false}",
      options: [],
      prune: true,
      reason: "PruneProtected",
    },
    {
      name: "T282 keeps what Helm's resource policy keeps",
      live: "ConfigMap/x{keep:keep}",
      options: [],
      prune: true,
      reason: "PruneProtected",
    },
    {
      name: "waits for a confirmation with `Prune=confirm`",
      live: "ConfigMap/x{opt:Prune=confirm}",
      options: [],
      prune: true,
      reason: "ConfirmationRequired",
    },
    {
      name: "T281 keeps a StatefulSet",
      live: "StatefulSet/x",
      options: [],
      prune: true,
      reason: "ProtectedKind",
    },
    {
      name: "T281 keeps a Namespace",
      live: "Namespace/x",
      options: [],
      prune: true,
      reason: "ProtectedKind",
    },
    {
      name: "T281 keeps a PersistentVolumeClaim",
      live: "PersistentVolumeClaim/x",
      options: [],
      prune: true,
      reason: "ProtectedKind",
    },
  ])("$name", ({ live, options, prune, reason }) => {
    const { tasks } = plan({ target: "ConfigMap/a", live: `ConfigMap/a ${live}`, options, prune });
    expect(showTasks(tasks.filter(({ key }) => key.name === "x"))).toMatch(
      new RegExp(`^skip .*: ${reason}$`),
    );
  });

  it("lets an object's own `Prune=true` win over the Application's `Prune=false`", () => {
    const { tasks } = plan({
      target: "ConfigMap/a",
      live: "ConfigMap/x{opt:Prune=true}",
      options: ["Prune=false"],
    });
    expect(showTasks(tasks)).toBe("prune ConfigMap/x, create ConfigMap/a");
  });

  it("T280 lifts exactly the guards whose digest is confirmed", () => {
    const scenario = { target: "ConfigMap/a", live: "ConfigMap/a StatefulSet/db" };
    const { guardDigest } = plan(scenario);
    expect(guardDigest).toMatch(/^[0-9a-f]{24}$/);
    const confirmed = (confirm: string, live = scenario.live) =>
      plan({ ...scenario, live, input: { request: { prune: true, confirm, resources: [] } } });
    expect(showTasks(confirmed(guardDigest).tasks)).toBe("prune StatefulSet/db, skip ConfigMap/a: InSync");
    expect(confirmed(guardDigest).guardDigest).toBe("");
    for (const other of [
      "ConfigMap/a StatefulSet/db StatefulSet/db2",
      "ConfigMap/a StatefulSet/db{uid:new}",
    ]) {
      const refused = confirmed(guardDigest, other);
      expect(showTasks(refused.tasks)).not.toContain("prune");
      expect(refused.guardDigest).not.toBe("");
    }
    expect(confirmed("0".repeat(24)).guardDigest).toBe(guardDigest);
  });

  it("T280 binds the confirmation to the target state", () => {
    const scenario = { target: "ConfigMap/a", live: "StatefulSet/db" };
    const before = plan(scenario).guardDigest;
    expect(plan({ ...scenario, input: { targetDigest: "after a push" } }).guardDigest).not.toBe(before);
  });

  it("T316 withholds every prune of an empty target, unless that is allowed", () => {
    const policy = (allowEmpty: boolean) => ({
      application: {
        syncPolicy: { syncOptions: [], automated: { prune: true, selfHeal: false, allowEmpty } },
      },
    });
    const scenario = { target: "", live: "ConfigMap/a" };
    expect(showTasks(plan({ ...scenario, ...policy(false) }).tasks)).toBe("skip ConfigMap/a: EmptyTarget");
    expect(showTasks(plan({ ...scenario, ...policy(true) }).tasks)).toBe("prune ConfigMap/a");
  });

  it("finds nothing to confirm where no guard withholds", () => {
    expect(plan({ target: "ConfigMap/a", live: "ConfigMap/x" }).guardDigest).toBe("");
  });

  it("applies in-sync objects of others no more with ApplyOutOfSyncOnly", () => {
    const scenario = { target: "ConfigMap/a ConfigMap/b=2", live: "ConfigMap/a{by:kubectl} ConfigMap/b" };
    expect(showTasks(plan({ ...scenario, options: ["ApplyOutOfSyncOnly=true"] }).tasks)).toBe(
      "skip ConfigMap/a: InSync, update ConfigMap/b",
    );
  });

  it("T169 syncs only what is selected, and then runs no hooks", () => {
    const scenario = { target: "ConfigMap/a ConfigMap/b Job/h{hook:PreSync}", live: "ConfigMap/x" };
    const resources = [selector(":ConfigMap:a")];
    const { tasks } = plan({ ...scenario, input: { request: { prune: true, confirm: "", resources } } });
    expect(showTasks(tasks)).toBe(
      "skip Job/h: HookSkipped, skip ConfigMap/x: NotSelected, create ConfigMap/a, skip ConfigMap/b: NotSelected",
    );
  });

  it("counts for the prune budget only what is selected", () => {
    const live = Array.from({ length: 8 }, (_, index) => `ConfigMap/x${index}`).join(" ");
    const scenario = { target: "ConfigMap/a Secret/b", live };
    expect(showTasks(plan(scenario).tasks)).toContain("skip ConfigMap/x1: PruneBudgetExceeded");
    const resources = [selector(":ConfigMap:x1")];
    const { tasks } = plan({ ...scenario, input: { request: { prune: true, confirm: "", resources } } });
    expect(showTasks(tasks)).toContain("prune ConfigMap/x1");
  });

  it("leaves alone what carries a copied tracking id", () => {
    const live = lives("ConfigMap/a").map((object) => ({ ...object, key: { ...object.key, name: "copy" } }));
    const { tasks } = plan({
      target: "ConfigMap/copy",
      input: {
        comparison: {
          resources: [
            {
              key: { group: "", kind: "ConfigMap", namespace: "shop", name: "copy" },
              ...objectPair(live),
              differingFields: [],
              requiresPruning: false,
              isHook: false,
              undecided: false,
              ownsTarget: false,
            },
          ],
          sync: "Synced",
          health: { status: "Healthy", message: "" },
          warnings: [],
        },
      },
    });
    expect(showTasks(tasks)).toBe("skip ConfigMap/copy: NotSelfReferenced");
  });
});

describe("hooks in a plan", () => {
  it("names hooks by commit, phase and start, and tracks them by that name", () => {
    const [task] = plan({ target: "Job/{hook:PreSync,generate:migrate-}" }).tasks;
    expect(task?.key.name).toBe("migrate-abcdef0-presync-1700000000");
    expect(task?.action === "create" && JSON.stringify(task.target.object)).toContain(
      "shop:batch/Job:shop/migrate-abcdef0-presync-1700000000",
    );
  });

  it.for([
    { name: "creates a hook anew by default", target: "Job/h{hook:Sync}", tasks: "create Job/h" },
    {
      name: "does not run a kept hook twice",
      target: "Job/h{hook:Sync,policy:HookSucceeded}",
      tasks: "skip Job/h: HookExists",
    },
    {
      name: "unites the policies of Argo CD and Helm",
      target: "Job/h{hook:Sync,policy:HookFailed,helmpolicy:before-hook-creation}",
      tasks: "create Job/h",
    },
  ])("$name", ({ target, tasks }) => {
    expect(showTasks(plan({ target, live: "Job/h=old{hook:Sync}" }).tasks)).toBe(tasks);
  });

  it("never prunes a hook", () => {
    expect(plan({ target: "ConfigMap/a", live: "ConfigMap/a Job/h{hook:PostSync}" }).tasks).toHaveLength(1);
  });
});

function selector(text: string): ResourceSelector {
  const result = parseResourceSelector(text);
  if (result.kind === "problem") throw new Error(result.problem);
  return result.selector;
}

function objectPair(live: ReturnType<typeof lives>) {
  const [object] = live;
  if (object === undefined) throw new Error("no object");
  return { live: object, target: { ...object, digest: "" } };
}
