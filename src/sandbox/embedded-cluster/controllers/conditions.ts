import { arrayAt, isJsonObject, type JsonObject, type JsonValue, stringAt } from "../../../domain/json.ts";
import { timestamp } from "../prepare-object.ts";

/** A statement in `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** The status with a condition set; its times move only as the condition does. */
export function withCondition(status: JsonObject, condition: Condition, now: number): JsonObject {
  const conditions = arrayAt(status, "conditions").filter(isJsonObject);
  const before = conditions.find((other) => other["type"] === condition.type);
  const isSame =
    before !== undefined &&
    before["status"] === condition.status &&
    before["reason"] === condition.reason &&
    before["message"] === condition.message &&
    before["observedGeneration"] === condition.observedGeneration;
  if (isSame) return status;
  const time = timestamp(now);
  const turned = before?.["status"] === condition.status ? (before["lastTransitionTime"] ?? time) : time;
  const next: JsonObject = { ...condition, lastTransitionTime: turned };
  return {
    ...status,
    conditions:
      before === undefined ? [...conditions, next] : conditions.map((old) => (old === before ? next : old)),
  };
}

export function conditionOf(object: JsonValue | undefined, type: string): JsonObject | undefined {
  return arrayAt(object, "status", "conditions")
    .filter(isJsonObject)
    .find((condition) => condition["type"] === type);
}

/** Whether the object's condition of this type is `True`. */
export function isTrue(object: JsonValue | undefined, type: string): boolean {
  return stringAt(conditionOf(object, type), "status") === "True";
}
