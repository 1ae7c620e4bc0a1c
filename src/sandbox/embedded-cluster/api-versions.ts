import { arrayAt, isJsonObject, type JsonObject, numberAt, objectAt, stringAt } from "../../domain/json.ts";
import { setAt } from "./json-edit.ts";
import { type KnownKind, storageVersion } from "./kind-registry.ts";

/** The object in the version it is kept in. */
export function toStorageVersion(kind: KnownKind, object: JsonObject): JsonObject {
  const target = storageVersion(kind);
  if (stringAt(object, "apiVersion") === target) return object;
  const converted = kind.kind === "HorizontalPodAutoscaler" ? autoscalerFromV1(object) : object;
  return { ...converted, apiVersion: target };
}

/** A stored object in another served version. */
export function toVersion(kind: KnownKind, object: JsonObject, apiVersion: string): JsonObject {
  if (stringAt(object, "apiVersion") === apiVersion) return object;
  const converted = kind.kind === "HorizontalPodAutoscaler" ? autoscalerToV1(object) : object;
  return { ...converted, apiVersion };
}

/** autoscaling/v1 knows one metric, CPU utilization; v2 lists it. */
function autoscalerFromV1(object: JsonObject): JsonObject {
  const { targetCPUUtilizationPercentage: percentage, ...spec } = objectAt(object, "spec");
  if (typeof percentage !== "number") return object;
  const target = { type: "Utilization", averageUtilization: percentage };
  const metrics = [{ type: "Resource", resource: { name: "cpu", target } }];
  return setAt(object, ["spec"], { ...spec, metrics });
}

/** Conditions go into an annotation, as the server writes them for v1. */
function autoscalerToV1(object: JsonObject): JsonObject {
  const { metrics: _metrics, behavior: _behavior, ...spec } = objectAt(object, "spec");
  const cpu = arrayAt(object, "spec", "metrics").find(
    (metric) => isJsonObject(metric) && stringAt(metric, "resource", "name") === "cpu",
  );
  const percentage = numberAt(cpu, "resource", "target", "averageUtilization");
  const { conditions, currentMetrics: _current, ...status } = objectAt(object, "status");
  const annotated =
    conditions === undefined
      ? object
      : setAt(
          object,
          ["metadata", "annotations", "autoscaling.alpha.kubernetes.io/conditions"],
          JSON.stringify(conditions),
        );
  return {
    ...annotated,
    spec: percentage === undefined ? spec : { ...spec, targetCPUUtilizationPercentage: percentage },
    status: { currentReplicas: 0, ...status },
  };
}
