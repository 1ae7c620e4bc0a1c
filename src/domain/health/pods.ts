import type { Health } from "../health.ts";
import { arrayAt, type JsonObject, type JsonValue, numberAt, objectAt, stringAt, valueAt } from "../json.ts";
import { conditionsOf, degraded, healthy, progressing, unknown } from "./check.ts";

const IGNORE_RESTART_POLICY = "argocd.argoproj.io/ignore-restart-policy";
const HOOK_ANNOTATIONS = ["argocd.argoproj.io/hook", "helm.sh/hook"];

/** v1 Pod. A Pod that is meant to run on is judged by its readiness, one that is meant to end by its end. */
export function assessPod(object: JsonObject): Health {
  const isLongRunning = runsForGood(object);
  if (isLongRunning) {
    const stuck = arrayAt(object, "status", "containerStatuses").filter(isStuck);
    if (stuck.length > 0) return degraded(stuck.map(waitingMessage).filter(Boolean).join(", "));
  }
  const message = stringAt(object, "status", "message") ?? "";
  switch (stringAt(object, "status", "phase")) {
    case "Pending":
      return progressing(message);
    case "Succeeded":
      return healthy(message);
    case "Failed":
      return degraded(message || failureOf(object));
    case "Running":
      return isLongRunning ? assessRunning(object, message) : progressing(message);
    default:
      return unknown(message);
  }
}

function runsForGood(object: JsonObject): boolean {
  const policy = stringAt(object, "spec", "restartPolicy") ?? "Always";
  if (policy === "Always") return true;
  const annotations = objectAt(object, "metadata", "annotations");
  const isHook = HOOK_ANNOTATIONS.some((name) => Object.hasOwn(annotations, name));
  return !isHook && stringAt(annotations, IGNORE_RESTART_POLICY) === "true";
}

function isStuck(container: JsonValue): boolean {
  const reason = stringAt(container, "state", "waiting", "reason") ?? "";
  return reason.startsWith("Err") || reason.endsWith("Error") || reason.endsWith("BackOff");
}

function waitingMessage(container: JsonValue): string {
  const { waiting } = objectAt(container, "state");
  return stringAt(waiting, "message") ?? stringAt(waiting, "reason") ?? "";
}

function assessRunning(object: JsonObject, message: string): Health {
  const isReady = conditionsOf(object).some(({ type, status }) => type === "Ready" && status === "True");
  if (isReady) return healthy(message);
  const hasDied = arrayAt(object, "status", "containerStatuses").some(
    (container) => valueAt(container, "lastState", "terminated") !== undefined,
  );
  return hasDied ? degraded(message) : progressing(message);
}

/** Why the first container that ended badly did so. */
function failureOf(object: JsonObject): string {
  const containers = [
    ...arrayAt(object, "status", "initContainerStatuses"),
    ...arrayAt(object, "status", "containerStatuses"),
  ];
  return containers.map(terminationOf).find(Boolean) ?? "";
}

function terminationOf(container: JsonValue): string {
  const terminated = valueAt(container, "state", "terminated");
  if (terminated === undefined) return "";
  const message = stringAt(terminated, "message");
  if (message !== undefined && message !== "") return message;
  if (stringAt(terminated, "reason") === "OOMKilled") return "OOMKilled";
  const exitCode = numberAt(terminated, "exitCode") ?? 0;
  if (exitCode === 0) return "";
  return `container "${stringAt(container, "name") ?? ""}" failed with exit code ${exitCode}`;
}
