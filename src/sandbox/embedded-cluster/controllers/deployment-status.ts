import { type JsonObject, numberAt, stringAt } from "../../../domain/json.ts";
import { compact } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import { type Condition, conditionOf, withCondition } from "./conditions.ts";
import { type ControllerContext, generationOf } from "./controller.ts";
import { resolveCount } from "./pods.ts";
import { type ReplicaSets, replicasOf } from "./rollout.ts";

export interface Rollout extends ReplicaSets {
  readonly deployment: StoredObject;
  /** When each Deployment last got further, by UID. */
  readonly progressedAt: Map<string, number>;
}

interface Counts {
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly wanted: number;
  /** Of all ReplicaSets together. */
  readonly asked: number;
  /** Pods that are on their way out. */
  readonly terminating: number;
}

/**
 * Writes a Deployment's status.
 *
 * @returns after how many milliseconds its deadline has passed, while it counts.
 */
export function deploymentStatus(context: ControllerContext, rollout: Rollout): number | undefined {
  const { deployment, progressedAt } = rollout;
  const now = context.scheduler.now();
  const counts = countsOf(rollout);
  if (hasProgressed(deployment, counts)) progressedAt.set(deployment.uid, now);
  const since = progressedAt.get(deployment.uid) ?? now;
  progressedAt.set(deployment.uid, since);
  const dueInMs = since + deadlineMs(context, deployment) - now;
  const progress = progressCondition(rollout, counts, dueInMs);
  context.updateStatus(deployment.key, (status) => {
    const { conditions } = status;
    const base = compact({
      observedGeneration: generationOf(deployment),
      replicas: orAbsent(counts.replicas),
      updatedReplicas: orAbsent(counts.updated),
      readyReplicas: orAbsent(counts.ready),
      availableReplicas: orAbsent(counts.available),
      unavailableReplicas: orAbsent(Math.max(0, counts.asked - counts.available)),
      terminatingReplicas: counts.terminating,
      conditions,
    });
    const withAvailable = dated(base, availableCondition(deployment, counts), now);
    return progress === undefined ? withAvailable : dated(withAvailable, progress, now);
  });
  return progress?.reason === "ReplicaSetUpdated" && dueInMs > 0 && Number.isFinite(dueInMs)
    ? dueInMs
    : undefined;
}

/** Deployments date their conditions twice. */
function dated(status: JsonObject, condition: Condition, now: number): JsonObject {
  const next = withCondition(status, condition, now);
  if (next === status) return status;
  const conditions = (next["conditions"] as readonly JsonObject[]).map((entry) =>
    entry["type"] === condition.type
      ? { ...entry, lastUpdateTime: new Date(now).toISOString().replace(/\.\d+Z$/, "Z") }
      : entry,
  );
  return { ...next, conditions };
}

function countsOf({ deployment, current, old }: Rollout): Counts {
  const sets = current === undefined ? old : [current, ...old];
  const total = (field: string): number =>
    sets.reduce((sum, { object }) => sum + (numberAt(object, "status", field) ?? 0), 0);
  return {
    replicas: total("replicas"),
    updated: numberAt(current?.object, "status", "replicas") ?? 0,
    ready: total("readyReplicas"),
    available: total("availableReplicas"),
    wanted: replicasOf(deployment),
    asked: sets.reduce((sum, set) => sum + replicasOf(set), 0),
    terminating: total("terminatingReplicas"),
  };
}

/** A zero is not written, as in the typed status. */
function orAbsent(count: number): number | undefined {
  return count === 0 ? undefined : count;
}

function hasProgressed({ object }: StoredObject, counts: Counts): boolean {
  const before = (field: string): number => numberAt(object, "status", field) ?? 0;
  const oldBefore = before("replicas") - before("updatedReplicas");
  return (
    numberAt(object, "metadata", "generation") !== numberAt(object, "status", "observedGeneration") ||
    counts.updated > before("updatedReplicas") ||
    counts.replicas - counts.updated < oldBefore ||
    counts.ready > before("readyReplicas") ||
    counts.available > before("availableReplicas")
  );
}

function deadlineMs({ timing }: ControllerContext, { object }: StoredObject): number {
  const seconds = numberAt(object, "spec", "progressDeadlineSeconds") ?? 600;
  return Math.min(seconds * 1000, timing.progressDeadlineMsMax);
}

function availableCondition({ object }: StoredObject, { available, wanted }: Counts): Condition {
  const unavailableMax = resolveCount(
    (object["spec"] as JsonObject | undefined) === undefined
      ? undefined
      : rollingValue(object, "maxUnavailable"),
    wanted,
    { rounding: "down", fallback: 0 },
  );
  return available >= wanted - unavailableMax
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
}

function rollingValue(object: JsonObject, field: string): string | number | undefined {
  const path = ["spec", "strategy", "rollingUpdate", field] as const;
  return stringAt(object, ...path) ?? numberAt(object, ...path);
}

function progressCondition(
  { deployment, current }: Rollout,
  { replicas, updated, available, wanted }: Counts,
  dueInMs: number,
): Condition | undefined {
  const set = current === undefined ? "" : ` "${current.key.name}"`;
  if (current === undefined) {
    return {
      type: "Progressing",
      status: "Unknown",
      reason: "DeploymentPaused",
      message: "Deployment is paused",
    };
  }
  if (updated === wanted && replicas === wanted && available >= wanted) {
    return {
      type: "Progressing",
      status: "True",
      reason: "NewReplicaSetAvailable",
      message: `ReplicaSet${set} has successfully progressed.`,
    };
  }
  // A finished rollout that loses pods later is not late; only its availability says so.
  const before = stringAt(conditionOf(deployment.object, "Progressing"), "reason");
  const isObserved =
    numberAt(deployment.object, "metadata", "generation") ===
    numberAt(deployment.object, "status", "observedGeneration");
  if (before === "NewReplicaSetAvailable" && isObserved && updated === wanted) return undefined;
  if (dueInMs > 0) {
    return {
      type: "Progressing",
      status: "True",
      reason: "ReplicaSetUpdated",
      message: `ReplicaSet${set} is progressing.`,
    };
  }
  return {
    type: "Progressing",
    status: "False",
    reason: "ProgressDeadlineExceeded",
    message: `ReplicaSet${set} has timed out progressing.`,
  };
}
