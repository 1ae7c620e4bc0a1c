import { describe, expect, it } from "vitest";

import { parseResourceSelector } from "../../../src/domain/resource-selector.ts";
import { nextSyncStep } from "../../../src/domain/sync-step.ts";
import { plan } from "../../support/applications.ts";
import { showStep, syncRun } from "../../support/sync-run.ts";

describe("nextSyncStep", () => {
  it("applies a wave kind by kind, prunes first, and has then succeeded whatever the health", () => {
    const run = syncRun({ target: "Deployment/d ConfigMap/b ConfigMap/a", live: "ConfigMap/x" });
    run.health("d", "Progressing");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log).toEqual(["·", "prune x", "create a", "create b", "create d"]);
  });

  it("groups what may run in parallel by kind", () => {
    const { tasks } = plan({
      target: "Deployment/d ConfigMap/b ConfigMap/a Secret/s",
      live: "ConfigMap/y ConfigMap/x",
    });
    const { step } = nextSyncStep({
      instanceName: "shop",
      tasks,
      syncOptions: [],
      results: new Map(),
      deletedUids: new Set(),
      attempt: { operationId: "op", retryCount: 0 },
      purpose: "sync",
      isDoneWaitingForDefinitions: false,
      live: () => undefined,
      assess: () => undefined,
    });
    const groups = step.kind === "act" ? step.groups : [];
    const names = groups.map((group) =>
      group.map((action) => (action.kind === "deleteHook" ? "" : action.task.key.name)).join(" "),
    );
    expect(names).toEqual(["x y", "s", "a b", "d"]);
  });

  it("applies nothing after a CRD in the same step, whatever comes between it and its objects", () => {
    const run = syncRun({
      target: "CustomResourceDefinition/widgets.example.com Widget/w Service/s ConfigMap/c",
    });
    run.health("widgets.example.com", "Progressing");
    run.go();
    expect(run.log).toEqual(["·", "create c", "create widgets.example.com"]);
    run.health("widgets.example.com", "Healthy");
    run.go();
    expect(run.log).toEqual(["·", "create c", "create widgets.example.com", "·", "create s", "create w"]);
  });

  it("waits in the middle of a wave for nothing but definitions", () => {
    const run = syncRun({ target: "CustomResourceDefinition/widgets.example.com Widget/w Secret/s" });
    run.health("s", "Progressing");
    run.health("widgets.example.com", "Healthy");
    expect(showStep(run.go())).toBe("Succeeded");
  });

  it("says how many it waits for", () => {
    const run = syncRun({ target: "Deployment/a Deployment/b Deployment/c ConfigMap/d{wave:1}" });
    for (const name of ["a", "b", "c"]) run.health(name, "Progressing");
    expect(showStep(run.go())).toBe("waiting for healthy state of Deployment shop/a and 2 more");
  });

  it("records which prunes were withheld, and why; what was not selected is none of them", () => {
    const run = syncRun({ target: "ConfigMap/a", live: "StatefulSet/db ConfigMap/x" });
    run.go();
    const withheld = [...run.results.values()].filter(({ status }) => status === "PruneSkipped");
    expect(withheld.map(({ task, message }) => `${task}: ${message}`)).toEqual([
      "Sync apps/StatefulSet:shop/db: ProtectedKind",
    ]);
  });

  it("has succeeded at once where there is nothing to do", () => {
    expect(showStep(syncRun({ target: "" }).go())).toBe("Succeeded");
  });

  it("lets a wave wait for the health of those before", () => {
    const run = syncRun({ target: "Deployment/a ConfigMap/b{wave:1}" });
    run.health("a", "Progressing");
    expect(showStep(run.go())).toBe("waiting for healthy state of Deployment shop/a");
    expect(run.log).toEqual(["·", "create a"]);
    run.health("a", "Healthy");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log).toEqual(["·", "create a", "·", "create b"]);
  });

  it("does not wait for the last wave", () => {
    const run = syncRun({ target: "ConfigMap/a Deployment/b{wave:1}" });
    run.health("b", "Progressing");
    expect(showStep(run.go())).toBe("Succeeded");
  });

  it("waits for what is in sync in an earlier wave, unless only what is out of sync takes part", () => {
    const scenario = { target: "Deployment/a ConfigMap/b{wave:1}", live: "Deployment/a" };
    const run = syncRun(scenario);
    run.health("a", "Progressing");
    expect(showStep(run.go())).toBe("waiting for healthy state of Deployment shop/a");
    const partial = syncRun({ ...scenario, options: ["ApplyOutOfSyncOnly=true"] });
    partial.health("a", "Progressing");
    expect(showStep(partial.go())).toBe("Succeeded");
  });

  it.for([
    { status: "Suspended", step: "waiting for healthy state of Deployment shop/a" },
    { status: "Missing", step: "waiting for healthy state of Deployment shop/a" },
    { status: "Unknown", step: "waiting for healthy state of Deployment shop/a" },
    { status: "Degraded", step: "Failed: Deployment shop/a: is Degraded" },
    { status: "Healthy", step: "Succeeded" },
  ] as const)("takes a resource that is $status: $step", ({ status, step }) => {
    const run = syncRun({ target: "Deployment/a ConfigMap/b{wave:1}" });
    run.health("a", status);
    expect(showStep(run.go())).toBe(step);
  });

  it("does not ask again for what has been Healthy once", () => {
    const run = syncRun({ target: "Deployment/a Deployment/b{wave:1} ConfigMap/c{wave:2}" });
    run.health("b", "Progressing");
    run.go();
    run.health("a", "Degraded");
    run.health("b", "Healthy");
    expect(showStep(run.go())).toBe("Succeeded");
  });

  it("fails on what the server refuses, applies nothing more, and says how much failed", () => {
    const run = syncRun({ target: "ConfigMap/a ConfigMap/b ConfigMap/c{wave:1}" });
    run.refuse("a");
    run.refuse("b");
    expect(showStep(run.go())).toBe("Failed: ConfigMap shop/a: the server refused it, and 1 more failed");
    expect(run.log).toEqual(["·", "refused a", "refused b"]);
  });

  it("fails where an object vanishes that others wait for", () => {
    const run = syncRun({ target: "Deployment/a ConfigMap/b{wave:1}" });
    run.health("a", "Progressing");
    run.go();
    run.gone("a");
    expect(showStep(run.go())).toBe("Failed: Deployment shop/a: is gone");
  });

  it("waits in the middle for what was pruned to be gone", () => {
    const run = syncRun({ target: "ConfigMap/a{wave:1}", live: "Deployment/x" });
    run.keepDeleted();
    expect(showStep(run.go())).toBe("waiting for deletion of Deployment shop/x");
    run.gone("x");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log).toEqual(["·", "prune x", "·", "create a"]);
  });

  it("does not wait for an object that took the place of a pruned one", () => {
    const run = syncRun({ target: "ConfigMap/a{wave:1}", live: "Deployment/x" });
    run.keepDeleted();
    run.go();
    run.replaced("x");
    expect(showStep(run.go())).toBe("Succeeded");
  });

  it("leaves the outcome of what it does not wait for open", () => {
    const run = syncRun({ target: "ConfigMap/a Deployment/b{wave:1}" });
    run.health("b", "Degraded");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.results.get("Sync /ConfigMap:shop/a")?.outcome).toBe("Succeeded");
    expect(run.results.get("Sync apps/Deployment:shop/b")?.outcome).toBeUndefined();
  });

  it("gives a CRD its moment before the objects of its kind", () => {
    const run = syncRun({ target: "CustomResourceDefinition/widgets.example.com Widget/w" });
    run.health("widgets.example.com", "Progressing");
    const step = run.go();
    expect(step).toMatchObject({ kind: "wait", timeoutMs: 3_000 });
    expect(run.log).toEqual(["·", "create widgets.example.com"]);
    run.doneWaitingForDefinitions();
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log).toEqual(["·", "create widgets.example.com", "·", "create w"]);
  });
});

describe("hooks", () => {
  it.for([
    { status: "Healthy", step: "Succeeded" },
    { status: "Progressing", step: "waiting for completion of hook Job shop/h" },
    { status: "Suspended", step: "waiting for completion of hook Job shop/h" },
    { status: "Degraded", step: "Failed: Job shop/h: is Degraded" },
    { status: "Unknown", step: "Failed: Job shop/h: is Unknown" },
  ] as const)("that are $status: $step", ({ status, step }) => {
    const run = syncRun({ target: "Job/h{hook:PreSync} ConfigMap/a" });
    run.health("h", status);
    expect(showStep(run.go())).toBe(step);
  });

  it("without health have succeeded once they exist", () => {
    expect(showStep(syncRun({ target: "ConfigMap/h{hook:PreSync} ConfigMap/a" }).go())).toBe("Succeeded");
  });

  it("hold a sync up that has nothing else to do, and with them its resources", () => {
    const run = syncRun({ target: "Deployment/a Job/h{hook:PostSync}" });
    run.health("a", "Progressing");
    run.health("h", "Progressing");
    expect(showStep(run.go())).toBe("waiting for healthy state of Deployment shop/a");
    run.health("a", "Healthy");
    expect(showStep(run.go())).toBe("waiting for completion of hook Job shop/h");
    run.health("h", "Healthy");
    expect(showStep(run.go())).toBe("Succeeded");
  });

  it("in the last wave make a sync of several waits for what is applied beside them", () => {
    const run = syncRun({ target: "ConfigMap/a Deployment/b{wave:1} Job/h{hook:Sync,wave:1}" });
    run.health("b", "Progressing");
    expect(showStep(run.go())).toBe("waiting for healthy state of Deployment shop/b");
    const single = syncRun({ target: "Deployment/b Job/h{hook:Sync}" });
    single.health("b", "Progressing");
    expect(showStep(single.go())).toBe("Succeeded");
  });

  it("keep their finalizer until their outcome was seen", () => {
    const run = syncRun({ target: "Job/h{hook:PreSync} ConfigMap/a" });
    run.health("h", "Progressing");
    run.go();
    expect(run.log).toEqual(["·", "create h"]);
    run.health("h", "Healthy");
    run.go();
    expect(run.log).toEqual(["·", "create h", "release h", "·", "create a"]);
  });

  it("are deleted before they are created anew, and waited for", () => {
    const run = syncRun({ target: "Job/h=2{hook:PreSync}", live: "Job/h=1{hook:PreSync}" });
    run.keepDeleted();
    expect(showStep(run.go())).toBe("waiting for deletion of Job shop/h");
    expect(run.log).toEqual(["·", "delete h"]);
    run.gone("h");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log).toEqual(["·", "delete h", "·", "create h", "release h"]);
  });

  it("that were kept from before count by their outcome and are not run again", () => {
    const run = syncRun({
      target: "Job/h{hook:PreSync,policy:HookSucceeded} ConfigMap/a",
      live: "Job/h{hook:PreSync}",
    });
    run.health("h", "Degraded");
    expect(showStep(run.go())).toBe("Failed: Job shop/h: is Degraded");
    expect(run.log).toEqual([]);
  });

  it.for([
    { policy: "HookSucceeded", status: "Healthy", step: "Succeeded (deletes h)" },
    { policy: "HookFailed", status: "Healthy", step: "Succeeded" },
    { policy: "BeforeHookCreation", status: "Healthy", step: "Succeeded" },
    { policy: "HookFailed", status: "Degraded", step: "Failed: Job shop/h: is Degraded (deletes h)" },
    { policy: "HookSucceeded", status: "Degraded", step: "Failed: Job shop/h: is Degraded" },
    {
      policy: "HookSucceeded+HookFailed",
      status: "Degraded",
      step: "Failed: Job shop/h: is Degraded (deletes h)",
    },
  ] as const)("with policy $policy, $status: $step", ({ policy, status, step }) => {
    const run = syncRun({ target: `Job/h{hook:PreSync,policy:${policy}} ConfigMap/a` });
    run.health("h", status);
    expect(showStep(run.go())).toBe(step);
  });

  it("that succeeded are not deleted when the sync fails later", () => {
    const run = syncRun({ target: "Job/h{hook:PreSync,policy:HookSucceeded} ConfigMap/a" });
    run.refuse("a");
    expect(showStep(run.go())).toBe("Failed: ConfigMap shop/a: the server refused it");
  });

  it("for failures run only then, and do not undo the failure", () => {
    const fine = syncRun({ target: "Deployment/a Job/f{hook:SyncFail}" });
    fine.health("a", "Progressing");
    expect(showStep(fine.go())).toBe("Succeeded");
    expect(fine.log).toEqual(["·", "create a"]);

    const failing = syncRun({ target: "ConfigMap/a Job/f{hook:SyncFail}" });
    failing.refuse("a");
    failing.health("f", "Progressing");
    expect(showStep(failing.go())).toBe("waiting for completion of hook Job shop/f");
    failing.health("f", "Healthy");
    expect(showStep(failing.go())).toBe("Failed: ConfigMap shop/a: the server refused it");
    expect(failing.log).toEqual(["·", "refused a", "·", "create f", "release f"]);
  });

  it("that run come to their end before a failure is final", () => {
    const run = syncRun({ target: "Job/h{hook:Sync} ConfigMap/a" });
    run.refuse("a");
    run.health("h", "Progressing");
    expect(showStep(run.go())).toBe("waiting for completion of hook Job shop/h");
    run.health("h", "Healthy");
    expect(showStep(run.go())).toBe("Failed: ConfigMap shop/a: the server refused it");
  });

  it("of one attempt run once, though the executor dies before it could write that down", () => {
    const run = syncRun({ target: "Job/h{hook:PreSync} ConfigMap/a" });
    run.health("h", "Progressing");
    run.go();
    (run.results as Map<string, unknown>).clear();
    run.restart();
    expect(showStep(run.go())).toBe("waiting for completion of hook Job shop/h");
    run.health("h", "Healthy");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log.filter((line) => line.endsWith(" h"))).toEqual(["create h", "release h"]);
  });

  it("of several phases run once each", () => {
    const run = syncRun({ target: "Job/h{hook:PreSync+PostSync} ConfigMap/a" });
    run.health("h", "Healthy");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log).toEqual([
      "·",
      "create h",
      "release h",
      "·",
      "create a",
      "·",
      "delete h",
      "·",
      "create h",
      "release h",
    ]);
  });

  it("are no part of a selective sync, not even to be deleted", () => {
    const selected = parseResourceSelector(":ConfigMap:a");
    if (selected.kind === "problem") throw new Error(selected.problem);
    const run = syncRun({
      target: "ConfigMap/a Job/h{hook:Sync,policy:HookSucceeded} ConfigMap/b",
      live: "Job/h{hook:Sync} ConfigMap/x",
      input: { request: { prune: true, confirm: "", resources: [selected.selector] } },
    });
    run.health("h", "Progressing");
    expect(showStep(run.go())).toBe("Succeeded");
    expect(run.log).toEqual(["·", "create a"]);
    expect([...run.results.keys()]).toEqual(["Sync /ConfigMap:shop/a"]);
  });

  it.for(["other", "none"])(
    "that exist and are not ours (app: %s) are neither released nor deleted",
    (app) => {
      const run = syncRun({
        target: "Job/h{hook:PreSync,policy:HookSucceeded} ConfigMap/a",
        live: `Job/h{hook:PreSync,policy:HookSucceeded,app:${app},finalizer:hook}`,
      });
      expect([showStep(run.go()), run.log.join(" ")]).toEqual(["Succeeded", "· create a"]);
    },
  );

  it("that never ran are not deleted, whatever their policy", () => {
    const run = syncRun({
      target: "ConfigMap/a Job/h{hook:PostSync,policy:HookFailed+BeforeHookCreation}",
      live: "Job/h{hook:PostSync}",
    });
    run.refuse("a");
    expect(showStep(run.go())).toBe("Failed: ConfigMap shop/a: the server refused it");
  });
});
