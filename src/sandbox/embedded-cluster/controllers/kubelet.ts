import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from "../../../domain/json.ts";
import { compact, setAt } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import { timestamp } from "../prepare-object.ts";
import { withCondition } from "./conditions.ts";
import { type Controller, type ControllerContext, isDeleting, ofKind } from "./controller.ts";
import { hasEnded, POD } from "./pods.ts";

/** How a pod fares: `plumbline.dev/pod` on it says, as on the real cluster of the tests. */
export const POD_ANNOTATION = "plumbline.dev/pod";

type Fate = "healthy" | "fail" | "crash-loop" | "never-ready" | "image-missing";

/** An image of this tag cannot be pulled. */
const BROKEN_TAG = ":broken";

/** Runs pods on the only node there is: starts them, ends those of Jobs, and lets go of deleted ones. */
export function createKubelet(context: ControllerContext): Controller {
  const startedAt = new Map<string, number>();
  return {
    name: "kubelet",
    concerns: (event) => ofKind(event, POD),
    reconcile(key) {
      const pod = context.store.get(key);
      if (pod === undefined) return undefined;
      const now = context.scheduler.now();
      const since = startedAt.get(pod.uid) ?? now;
      startedAt.set(pod.uid, since);
      if (isDeleting(pod)) return stopPod(context, pod, () => startedAt.delete(pod.uid));
      if (hasEnded(pod)) return undefined;
      if (stringAt(pod.object, "spec", "nodeName") === undefined) {
        context.update(key, (object) => setAt(object, ["spec", "nodeName"], NODE_NAME));
      }
      return advancePod(context, pod, now - since);
    },
  };
}

export const NODE_NAME = "node-1";

function advancePod(context: ControllerContext, pod: StoredObject, ageMs: number): number | undefined {
  const { podStartMs, jobRunMs } = context.timing;
  if (ageMs < podStartMs) return podStartMs - ageMs;
  const fate = fateOf(pod);
  const isTask = stringAt(pod.object, "spec", "restartPolicy") !== "Always";
  const write = (state: PodState): void =>
    context.updateStatus(pod.key, (status) =>
      statusOf(pod, { ...state, status, now: context.scheduler.now() }),
    );
  if (fate === "image-missing") {
    write({
      phase: "Pending",
      ready: false,
      container: waiting("ImagePullBackOff", "Back-off pulling image"),
    });
    return undefined;
  }
  if (fate === "crash-loop" || (fate === "fail" && !isTask)) {
    const container = waiting("CrashLoopBackOff", "back-off restarting failed container");
    write({ phase: "Running", ready: false, container, restarts: 3 });
    return undefined;
  }
  if (isTask && ageMs >= podStartMs + jobRunMs && fate !== "never-ready") {
    const failed = fate === "fail";
    write({ phase: failed ? "Failed" : "Succeeded", ready: false, container: ended(failed) });
    return undefined;
  }
  write({ phase: "Running", ready: fate !== "never-ready", container: {} });
  return isTask && fate !== "never-ready" ? podStartMs + jobRunMs - ageMs : undefined;
}

interface PodState {
  readonly phase: string;
  readonly ready: boolean;
  /** `state` of each container; empty means that it runs. */
  readonly container: JsonObject;
  readonly restarts?: number;
}

function statusOf(
  pod: StoredObject,
  {
    phase,
    ready,
    container,
    restarts = 0,
    status,
    now,
  }: PodState & { readonly status: JsonObject; readonly now: number },
): JsonObject {
  const startTime = stringAt(status, "startTime") ?? timestamp(now);
  const base = {
    ...status,
    phase,
    startTime,
    hostIP: "10.0.0.1",
    podIP: stringAt(status, "podIP") ?? podAddress(pod),
    containerStatuses: containerStatuses(pod, { ready, restarts, container, startTime }),
  };
  const types = ["PodScheduled", "Initialized", "ContainersReady", "Ready"];
  return types.reduce((result: JsonObject, type) => {
    const holds = ready || type === "PodScheduled" || type === "Initialized";
    const reason = holds ? {} : { reason: phase === "Succeeded" ? "PodCompleted" : "ContainersNotReady" };
    return withCondition(result, { type, status: holds ? "True" : "False", ...reason }, now);
  }, base);
}

function containerStatuses(
  { object }: StoredObject,
  {
    ready,
    restarts,
    container,
    startTime,
  }: {
    readonly ready: boolean;
    readonly restarts: number;
    readonly container: JsonObject;
    readonly startTime: string;
  },
): readonly JsonObject[] {
  const isRunning = Object.keys(container).length === 0;
  return arrayAt(object, "spec", "containers")
    .filter(isJsonObject)
    .map(({ name, image }) =>
      compact({
        name,
        image,
        imageID: "",
        ready,
        started: isRunning,
        restartCount: restarts,
        state: isRunning ? { running: { startedAt: startTime } } : container,
        lastState: restarts > 0 ? { terminated: { exitCode: 1, reason: "Error" } } : {},
      }),
    );
}

function waiting(reason: string, message: string): JsonObject {
  return { waiting: { reason, message } };
}

function ended(failed: boolean): JsonObject {
  return {
    terminated: failed
      ? { exitCode: 1, reason: "Error", message: "failed as its annotation asks" }
      : { exitCode: 0, reason: "Completed" },
  };
}

function fateOf({ object }: StoredObject): Fate {
  const asked = stringAt(object, "metadata", "annotations", POD_ANNOTATION);
  if (asked === "fail" || asked === "crash-loop" || asked === "never-ready") return asked;
  const images = arrayAt(object, "spec", "containers").map((container) => stringAt(container, "image") ?? "");
  return images.some((image) => image.endsWith(BROKEN_TAG)) ? "image-missing" : "healthy";
}

function stopPod(context: ControllerContext, pod: StoredObject, forget: () => void): undefined {
  context.scheduler.after(context.timing.podStopMs, () => {
    const found = context.store.get(pod.key);
    const isHeld = arrayAt(found?.object, "metadata", "finalizers").length > 0;
    if (found?.uid !== pod.uid || isHeld) return;
    forget();
    context.store.remove(pod.key);
  });
  return undefined;
}

/** An address that is always the same for a pod. */
function podAddress({ uid }: StoredObject): string {
  const number = Number.parseInt(uid.slice(-6), 16);
  return `10.244.${Math.floor(number / 250) % 250}.${(number % 250) + 1}`;
}

/** The Node that kubelet stands for. */
export function nodeObject(): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: NODE_NAME,
      labels: { "kubernetes.io/hostname": NODE_NAME, "kubernetes.io/os": "linux" },
    },
    spec: {},
  };
}

export function nodeStatus(now: number): JsonObject {
  const resources = { cpu: "32", memory: "256Gi", pods: "10000" };
  return withCondition(
    { capacity: resources, allocatable: resources, nodeInfo: objectAt({}) },
    { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" },
    now,
  );
}
