import {
  arrayAt,
  equalJson,
  isJsonObject,
  type JsonObject,
  objectAt,
  stringAt,
} from "../../../domain/json.ts";
import { formatGroupKind, type GroupKind } from "../../../domain/resource-key.ts";
import { changeAt, changeItems, setAt, withDefaults } from "../json-edit.ts";
import { defaultTemplate } from "./pod-defaults.ts";

/** Makes up what a server makes up, in a fixed order: the same test sees the same values. */
export interface Allocator {
  uid(): string;
  clusterIp(): string;
  nodePort(): number;
}

const NODE_PORT_FIRST = 30_000;

/** @param seed - tells the UIDs of one cluster from those of another. */
export function createAllocator(seed: string): Allocator {
  let uids = 0;
  let addresses = 0;
  let ports = NODE_PORT_FIRST;
  return {
    uid() {
      uids++;
      const tail = uids.toString(16).padStart(12, "0");
      return `${hexOf(seed)}-0000-4000-8000-${tail}`;
    },
    clusterIp() {
      addresses++;
      return `10.96.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
    },
    nodePort: () => ports++,
  };
}

/** What the server adds once, when the object is created and has its `uid`. */
export function completeCreated(kind: GroupKind, object: JsonObject, allocator: Allocator): JsonObject {
  const name = formatGroupKind(kind);
  const completed = CREATED[name]?.(object, allocator) ?? object;
  const status = INITIAL_STATUS[name];
  return status === undefined ? completed : { ...completed, status };
}

/** What an update may leave out and keeps all the same, such as the addresses of a Service. */
export function carryOver(kind: GroupKind, live: JsonObject, object: JsonObject): JsonObject {
  if (formatGroupKind(kind) === "DaemonSet.apps") return withTemplateGeneration(live, object);
  if (formatGroupKind(kind) !== "Service") return object;
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = objectAt(live, "spec");
  const type = stringAt(object, "spec", "type") ?? "ClusterIP";
  if (clusterIP === undefined || type === "ExternalName") return object;
  return changeAt(type === "ClusterIP" ? withoutExposure(object) : object, ["spec"], (spec) =>
    withDefaults(spec, {
      clusterIP,
      ...(clusterIPs === undefined ? {} : { clusterIPs }),
      ...(ipFamilies === undefined ? {} : { ipFamilies }),
      ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
    }),
  );
}

/** What a Service gives up that is not to be reached from outside any more. */
function withoutExposure(object: JsonObject): JsonObject {
  const hasOutsideAddress = arrayAt(object, "spec", "externalIPs").length > 0;
  const fields = [
    ...(hasOutsideAddress ? [] : ["externalTrafficPolicy"]),
    "allocateLoadBalancerNodePorts",
    "healthCheckNodePort",
  ];
  return changeAt(object, ["spec"], (spec) =>
    changeItems(
      fields.reduce((result, field) => setAt(result, [field], undefined), spec),
      "ports",
      (port) => setAt(port, ["nodePort"], undefined),
    ),
  );
}

/** Gives a Service what it lacks of addresses and ports: at creation, and when its type changes. */
export function allocateService(object: JsonObject, allocator: Allocator): JsonObject {
  const type = stringAt(object, "spec", "type");
  if (type === "ExternalName") return object;
  return changeAt(object, ["spec"], (spec) => {
    const clusterIP = stringAt(spec, "clusterIP") ?? allocator.clusterIp();
    const filled = withDefaults(spec, {
      clusterIP,
      clusterIPs: [clusterIP],
      ...(clusterIP === "None" && spec["selector"] === undefined ? DUAL_STACK : SINGLE_STACK),
    });
    if (type === "ClusterIP") return filled;
    return changeItems(filled, "ports", (port) =>
      port["nodePort"] === undefined ? { ...port, nodePort: allocator.nodePort() } : port,
    );
  });
}

const TEMPLATE_GENERATION = ["metadata", "annotations", "deprecated.daemonset.template.generation"];

/** DaemonSets count changes of their template in an annotation as well. */
function withTemplateGeneration(live: JsonObject, object: JsonObject): JsonObject {
  const before = stringAt(live, ...TEMPLATE_GENERATION) ?? "1";
  const [old, now] = [live, object].map((found) =>
    defaultTemplate({ template: objectAt(found, "spec", "template") }),
  );
  return setAt(object, TEMPLATE_GENERATION, equalJson(old, now) ? before : String(Number(before) + 1));
}

const SINGLE_STACK: JsonObject = { ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" };
/** Without addresses and without pods to look at there is nothing to choose by. */
const DUAL_STACK: JsonObject = { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };

const CREATED: Readonly<Record<string, (object: JsonObject, allocator: Allocator) => JsonObject>> = {
  Service: allocateService,
  Pod: (object) => setAt(object, ["status"], { phase: "Pending", qosClass: qualityOf(object) }),
  "Job.batch": withJobSelector,
  "DaemonSet.apps": (object) => setAt(object, TEMPLATE_GENERATION, "1"),
  Namespace: (object) => setAt(object, ["spec"], { finalizers: ["kubernetes"] }),
  PersistentVolumeClaim: (object) => withFinalizer(object, "kubernetes.io/pvc-protection"),
  PersistentVolume: (object) => withFinalizer(object, "kubernetes.io/pv-protection"),
};

const INITIAL_STATUS: Readonly<Record<string, JsonObject>> = {
  Namespace: { phase: "Active" },
  Service: { loadBalancer: {} },
  PersistentVolumeClaim: { phase: "Pending" },
  PersistentVolume: { phase: "Pending" },
  ResourceQuota: {},
  "Deployment.apps": {},
  "ReplicaSet.apps": { replicas: 0 },
  "StatefulSet.apps": { replicas: 0, availableReplicas: 0 },
  "DaemonSet.apps": {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
  "Job.batch": {},
  "CronJob.batch": {},
  "Ingress.networking.k8s.io": { loadBalancer: {} },
  "HorizontalPodAutoscaler.autoscaling": { currentMetrics: null, desiredReplicas: 0 },
  "PodDisruptionBudget.policy": {
    currentHealthy: 0,
    desiredHealthy: 0,
    disruptionsAllowed: 0,
    expectedPods: 0,
  },
};

function withFinalizer(object: JsonObject, name: string): JsonObject {
  return setAt(object, ["metadata", "finalizers"], [...arrayAt(object, "metadata", "finalizers"), name]);
}

/** A Job chooses its pods by its own UID, unless the manifest says otherwise. */
function withJobSelector(object: JsonObject): JsonObject {
  const uid = stringAt(object, "metadata", "uid") ?? "";
  const name = stringAt(object, "metadata", "name") ?? "";
  if (isJsonObject(object["spec"]) && object["spec"]["manualSelector"] === true) return object;
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  const selected = setAt(object, ["spec", "selector", "matchLabels"], {
    "batch.kubernetes.io/controller-uid": uid,
  });
  const { labels: written, ...metadata } = objectAt(selected, "spec", "template", "metadata");
  const chosen = { ...(isJsonObject(written) ? written : {}), ...labels };
  const templated = setAt(selected, ["spec", "template", "metadata"], { ...metadata, labels: chosen });
  return objectAt(object, "metadata")["labels"] === undefined
    ? setAt(templated, ["metadata", "labels"], chosen)
    : templated;
}

/** How a pod is treated when its node runs short. */
function qualityOf(object: JsonObject): string {
  const containers = arrayAt(object, "spec", "containers").map((container) =>
    objectAt(container, "resources"),
  );
  const isGuaranteed = containers.every(
    ({ limits, requests }) =>
      ["cpu", "memory"].every((name) => objectAt(limits)[name] !== undefined) && equalJson(limits, requests),
  );
  if (isGuaranteed) return "Guaranteed";
  const hasAny = containers.some(({ limits, requests }) => limits !== undefined || requests !== undefined);
  return hasAny ? "Burstable" : "BestEffort";
}

/** Eight hex digits from a text (FNV-1a): enough to tell clusters apart. */
function hexOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
