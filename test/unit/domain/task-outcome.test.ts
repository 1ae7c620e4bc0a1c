import { describe, expect, it } from "vitest";

import type { HealthStatus } from "../../../src/domain/health.ts";
import { isOfAttempt, releasedFinalizers, withHookMarks } from "../../../src/domain/hook-marks.ts";
import { HOOK_FINALIZER } from "../../../src/domain/hooks.ts";
import { valueAt } from "../../../src/domain/json.ts";
import { liveManifestOf, manifestOf } from "../../../src/domain/manifest.ts";
import { outcomeOf, taskId } from "../../../src/domain/task-outcome.ts";
import { plan } from "../../support/applications.ts";

const ATTEMPT = { operationId: "op", retryCount: 1 };

/** How far a hook's task is that was created, by its live object's metadata. */
function outcome(metadata: object): string {
  const [task] = plan({ target: "Job/h{hook:PreSync}" }).tasks;
  if (task === undefined) throw new Error("no task");
  const id = taskId(task);
  const live = liveManifestOf({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "h", ...metadata } });
  const isLeaving = (object: typeof live): boolean =>
    valueAt(object.object, "metadata", "deletionTimestamp") !== undefined;
  const status = (object: typeof live): HealthStatus => (isLeaving(object) ? "Progressing" : "Healthy");
  return outcomeOf(task, {
    results: new Map([[id, { task: id, phase: "PreSync", status: "Synced", message: "", uid: "u" }]]),
    live: () => live,
    assess: (object) => ({ status: status(object), message: "" }),
    attempt: ATTEMPT,
  }).kind;
}

describe("the outcome of a hook that is being deleted", () => {
  const deletionTimestamp = "2024-01-01T00:00:00Z";
  it.for([
    { name: "not at all", metadata: {}, is: "succeeded" },
    {
      name: "but held by our finalizer",
      metadata: { deletionTimestamp, finalizers: [HOOK_FINALIZER] },
      is: "succeeded",
    },
    {
      name: "and held by nobody, or others",
      metadata: { deletionTimestamp, finalizers: ["other"] },
      is: "running",
    },
  ])("$name: $is", ({ metadata, is }) => {
    expect(outcome(metadata)).toBe(is);
  });
});

describe("hook marks", () => {
  const target = manifestOf({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "h", finalizers: ["other"] },
  });
  const live = liveManifestOf(withHookMarks(target, ATTEMPT, "PreSync").object);

  it("tell attempts and phases apart", () => {
    expect(isOfAttempt(live, ATTEMPT, "PreSync")).toBe(true);
    expect(isOfAttempt(live, ATTEMPT, "PostSync")).toBe(false);
    expect(isOfAttempt(live, { ...ATTEMPT, retryCount: 2 }, "PreSync")).toBe(false);
    expect(isOfAttempt(live, { ...ATTEMPT, operationId: "other" }, "PreSync")).toBe(false);
  });

  it("add our finalizer once, beside others, and take only ours away", () => {
    const twice = withHookMarks(withHookMarks(target, ATTEMPT, "PreSync"), ATTEMPT, "PreSync");
    expect(valueAt(twice.object, "metadata", "finalizers")).toEqual(["other", HOOK_FINALIZER]);
    expect(releasedFinalizers(twice)).toEqual(["other"]);
  });
});
