import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { configMapYaml } from "../support/cli.ts";
import {
  APPLICATION,
  createSyncedApplication,
  deploymentYaml,
  jobYaml,
  type SyncedApplication,
} from "../support/cli-sync.ts";
import { describeOnCluster } from "../support/cluster/describe-on-cluster.ts";
import type { TestCluster } from "../support/cluster/start-cluster.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "plumbline.mjs");

/** What a sync prints on its way, and where its process is killed. */
const POINTS: readonly (readonly [string, RegExp])[] = [
  ["as soon as it began to write", /^Synced +PreSync +Namespace /],
  ["while a hook runs", /^waiting for completion of hook Job/],
  ["between waves", /^waiting for healthy state of Deployment/],
];

await describeOnCluster("plumbline sync, killed", "controllers", (cluster) => {
  it.for(POINTS)("T232 goes on after kill -9 %s, and runs hooks once", async ([, point]) => {
    const app = await createSyncedApplication(cluster());
    await app.commit({
      "pre.yaml": jobYaml("migrate", {
        annotations: "argocd.argoproj.io/hook: PreSync",
        spec: "suspend: true",
      }),
      "web.yaml": deploymentYaml("web", { spec: "minReadySeconds: 2" }),
      "late.yaml": configMapYaml("late", "1", ', annotations: {argocd.argoproj.io/sync-wave: "1"}'),
    });
    const killed = await killAt(point, app, cluster());
    expect(killed).toBe("SIGKILL");
    const before = await hookOf(app);
    await resumeHook(app);
    const resumed = await app.sync();
    expect(resumed).toMatchObject({
      code: 0,
      json: { phase: "Succeeded", sync: "Synced", health: "Healthy" },
    });
    const after = await hookOf(app);
    if (before !== undefined) expect(after).toBe(before);
    expect((await app.get("api/v1", "configmaps/late")).data).toEqual({ v: "1" });
    await app.place.remove();
  });
});

/** Runs the executable until it prints a line, and kills it there; hooks are let go on where it waits for them. */
async function killAt(point: RegExp, app: SyncedApplication, cluster: TestCluster): Promise<string | null> {
  const child = spawn(process.execPath, [BIN, "sync", ...APPLICATION], {
    cwd: app.place.folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: join(app.place.folder, "home"),
      XDG_STATE_HOME: join(app.place.folder, "state"),
      KUBECONFIG: cluster.kubeconfig,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    if (point.test(line)) break;
    if (line.startsWith("waiting for completion of hook")) await resumeHook(app);
  }
  child.kill("SIGKILL");
  const [, signal] = (await ended) as [number | null, string | null];
  return signal;
}

/** The hook's Job waits until it is told to run: so there is a moment to be killed in. */
async function resumeHook(app: SyncedApplication): Promise<void> {
  await app.patch("apis/batch/v1", "jobs/migrate", { spec: { suspend: false } }).catch(ignoreMissing);
}

async function hookOf(app: SyncedApplication): Promise<string | undefined> {
  const hook = await app.get("apis/batch/v1", "jobs/migrate").catch(ignoreMissing);
  return hook?.metadata.uid;
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Error) || !error.message.includes("404")) throw error;
  return undefined;
}
