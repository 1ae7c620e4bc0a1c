import type { Health } from "../health.ts";
import { isJsonArray, type JsonObject, type JsonValue, parseJson, stringAt } from "../json.ts";
import {
  type Condition,
  conditionsIn,
  conditionsOf,
  degraded,
  healthy,
  progressing,
  unknown,
} from "./check.ts";

const V1_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";

/** Condition type → the reasons that mean it cannot do its work. */
const FAILURES: ReadonlyMap<string, readonly string[]> = new Map([
  ["AbleToScale", ["FailedGetScale", "FailedUpdateScale"]],
  [
    "ScalingActive",
    [
      "FailedGetResourceMetric",
      "FailedGetObjectMetric",
      "FailedGetPodsMetric",
      "FailedGetExternalMetric",
      "FailedComputeMetricsReplicas",
      "InvalidSelector",
    ],
  ],
]);

/** autoscaling/v2 HorizontalPodAutoscaler. */
export function assessAutoscaler(object: JsonObject): Health {
  return assessConditions(conditionsOf(object));
}

/** autoscaling/v1 HorizontalPodAutoscaler: the API server hides the conditions in an annotation, as JSON. */
export function assessAutoscalerV1(object: JsonObject): Health {
  const annotation = stringAt(object, "metadata", "annotations", V1_CONDITIONS) ?? "";
  if (annotation === "") return assessConditions([]);
  const conditions = parseOrUndefined(annotation);
  return isJsonArray(conditions)
    ? assessConditions(conditionsIn(conditions))
    : unknown(`annotation ${V1_CONDITIONS} is not a list in JSON`);
}

function assessConditions(conditions: readonly Condition[]): Health {
  const failure = conditions.find(({ type, reason }) => FAILURES.get(type)?.includes(reason));
  if (failure !== undefined) return degraded(failure.message);
  const success = conditions.find(
    ({ type, status }) => (type === "AbleToScale" || type === "ScalingLimited") && status === "True",
  );
  return success === undefined ? progressing("Waiting to Autoscale") : healthy(success.message);
}

function parseOrUndefined(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
