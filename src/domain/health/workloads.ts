import type { Health } from "../health.ts";
import { isJsonObject, type JsonObject, numberAt, stringAt, valueAt } from "../json.ts";
import { conditionsOf, countAt, degraded, healthy, isUnobserved, progressing, suspended } from "./check.ts";

const UNOBSERVED = "Waiting for the controller to observe the newest spec";

/** apps/v1 Deployment. */
export function assessDeployment(object: JsonObject): Health {
  if (valueAt(object, "spec", "paused") === true) return suspended("Deployment is paused");
  if (isUnobserved(object)) return progressing(UNOBSERVED);
  const late = conditionsOf(object).find(
    ({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded",
  );
  if (late !== undefined) return degraded(late.message || "Deployment exceeded its progress deadline");

  const replicas = numberAt(object, "spec", "replicas");
  const updated = countAt(object, "status", "updatedReplicas");
  const total = countAt(object, "status", "replicas");
  const available = countAt(object, "status", "availableReplicas");
  if (replicas !== undefined && updated < replicas) {
    return progressing(`${updated} of ${replicas} new replicas have been updated`);
  }
  if (total > updated) return progressing(`${total - updated} old replicas are pending termination`);
  if (available < updated) return progressing(`${available} of ${updated} updated replicas are available`);
  return healthy();
}

/** apps/v1 ReplicaSet. */
export function assessReplicaSet(object: JsonObject): Health {
  if (isUnobserved(object)) return progressing(UNOBSERVED);
  const failure = conditionsOf(object).find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  if (failure !== undefined) return degraded(failure.message);
  const replicas = numberAt(object, "spec", "replicas");
  const available = countAt(object, "status", "availableReplicas");
  return replicas !== undefined && available < replicas
    ? progressing(`${available} of ${replicas} replicas are available`)
    : healthy();
}

/** apps/v1 StatefulSet. */
export function assessStatefulSet(object: JsonObject): Health {
  if (countAt(object, "status", "observedGeneration") === 0 || isUnobserved(object)) {
    return progressing(UNOBSERVED);
  }
  const replicas = numberAt(object, "spec", "replicas");
  const ready = countAt(object, "status", "readyReplicas");
  if (replicas !== undefined && ready < replicas) {
    return progressing(`${ready} of ${replicas} pods are ready`);
  }

  const strategy = stringAt(object, "spec", "updateStrategy", "type");
  const rollingUpdate = valueAt(object, "spec", "updateStrategy", "rollingUpdate");
  if (strategy === "RollingUpdate" && isJsonObject(rollingUpdate)) {
    return assessPartitionedUpdate(object, replicas);
  }
  if (strategy === "OnDelete") return healthy();
  const isRolledOut =
    stringAt(object, "status", "updateRevision") === stringAt(object, "status", "currentRevision");
  return isRolledOut
    ? healthy()
    : progressing(`${countAt(object, "status", "updatedReplicas")} pods are at the new revision`);
}

/** A rolling update may be told to leave the first `partition` pods as they are. */
function assessPartitionedUpdate(object: JsonObject, replicas: number | undefined): Health {
  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (partition === undefined || replicas === undefined) return healthy();
  const updated = countAt(object, "status", "updatedReplicas");
  return updated < replicas - partition
    ? progressing(`${updated} of ${replicas - partition} new pods have been updated`)
    : healthy();
}

/** apps/v1 DaemonSet. */
export function assessDaemonSet(object: JsonObject): Health {
  if (isUnobserved(object)) return progressing(UNOBSERVED);
  if (stringAt(object, "spec", "updateStrategy", "type") === "OnDelete") return healthy();
  const desired = countAt(object, "status", "desiredNumberScheduled");
  const updated = countAt(object, "status", "updatedNumberScheduled");
  const available = countAt(object, "status", "numberAvailable");
  if (updated < desired) return progressing(`${updated} of ${desired} new pods have been updated`);
  if (available < desired) return progressing(`${available} of ${desired} updated pods are available`);
  return healthy();
}
