import type { Health, HealthStatus } from "../health.ts";
import { arrayAt, isJsonObject, type JsonObject, type JsonValue, numberAt, stringAt } from "../json.ts";

/** Judges one live object of one kind. Total: any JSON gets an answer. */
export type HealthCheck = (object: JsonObject) => Health;

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export const healthy = (message = ""): Health => health("Healthy", message);
export const progressing = (message: string): Health => health("Progressing", message);
export const degraded = (message: string): Health => health("Degraded", message);
export const suspended = (message: string): Health => health("Suspended", message);
export const unknown = (message: string): Health => health("Unknown", message);

/** The object's `status.conditions`; parts that are absent or not text are `""`. */
export function conditionsOf(object: JsonObject): readonly Condition[] {
  return conditionsIn(arrayAt(object, "status", "conditions"));
}

export function conditionsIn(list: readonly JsonValue[]): readonly Condition[] {
  return list.filter(isJsonObject).map((condition) => ({
    type: stringAt(condition, "type") ?? "",
    status: stringAt(condition, "status") ?? "",
    reason: stringAt(condition, "reason") ?? "",
    message: stringAt(condition, "message") ?? "",
  }));
}

/** The number at a path, 0 where the API server left it out because it is zero. */
export function countAt(object: JsonObject, ...path: readonly string[]): number {
  return numberAt(object, ...path) ?? 0;
}

/** The controller has not yet looked at the newest spec, so its status speaks of an older one. */
export function isUnobserved(object: JsonObject): boolean {
  return countAt(object, "metadata", "generation") > countAt(object, "status", "observedGeneration");
}

function health(status: HealthStatus, message: string): Health {
  return { status, message };
}
