import { describe, expect, it } from "vitest";

import { createSyncProgress } from "../../../src/cli/sync-progress.ts";
import type { Operation, TaskResult } from "../../../src/domain/operation.ts";
import { operation } from "../../support/operations.ts";

const OPERATION = operation({}, { initiator: { kind: "cli" } });

function result(task: string, more: Partial<TaskResult> = {}): TaskResult {
  return { task, phase: "Sync", status: "Synced", message: "", uid: "u", ...more };
}

/** Tells these states of an operation, one after the other. */
function lines(...states: readonly Partial<Operation>[]): readonly string[] {
  const said: string[] = [];
  const tell = createSyncProgress(
    (line) => said.push(line),
    () => 10_000,
  );
  for (const state of states) tell({ ...OPERATION, ...state });
  return said;
}

const JOB = "PreSync batch/Job:shop/migrate";

describe("progress of a sync", () => {
  it("is one line for each thing that happens, once", () => {
    const written = { results: [result(JOB)], message: "waiting for completion of hook Job shop/migrate" };
    const done = { results: [result(JOB, { outcome: "Succeeded", message: "1 of 1" })] };
    expect(lines(written, written, done, done)).toEqual([
      "Synced     PreSync  Job shop/migrate",
      "waiting for completion of hook Job shop/migrate",
      "Succeeded  PreSync  Job shop/migrate: 1 of 1",
    ]);
  });

  it("does not say twice what is done as soon as it is written", () => {
    const task = "Sync rbac.authorization.k8s.io/ClusterRole:/a:b";
    expect(lines({ results: [result(task)] }, { results: [result(task, { outcome: "Succeeded" })] })).toEqual(
      ["Synced     Sync     ClusterRole a:b"],
    );
  });

  it("says once whose fields were taken over", () => {
    const message = "took over what kubectl-edit had set otherwise";
    const task = "Sync apps/Deployment:shop/web";
    const over = { results: [result(task, { message, outcome: "Succeeded" })] };
    expect(lines({ results: [result(task, { message })] }, over)).toEqual([
      `Synced     Sync     Deployment shop/web: ${message}`,
    ]);
  });

  it("keeps a refusal on one line", () => {
    const results = [result(JOB, { status: "SyncFailed", message: `no\n\n  because ${"x".repeat(400)}` })];
    const [line = ""] = lines({ results });
    expect(line).toMatch(/^SyncFailed PreSync {2}Job shop\/migrate: no because x+…$/);
    expect(line.length).toBeLessThan(300);
  });

  it("leaves what was not pruned, and how it ended, to the outcome", () => {
    const results = [
      result("Sync /ConfigMap:shop/old", { status: "PruneSkipped", message: "PruneDisabled" }),
      result("Sync /ConfigMap:shop/older", { status: "Pruned", message: "pruned" }),
    ];
    expect(lines({ results, phase: "Succeeded", message: "successfully synced", finishedAt: 1 })).toEqual([
      "Pruned     Sync     ConfigMap shop/older",
    ]);
  });

  it("says that an attempt failed and when the next one begins, and tells that one from its start", () => {
    const failed = { results: [result(JOB, { status: "SyncFailed", message: "no" })] };
    const waiting = { message: "Job shop/migrate: no", retryCount: 1, nextAttemptAt: 15_000 };
    const again = { ...failed, retryCount: 1, message: "Job shop/migrate: no" };
    expect(lines(failed, waiting, again)).toEqual([
      "SyncFailed PreSync  Job shop/migrate: no",
      "attempt 1 failed: Job shop/migrate: no; the next one begins in 5 s",
      "SyncFailed PreSync  Job shop/migrate: no",
    ]);
  });
});
