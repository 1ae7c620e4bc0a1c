import { type JsonObject, numberAt, objectAt, stringAt } from "../../../domain/json.ts";
import { type GroupKind, groupOf, type ResourceKey } from "../../../domain/resource-key.ts";
import { compact, setAt } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import { type Condition, withCondition } from "./conditions.ts";
import { type Controller, type ControllerContext, isDeleting, ofKind } from "./controller.ts";

const AUTOSCALER: GroupKind = { group: "autoscaling", kind: "HorizontalPodAutoscaler" };
const SCALED_KINDS: readonly string[] = ["Deployment", "StatefulSet", "ReplicaSet"];

/** Keeps workloads between `minReplicas` and `maxReplicas`. There are no metrics, so nothing else moves them. */
export function createAutoscalerController(context: ControllerContext): Controller {
  return {
    name: "autoscaler",
    concerns(event) {
      if (!SCALED_KINDS.includes(event.key.kind)) return ofKind(event, AUTOSCALER);
      const autoscalers = context.store.list(AUTOSCALER, event.key.namespace);
      return autoscalers.filter((found) => isSame(targetOf(found), event.key)).map(({ key }) => key);
    },
    reconcile(key) {
      const autoscaler = context.store.get(key);
      if (autoscaler === undefined || isDeleting(autoscaler)) return undefined;
      const target = context.store.get(targetOf(autoscaler));
      if (target === undefined) reportMissing(context, autoscaler);
      else scaleTarget(context, autoscaler, target);
      return undefined;
    },
  };
}

function targetOf({ key, object }: StoredObject): ResourceKey {
  const reference = objectAt(object, "spec", "scaleTargetRef");
  return {
    group: groupOf(stringAt(reference, "apiVersion") ?? ""),
    kind: stringAt(reference, "kind") ?? "",
    namespace: key.namespace,
    name: stringAt(reference, "name") ?? "",
  };
}

function scaleTarget(context: ControllerContext, autoscaler: StoredObject, target: StoredObject): void {
  const { object } = autoscaler;
  const replicas = numberAt(target.object, "spec", "replicas") ?? 1;
  const minimum = numberAt(object, "spec", "minReplicas") ?? 1;
  const maximum = numberAt(object, "spec", "maxReplicas") ?? replicas;
  // A workload at zero has been switched off; an autoscaler leaves it so.
  const wanted = replicas === 0 ? 0 : Math.min(maximum, Math.max(minimum, replicas));
  if (wanted !== replicas) context.update(target.key, (found) => setAt(found, ["spec", "replicas"], wanted));
  writeConditions(context, autoscaler, {
    counts: { currentReplicas: replicas, desiredReplicas: wanted },
    conditions: [
      {
        type: "AbleToScale",
        status: "True",
        reason: "ReadyForNewScale",
        message: "recommended size matches current size",
      },
      {
        type: "ScalingActive",
        status: wanted === 0 ? "False" : "True",
        reason: wanted === 0 ? "ScalingDisabled" : "ValidMetricFound",
        message: "the HPA was able to successfully calculate a replica count",
      },
    ],
  });
}

function reportMissing(context: ControllerContext, autoscaler: StoredObject): void {
  const message = `the HPA controller was unable to get the target's current scale: "${targetOf(autoscaler).name}" not found`;
  writeConditions(context, autoscaler, {
    counts: { desiredReplicas: 0 },
    conditions: [{ type: "AbleToScale", status: "False", reason: "FailedGetScale", message }],
  });
}

function writeConditions(
  context: ControllerContext,
  { key }: StoredObject,
  { counts, conditions }: { readonly counts: JsonObject; readonly conditions: readonly Condition[] },
): void {
  const now = context.scheduler.now();
  context.updateStatus(key, (status) =>
    conditions.reduce(
      (result: JsonObject, condition) => withCondition(result, condition, now),
      compact({ ...status, currentMetrics: null, ...counts }),
    ),
  );
}

function isSame(a: ResourceKey, b: ResourceKey): boolean {
  return a.kind === b.kind && a.name === b.name && a.group === b.group;
}
