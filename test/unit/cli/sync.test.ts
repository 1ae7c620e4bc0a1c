import { describe, expect, it } from "vitest";
import {
  createSyncCommand,
  type PlanAnswer,
  type SyncAnswer,
  type SyncQuestion,
} from "../../../src/cli/sync.ts";
import type { SyncTaskSummary } from "../../../src/domain/sync-task.ts";
import { type CliRun, runRecorded } from "../../support/recorded-output.ts";

const CREATE: SyncTaskSummary = {
  phase: "Sync",
  wave: 0,
  action: "create",
  group: "apps",
  version: "v1",
  kind: "Deployment",
  namespace: "shop",
  name: "web",
};
const WITHHELD: SyncTaskSummary = {
  ...CREATE,
  action: "skip",
  kind: "PersistentVolumeClaim",
  group: "",
  name: "data",
  reason: "ProtectedKind",
};
const PLAN: PlanAnswer = {
  application: "web",
  revision: "abc",
  tasks: [CREATE],
  guardDigest: "",
  warnings: [],
};
const DONE: SyncAnswer = {
  application: "web",
  revision: "abc",
  phase: "Succeeded",
  sync: "Synced",
  health: "Healthy",
  message: "",
  tasks: [{ task: "Sync apps/Deployment:shop/web", status: "Synced", message: "" }],
  withheld: [],
  guardDigest: "",
};

interface Syncing {
  readonly questions: (SyncQuestion & { readonly timeoutMs?: number })[];
  run(...argv: readonly string[]): Promise<CliRun>;
}

function syncing({ plan = PLAN, end = DONE }: { plan?: PlanAnswer; end?: SyncAnswer } = {}): Syncing {
  const questions: (SyncQuestion & { readonly timeoutMs?: number })[] = [];
  const command = createSyncCommand({
    plan: async (question) => {
      questions.push(question);
      return plan;
    },
    sync: async (question, { progress, warn }) => {
      questions.push(question);
      progress("Synced  x");
      warn("uncommitted");
      return end;
    },
  });
  return { questions, run: (...argv) => runRecorded(["sync", ...argv], [command]) };
}

describe("plumbline sync", () => {
  it("asks for what the command line says", async () => {
    const sync = syncing();
    const options = [
      "--prune",
      "--confirm",
      "d1",
      "--resource",
      "apps:Deployment:shop/web",
      "--timeout",
      "90",
      "--kubeconfig",
      "k",
      "--context",
      "prod",
    ];
    await sync.run("-f", "app.yaml", "--repo", "dir", ...options);
    expect(sync.questions).toEqual([
      {
        application: { file: "app.yaml", name: "" },
        repositories: { directory: "dir", byUrl: [] },
        cluster: { kubeconfig: "k", context: "prod" },
        prune: "asked",
        confirm: "d1",
        resources: ["apps:Deployment:shop/web"],
        timeoutMs: 90_000,
      },
    ]);
  });

  it.for([
    ["90", 90_000],
    ["90s", 90_000],
    ["0.5", 500],
    ["1m30s", 90_000],
  ])("takes --timeout %s", async ([text, ms]) => {
    const sync = syncing();
    await sync.run("web", "--timeout", String(text));
    expect(sync.questions[0]?.timeoutMs).toBe(ms);
  });

  it.for(["0", "-1", "soon", ""])("refuses --timeout %j", async (text) => {
    const { code, stderr } = await syncing().run("web", `--timeout=${text}`);
    expect(code).toBe(2);
    expect(stderr).toContain("--timeout is a number of seconds");
  });

  it.for<[string, number, Partial<SyncAnswer>]>([
    ["all went well", 0, {}],
    ["a task failed", 1, { phase: "Failed" }],
    ["it is not Healthy in time", 1, { health: "Progressing" }],
    ["it is unhealthy", 1, { health: "Degraded" }],
    ["time ran out in the middle", 1, { phase: "Running" }],
    ["nobody knows how it is", 1, { health: "Unknown" }],
  ])("where %s, exits with %i", async ([, code, end]) => {
    expect((await syncing({ end: { ...DONE, ...end } }).run("web")).code).toBe(code);
  });

  it("prints progress for people, and nothing but JSON for scripts", async () => {
    const text = await syncing().run("web");
    expect(text.stdout).toBe("Synced  x\nweb: Succeeded, Synced, Healthy");
    expect(text.stderr).toBe("warning: uncommitted");
    const json = await syncing().run("web", "-o", "json");
    const { guardDigest: _, ...printed } = DONE;
    expect(JSON.parse(json.stdout)).toEqual(printed);
    expect(json.stderr).toBe("Synced  x\nwarning: uncommitted");
  });

  it("names failed tasks on standard error, and what was left alone with how to confirm it", async () => {
    const failed = {
      task: "Sync /Service:shop/web",
      status: "SyncFailed",
      message: "The cluster rejected it",
    };
    const end = { ...DONE, phase: "Failed", tasks: [failed], withheld: [WITHHELD], guardDigest: "g1" };
    const { code, stdout, stderr } = await syncing({ end }).run("web");
    expect(code).toBe(1);
    expect(stderr).toContain("plumbline sync: Sync Service shop/web: The cluster rejected it");
    expect(stdout).toContain("left alone: PersistentVolumeClaim shop/data (ProtectedKind: ");
    expect(stdout).toContain("--prune --confirm g1");
  });

  it("ends with one line, however long the reason is", async () => {
    const end = { ...DONE, phase: "Failed", message: "Service shop/web: no\nway\n\nCorrect it in Git." };
    const { stdout } = await syncing({ end }).run("web");
    expect(stdout.split("\n").at(-1)).toBe("web: Failed, Synced, Healthy (Service shop/web: no way)");
  });

  it("T144 lets no name give orders to the terminal", async () => {
    const plan = { ...PLAN, tasks: [{ ...CREATE, name: "a\u001b[2Jb\u202e" }] };
    const { stdout } = await syncing({ plan }).run("web", "--dry-run");
    expect(stdout).toContain("a\\u001b[2Jb\\u202e");
  });
});

describe("plumbline sync --dry-run", () => {
  it("prints tasks in execution order, and says that there is something to do", async () => {
    const { code, stdout } = await syncing({
      plan: { ...PLAN, tasks: [CREATE, WITHHELD], guardDigest: "g1" },
    }).run("web", "--dry-run");
    expect(code).toBe(1);
    const [head, first, second, last] = stdout.split("\n");
    expect(head).toBe("web at abc");
    expect(first).toMatch(/^Sync +0 +create +Deployment.apps shop\/web$/);
    expect(second).toMatch(/^Sync +0 +skip +PersistentVolumeClaim shop\/data \(ProtectedKind: /);
    expect(last).toContain("--confirm g1");
  });

  it("prints the contract's JSON", async () => {
    const { stdout } = await syncing().run("web", "--dry-run", "-o", "json");
    expect(JSON.parse(stdout)).toEqual({ application: "web", revision: "abc", tasks: [CREATE] });
  });

  it("has nothing to do where everything is skipped", async () => {
    expect((await syncing({ plan: { ...PLAN, tasks: [WITHHELD] } }).run("web", "--dry-run")).code).toBe(0);
  });

  it("shows a plan that a sync would refuse, and why", async () => {
    const problem = { reason: "PlanInvalid", title: "No", remedy: "Change it.", retryable: false };
    const { code, stdout, stderr } = await syncing({ plan: { ...PLAN, problem } }).run("web", "--dry-run");
    expect(code).toBe(2);
    expect(stdout).toContain("create");
    expect(stderr).toBe("plumbline sync: PlanInvalid: No\nChange it.");
  });
});
