import type { Health } from "../health.ts";
import { arrayAt, type JsonObject, stringAt } from "../json.ts";
import { conditionsOf, degraded, healthy, progressing, unknown } from "./check.ts";

/** v1 Service: only a load balancer has something to wait for. */
export function assessService(object: JsonObject): Health {
  if (stringAt(object, "spec", "type") !== "LoadBalancer" || hasIngress(object)) return healthy();
  return progressing("Waiting for the load balancer's address");
}

/** networking.k8s.io and extensions Ingress. */
export function assessIngress(object: JsonObject): Health {
  return hasIngress(object) ? healthy() : progressing("Waiting for the load balancer's address");
}

/** v1 PersistentVolumeClaim. */
export function assessPersistentVolumeClaim(object: JsonObject): Health {
  switch (stringAt(object, "status", "phase")) {
    case "Bound":
      return healthy();
    case "Pending":
      return progressing("Waiting for a volume");
    case "Lost":
      return degraded("The volume was lost");
    default:
      return unknown("");
  }
}

/** policy PodDisruptionBudget. That no Pod may be disrupted now is how a budget works, not a fault of it. */
export function assessPodDisruptionBudget(object: JsonObject): Health {
  const verdicts = conditionsOf(object).filter(({ type }) => type === "DisruptionAllowed");
  const failed = verdicts.find(({ status, reason }) => status === "False" && reason === "SyncFailed");
  if (failed !== undefined) return degraded(`PodDisruptionBudget has ${failed.reason}`);
  const [verdict] = verdicts;
  return verdict === undefined
    ? progressing("Waiting for status")
    : healthy(`PodDisruptionBudget has ${verdict.reason}`);
}

function hasIngress(object: JsonObject): boolean {
  return arrayAt(object, "status", "loadBalancer", "ingress").length > 0;
}
