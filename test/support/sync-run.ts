import type { Health, HealthStatus } from "../../src/domain/health.ts";
import { type Attempt, releasedFinalizers, withHookMarks } from "../../src/domain/hook-marks.ts";
import { type LiveManifest, liveManifestOf, withMetadata } from "../../src/domain/manifest.ts";
import type { TaskResult } from "../../src/domain/operation.ts";
import { formatResourceKey } from "../../src/domain/resource-key.ts";
import type { SyncAction, SyncStep } from "../../src/domain/sync-action.ts";
import { nextSyncStep } from "../../src/domain/sync-step.ts";
import type { SyncTask } from "../../src/domain/sync-task.ts";
import { taskId } from "../../src/domain/task-outcome.ts";
import { type PlanScenario, plan } from "./applications.ts";
import { lives } from "./manifests.ts";

/** A sync carried out on a cluster that is a map: what the executor does, without anything that takes time. */
export interface SyncRun {
  /** Carries out steps until one waits or ends; what was done is written down. */
  go(): SyncStep;
  /** Sets the health of an object, as a controller would. */
  health(name: string, status: HealthStatus): void;
  /** The object disappears, as when its finalizers are through. */
  gone(name: string): void;
  /** Somebody creates another object in the place of this one. */
  replaced(name: string): void;
  /** Objects whose deletion was asked for stay until {@link gone}. */
  keepDeleted(): void;
  /** Writes of the object are refused by the server. */
  refuse(name: string): void;
  /** Kills the executor and starts another one: only results and the cluster remain. */
  restart(): void;
  doneWaitingForDefinitions(): void;
  readonly log: readonly string[];
  readonly results: ReadonlyMap<string, TaskResult>;
}

const ATTEMPT: Attempt = { operationId: "op1", retryCount: 0 };

export function syncRun(scenario: PlanScenario): SyncRun {
  const { options = [] } = scenario;
  const { tasks } = plan(scenario);
  const cluster = new Map(lives(scenario.live ?? "").map((live) => [formatResourceKey(live.key), live]));
  const health = new Map<string, Health>();
  const refused = new Set<string>();
  const results = new Map<string, TaskResult>();
  const deletedUids = new Set<string>();
  const log: string[] = [];
  let uids = 0;
  let isDoneWaiting = false;
  let isKeptWhenDeleted = false;

  const erase = (live: LiveManifest): void => {
    deletedUids.add(live.uid);
    if (!isKeptWhenDeleted) cluster.delete(formatResourceKey(live.key));
  };
  const save = (task: SyncTask, status: TaskResult["status"], message = ""): void => {
    const uid =
      cluster.get(formatResourceKey(task.key))?.uid ?? ("live" in task ? (task.live?.uid ?? "") : "");
    results.set(taskId(task), { task: taskId(task), phase: task.phase, status, message, uid });
  };
  const act = (action: SyncAction): void => {
    if (action.kind === "deleteHook") {
      log.push(`delete ${action.live.key.name}`);
      erase(action.live);
      return;
    }
    const { task } = action;
    if (refused.has(task.key.name)) {
      log.push(`refused ${task.key.name}`);
      save(task, "SyncFailed", "the server refused it");
    } else if (action.kind === "prune") {
      log.push(`prune ${task.key.name}`);
      save(task, "Pruned");
      erase(action.task.live);
    } else {
      log.push(`${action.task.action} ${task.key.name}`);
      const target =
        task.hook === undefined ? action.task.target : withHookMarks(action.task.target, ATTEMPT, task.phase);
      uids += 1;
      cluster.set(
        formatResourceKey(task.key),
        liveManifestOf(withMetadata(target.object, { uid: `new${uids}` })),
      );
      save(task, "Synced");
    }
  };
  const step = (): SyncStep => {
    const result = nextSyncStep({
      instanceName: "shop",
      tasks,
      syncOptions: options,
      results,
      deletedUids,
      attempt: ATTEMPT,
      purpose: "sync",
      isDoneWaitingForDefinitions: isDoneWaiting,
      live: (task) => cluster.get(formatResourceKey(task.key)),
      assess: (live) => health.get(live.key.name),
    });
    for (const settled of result.settled) results.set(settled.task, settled);
    for (const live of result.hooksToRelease) {
      log.push(`release ${live.key.name}`);
      const finalizers = releasedFinalizers(live);
      const metadata = { ...(live.object["metadata"] as object), finalizers };
      cluster.set(formatResourceKey(live.key), liveManifestOf({ ...live.object, metadata }));
    }
    return result.step;
  };
  return {
    log,
    results,
    go() {
      for (let turn = 0; turn < 100; turn += 1) {
        const next = step();
        if (next.kind !== "act") return next;
        log.push("·");
        for (const group of next.groups) for (const action of group) act(action);
      }
      throw new Error(`never ends: ${log.join(", ")}`);
    },
    health: (name, status) => health.set(name, { status, message: "" }),
    gone(name) {
      for (const [key, live] of cluster) if (live.key.name === name) cluster.delete(key);
    },
    replaced(name) {
      for (const [key, live] of cluster)
        if (live.key.name === name) cluster.set(key, { ...live, uid: "other" });
    },
    keepDeleted() {
      isKeptWhenDeleted = true;
    },
    refuse: (name) => refused.add(name),
    restart: () => deletedUids.clear(),
    doneWaitingForDefinitions() {
      isDoneWaiting = true;
    },
  };
}

/** `Succeeded`, `Failed: Job shop/a: is Degraded (deletes b)`, `waiting for completion of hook Job shop/a`. */
export function showStep(step: SyncStep): string {
  if (step.kind === "act") return "act";
  if (step.kind === "wait") return step.message;
  const deleted = step.hooksToDelete.map(({ key }) => key.name).join(" ");
  const message = step.phase === "Succeeded" ? "" : `: ${step.message}`;
  return `${step.phase}${message}${deleted === "" ? "" : ` (deletes ${deleted})`}`;
}
