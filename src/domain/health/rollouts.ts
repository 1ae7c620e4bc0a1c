import type { Health } from "../health.ts";
import {
  arrayAt,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  stringAt,
  valueAt,
} from "../json.ts";
import {
  conditionsOf,
  countAt,
  degraded,
  type HealthCheck,
  healthy,
  progressing,
  suspended,
} from "./check.ts";

const WORKLOAD_GENERATION = "rollout.argoproj.io/workload-generation";

/** What the Rollouts controller itself concludes, since its version 1.0. */
const PHASES: ReadonlyMap<string, (message: string) => Health> = new Map([
  ["Healthy", healthy],
  ["Progressing", progressing],
  ["Paused", suspended],
  ["Degraded", degraded],
]);

/** argoproj.io Rollout of Argo Rollouts, old controllers included, which leave the conclusion to the reader. */
export function assessRollout(object: JsonObject): Health {
  if (!isObserved(object)) return progressing("Waiting for rollout spec update to be observed");
  const conclude = PHASES.get(stringAt(object, "status", "phase") ?? "");
  if (conclude !== undefined) return conclude(stringAt(object, "status", "message") ?? "");

  const steps: readonly ((object: JsonObject) => Health | undefined)[] = [failure, pause, unfinishedReplicas];
  for (const step of steps) {
    const health = step(object);
    if (health !== undefined) return health;
  }
  const assess = isJsonObject(valueAt(object, "spec", "strategy", "blueGreen"))
    ? assessBlueGreen
    : assessCanary;
  return assess(object);
}

/** Controllers before 1.0 wrote a hash as the observed generation: then nothing can be said, and nothing is. */
function isObserved(object: JsonObject): boolean {
  if (!isJsonObject(valueAt(object, "status"))) return false;
  const generation = countAt(object, "metadata", "generation");
  const observed = generationIn(valueAt(object, "status", "observedGeneration"));
  if (observed !== undefined && observed < generation) return false;

  if (valueAt(object, "spec", "workloadRef") === undefined) return true;
  const workload = generationIn(valueAt(object, "metadata", "annotations", WORKLOAD_GENERATION));
  const observedWorkload = generationIn(valueAt(object, "status", "workloadObservedGeneration"));
  return workload === undefined || observedWorkload === undefined || workload === observedWorkload;
}

function generationIn(value: JsonValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : undefined;
}

function failure(object: JsonObject): Health | undefined {
  const found = conditionsOf(object).find(
    ({ type, reason }) =>
      type === "InvalidSpec" ||
      (type === "Progressing" && (reason === "RolloutAborted" || reason === "ProgressDeadlineExceeded")),
  );
  return found && degraded(found.message);
}

function pause(object: JsonObject): Health | undefined {
  const isPaused =
    valueAt(object, "spec", "paused") === true || arrayAt(object, "status", "pauseConditions").length > 0;
  return isPaused ? suspended("Rollout is paused") : undefined;
}

function unfinishedReplicas(object: JsonObject): Health | undefined {
  const desired = numberAt(object, "spec", "replicas") ?? 1;
  const updated = countAt(object, "status", "updatedReplicas");
  if (updated < desired)
    return progressing("Waiting for roll out to finish: More replicas need to be updated");
  if (countAt(object, "status", "availableReplicas") < updated) {
    return progressing("Waiting for roll out to finish: updated replicas are still becoming available");
  }
  return undefined;
}

const assessBlueGreen: HealthCheck = (object) => {
  const active = stringAt(object, "status", "blueGreen", "activeSelector");
  return active !== undefined && active === stringAt(object, "status", "currentPodHash")
    ? healthy()
    : progressing("Waiting for roll out to finish: active service does not serve the new replicas yet");
};

const assessCanary: HealthCheck = (object) => {
  if (countAt(object, "status", "replicas") > countAt(object, "status", "updatedReplicas")) {
    return progressing("Waiting for roll out to finish: old replicas are pending termination");
  }
  const stable = stringAt(object, "status", "stableRS") ?? stringAt(object, "status", "canary", "stableRS");
  return stable !== undefined && stable === stringAt(object, "status", "currentPodHash")
    ? healthy()
    : progressing("Waiting for roll out to finish: canary steps remain");
};
