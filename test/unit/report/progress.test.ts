import { describe, expect, it } from "vitest";
import type { ApplicationStatus } from "../../../src/domain/application-status.ts";
import { progressVerdict, reportStatus, reportStatuses } from "../../../src/report/progress.ts";
import { operation } from "../../support/operations.ts";
import { problem, reports, status, unbalanced } from "./support.ts";

const POD = { group: "", kind: "Pod", namespace: "shop", name: "web" };
const FAILED_TASK = {
  task: "Sync apps/Deployment:shop/web",
  phase: "Sync",
  status: "SyncFailed",
  message: "admission denied",
  uid: "",
} as const;

const CASES: readonly {
  readonly name: string;
  readonly of: Partial<ApplicationStatus>;
  readonly is: string;
}[] = [
  { name: "all is well", of: {}, is: "success Synced, Healthy" },
  {
    name: "it waits for someone",
    of: { sync: "OutOfSync", outOfSyncCount: 2 },
    is: "pending OutOfSync, Healthy: 2 objects differ, waits for /sync",
  },
  {
    name: "it is about to sync by itself",
    of: { sync: "OutOfSync", outOfSyncCount: 1, isAutomated: true },
    is: "pending OutOfSync, Healthy: 1 object differs, about to sync",
  },
  {
    name: "something is in the way",
    of: { sync: "OutOfSync", waitsFor: "the last sync of this revision failed" },
    is: "pending OutOfSync, Healthy: the last sync of this revision failed",
  },
  { name: "it is being synced", of: { operation: operation({ phase: "Running" }) }, is: "pending Syncing" },
  {
    name: "a sync is tried again",
    of: {
      sync: "OutOfSync",
      operation: operation({ phase: "Running", retryCount: 1, nextAttemptAt: 5, message: "denied" }),
    },
    is: "pending Syncing: 1 attempt failed, tried again: denied",
  },
  {
    name: "objects are still coming up",
    of: { health: { status: "Progressing", message: "Pod shop/web: starting" } },
    is: "pending Synced, Progressing: Pod shop/web: starting",
  },
  {
    name: "an object is broken",
    of: {
      health: { status: "Degraded", message: "x" },
      firstUnhealthy: { key: POD, health: { status: "Degraded", message: "CrashLoopBackOff" } },
    },
    is: "failure Synced, Degraded: Pod shop/web: CrashLoopBackOff",
  },
  {
    name: "a task failed",
    of: { sync: "OutOfSync", operation: operation({ phase: "Failed", results: [FAILED_TASK] }) },
    is: "failure OutOfSync, Healthy: Sync apps/Deployment:shop/web: admission denied",
  },
  {
    name: "it was removed, and its objects stay",
    of: { removal: { phase: "done", message: "its objects stay in the cluster" } },
    is: "success Removed: its objects stay in the cluster",
  },
  {
    name: "it was removed, and its objects wait for their turn",
    of: { sync: "OutOfSync", removal: { phase: "waiting", message: "its objects are deleted soon" } },
    is: "pending Removed: its objects are deleted soon",
  },
  {
    name: "its objects are being deleted",
    of: {
      operation: operation({ phase: "Running" }),
      removal: { phase: "deleting", message: "waiting for deletion of Pod shop/web" },
    },
    is: "pending Deleting: waiting for deletion of Pod shop/web",
  },
  {
    name: "its objects cannot be deleted",
    of: {
      sync: "OutOfSync",
      operation: operation({ phase: "Failed", results: [FAILED_TASK] }),
      removal: { phase: "deleting", message: "" },
    },
    is: "failure OutOfSync, Healthy: Sync apps/Deployment:shop/web: admission denied",
  },
  {
    name: "the cluster does not answer",
    of: { sync: "Unknown", problem: { ...problem("Cluster `prod` did not answer"), retryable: true } },
    is: "pending Unknown: Cluster prod did not answer",
  },
  {
    name: "it cannot be rendered",
    of: { sync: "Unknown", problem: problem("Helm could not render `charts/web`") },
    is: "failure Failed: Helm could not render charts/web",
  },
];

describe("reportStatus", () => {
  it.for(CASES)("says '$is' when $name", ({ of, is }) => {
    const { state, description } = reportStatus(status("shop", of));
    expect(`${state} ${description}`).toBe(is);
  });

  it("keeps to 140 characters on one line", () => {
    const message = `a\nb\u202e ${"🚀".repeat(200)}`;
    const { description } = reportStatus(status("shop", { health: { status: "Degraded", message } }));
    expect(description.length).toBeLessThanOrEqual(140);
    expect(description).not.toMatch(/[\n\u202e]|[\ud800-\udbff]$/);
  });
});

describe("reportStatuses", () => {
  it("gives up to ten Applications a status each", () => {
    const ten = Array.from({ length: 10 }, (_, index) => status(`app-${index}`));
    expect(reportStatuses(ten, "https://x/1").map(({ context }) => context)).toEqual(
      ten.map(({ name }) => `plumbline/${name}`),
    );
    expect(reportStatuses([], "")).toEqual([]);
  });

  it("tells Applications of one name apart", () => {
    const statuses = [status("web"), status("web", { namespace: "team" })];
    expect(reportStatuses(statuses, "").map(({ context }) => context)).toEqual([
      "plumbline/argocd/web",
      "plumbline/team/web",
    ]);
  });

  it.for([
    { bad: {}, is: "success 11 Applications are Synced and Healthy" },
    {
      bad: { health: { status: "Progressing", message: "" } } as const,
      is: "pending 10 of 11 Applications Synced and Healthy so far; bad: Synced, Progressing",
    },
    {
      bad: { health: { status: "Degraded", message: "crash" } } as const,
      is: "failure 1 of 11 Applications failed; bad: Synced, Degraded: crash",
    },
  ])("says '$is' of more than ten in one status", ({ bad, is }) => {
    const statuses = [
      ...Array.from({ length: 10 }, (_, index) => status(`app-${index}`)),
      status("bad", bad),
    ];
    const [one, ...more] = reportStatuses(statuses, "");
    expect(more).toEqual([]);
    expect(one?.context).toBe("plumbline/sync");
    expect(`${one?.state} ${one?.description}`).toBe(is);
  });
});

describe("progress", () => {
  it("puts what failed first, in the object's own words", () => {
    const text = reports().progress({
      revision: "c".repeat(40),
      statuses: [status("fine"), status("bad", { health: { status: "Degraded", message: "Pod x: crash" } })],
    });
    expect(text).toContain("Merged: 1 of 2 Applications failed");
    expect(text.indexOf("`bad`")).toBeLessThan(text.indexOf("`fine`"));
    expect(text).toContain("Pod x: crash");
  });

  it("keeps to 5,000 characters with 500 Applications", () => {
    const statuses = Array.from({ length: 500 }, (_, index) =>
      status(`app-${index}`, { health: { status: "Degraded", message: "m".repeat(400) } }),
    );
    const text = reports().progress({ revision: "c".repeat(40), statuses });
    expect(text.length).toBeLessThanOrEqual(5_000);
    expect(text).toMatch(/and [0-9]+ Applications more/);
    expect(unbalanced(text)).toBe("");
  });
});

describe("progressVerdict", () => {
  const removal = { phase: "done", message: "" } as const;

  it.for<[number, number, string]>([
    [1, 0, "Merged: 1 Application is Synced and Healthy"],
    [2, 0, "Merged: 2 Applications are Synced and Healthy"],
    [0, 1, "Merged: 1 Application is removed"],
    [0, 2, "Merged: 2 Applications are removed"],
    [2, 1, "Merged: 2 Applications are Synced and Healthy, 1 removed"],
  ])("%d well, %d removed", ([healthy, removed, verdict]) => {
    const well = Array.from({ length: healthy }, (_, index) => status(`web${index}`));
    const gone = Array.from({ length: removed }, (_, index) => status(`gone${index}`, { removal }));
    expect(progressVerdict([...well, ...gone])).toBe(verdict);
  });
});
