import { describe, expect, it } from "vitest";

import { liveManifestOf } from "../../../src/domain/manifest.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import type { ServerDryRun } from "../../../src/ports/server-dry-run.ts";
import { refusedBeforehand, tryTasks } from "../../../src/reconciler/try-tasks.ts";
import { plan } from "../../support/applications.ts";

/** A server that answers about some objects, by name, with these errors, and counts what it is asked. */
function server(errors: Readonly<Record<string, OperationError>>) {
  const asked: string[] = [];
  const dryRun: ServerDryRun = {
    async dryRunApply({ key, object }) {
      asked.push(key.name);
      const error = errors[key.name];
      if (error !== undefined) throw error;
      return liveManifestOf(object);
    },
  };
  return { asked, dryRun };
}

const rejected = (message: string) => OperationError.of("ApplyRejected", { object: "It", message });
const INVALID = rejected("spec.x: Invalid value");

describe("refusedBeforehand", () => {
  const staged = plan({ target: "Job/migrate{hook:PreSync} ConfigMap/a Secret/b{wave:1}" }).tasks;

  it("finds all that would be refused later, under their own names", async () => {
    const { dryRun } = server({
      b: INVALID,
      "migrate-trial": rejected('Job.batch "migrate-trial" is invalid'),
    });
    const results = await refusedBeforehand(staged, dryRun);
    expect(results.map(({ task, status }) => `${task} ${status}`)).toEqual([
      "PreSync batch/Job:shop/migrate SyncFailed",
      "Sync /Secret:shop/b SyncFailed",
    ]);
    expect(results[0]?.message).toContain('Job.batch "migrate" is invalid');
  });

  it("asks nothing of a sync in one step", async () => {
    const { asked, dryRun } = server({ a: INVALID });
    expect(await refusedBeforehand(plan({ target: "ConfigMap/a Secret/b" }).tasks, dryRun)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.for([
    { name: "a quota", error: rejected('configmaps "a" is forbidden: exceeded quota: q') },
    { name: "an admission webhook", error: rejected('admission webhook "w.x" denied the request: no') },
    {
      name: "an admission policy",
      error: rejected("ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no"),
    },
    {
      name: "a missing right",
      error: OperationError.of("ClusterDenied", { destination: "c", what: "patch" }),
    },
    {
      name: "a missing namespace",
      error: OperationError.of("NamespaceMissing", { namespace: "n", object: "It" }),
    },
    {
      name: "a server that does not answer",
      error: OperationError.of("ClusterUnreachable", { destination: "c" }),
    },
  ])("leaves $name to the sync", async ({ error }) => {
    const { asked, dryRun } = server({ a: error });
    expect(await refusedBeforehand(staged, dryRun)).toEqual([]);
    expect(asked).toContain("a");
  });
});

describe("tryTasks", () => {
  it("rejects no hook whose last run has its name", async () => {
    const { tasks } = plan({ target: "Job/migrate=2{hook:PreSync}", live: "Job/migrate{hook:PreSync}" });
    const { dryRun } = server({ migrate: rejected("spec.template: field is immutable") });
    expect(await tryTasks(tasks, dryRun)).toEqual([{ kind: "accepted" }]);
  });

  it("says what cannot be tried yet, and what is rejected", async () => {
    const { tasks } = plan({
      target: "CustomResourceDefinition/widgets.example.com Widget/w ConfigMap/a Secret/b",
    });
    const { dryRun } = server({
      a: OperationError.of("NamespaceMissing", { namespace: "n", object: "It" }),
      b: INVALID,
      w: INVALID,
    });
    const tried = await tryTasks(tasks, dryRun);
    expect(tried.map((one) => ("key" in one ? `${one.kind} ${one.key.name}` : one.kind)).sort()).toEqual([
      "accepted",
      "rejected b",
      "untried a",
      "untried w",
    ]);
  });

  it("throws what may pass", async () => {
    const { tasks } = plan({ target: "ConfigMap/a" });
    const { dryRun } = server({ a: OperationError.of("ClusterUnreachable", { destination: "c" }) });
    await expect(tryTasks(tasks, dryRun)).rejects.toMatchObject({ reason: "ClusterUnreachable" });
  });
});
