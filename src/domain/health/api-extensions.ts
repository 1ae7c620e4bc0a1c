import type { Health } from "../health.ts";
import { type JsonObject, stringAt } from "../json.ts";
import { type Condition, conditionsOf, degraded, healthy, progressing } from "./check.ts";

/** apiregistration.k8s.io APIService. */
export function assessApiService(object: JsonObject): Health {
  const available = conditionsOf(object).find(({ type }) => type === "Available");
  if (available === undefined) return progressing("Waiting to be processed");
  const message = [available.reason, available.message].filter(Boolean).join(": ");
  return available.status === "True" ? healthy(message) : progressing(message);
}

/** apiextensions.k8s.io CustomResourceDefinition: whether objects of its kind can be made. */
export function assessCustomResourceDefinition(object: JsonObject): Health {
  if (stringAt(object, "metadata", "deletionTimestamp") !== undefined) {
    return progressing("CRD is terminating");
  }
  const conditions = conditionsOf(object);
  if (conditions.length === 0) return progressing("Status conditions not found");
  const find = (wanted: string, state: string): Condition | undefined =>
    conditions.find(({ type, status }) => type === wanted && status === state);

  const terminating = find("Terminating", "True");
  if (terminating !== undefined) return progressing(`CRD is terminating: ${terminating.message}`);
  const refused = find("NamesAccepted", "False");
  if (refused !== undefined) return degraded(`CRD names have not been accepted: ${refused.message}`);
  const violated = find("NonStructuralSchema", "True");
  if (violated !== undefined) return degraded(`Schema violations found: ${violated.message}`);
  if (find("Established", "True") !== undefined) return healthy("CRD is healthy");
  return find("Established", "False")?.reason === "Installing"
    ? progressing("CRD is being installed")
    : degraded("CRD is not established");
}
