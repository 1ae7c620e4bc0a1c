import {
  equalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  objectAt,
  stringAt,
  stringifyJson,
  valueAt,
} from "../../../domain/json.ts";
import { formatGroupKind, type GroupKind } from "../../../domain/resource-key.ts";
import { amountOf } from "../defaults/quantity.ts";
import { setAt } from "../json-edit.ts";
import type { Violation } from "./metadata-rules.ts";

/** Fields of a live object that this update may not change, each with the server's words for it. */
export function immutableViolations(
  kind: GroupKind,
  live: JsonObject,
  object: JsonObject,
): readonly Violation[] {
  const name = formatGroupKind(kind);
  const fixed = (FIXED_FIELDS[name] ?? []).filter((path) => !isSame(live, object, path));
  return [
    ...fixed.map((path) => `${path.join(".")}: Invalid value: ${text(object, path)}: ${wording(path)}`),
    ...(RULES[name]?.(live, object) ?? []),
  ];
}

const FIXED_FIELDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "Deployment.apps": [["spec", "selector"]],
  "ReplicaSet.apps": [["spec", "selector"]],
  "DaemonSet.apps": [["spec", "selector"]],
  "Job.batch": [
    ["spec", "completions"],
    ["spec", "selector"],
    ["spec", "template"],
    ["spec", "completionMode"],
  ],
  Secret: [["type"]],
  "RoleBinding.rbac.authorization.k8s.io": [["roleRef"]],
  "ClusterRoleBinding.rbac.authorization.k8s.io": [["roleRef"]],
  "IngressClass.networking.k8s.io": [["spec", "controller"]],
  "PriorityClass.scheduling.k8s.io": [["value"]],
  "CustomResourceDefinition.apiextensions.k8s.io": [
    ["spec", "group"],
    ["spec", "scope"],
  ],
};

type Rule = (live: JsonObject, object: JsonObject) => readonly Violation[];

const RULES: Readonly<Record<string, Rule>> = {
  "StatefulSet.apps": statefulSetViolations,
  PersistentVolumeClaim: claimViolations,
  Service: serviceViolations,
  Pod: podViolations,
  ConfigMap: sealedViolations,
  Secret: sealedViolations,
  "StorageClass.storage.k8s.io": (live, object) =>
    ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"]
      .filter((field) => !isSame(live, object, [field]))
      .map((field) => `${field}: Forbidden: updates to ${field} are forbidden.`),
};

const STATEFUL_SET_FIELDS = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];

function statefulSetViolations(live: JsonObject, object: JsonObject): readonly Violation[] {
  if (equalJson(specWithout(live, STATEFUL_SET_FIELDS), specWithout(object, STATEFUL_SET_FIELDS))) return [];
  return [
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ];
}

const CLAIM_SIZE = ["spec", "resources", "requests", "storage"];

function claimViolations(live: JsonObject, object: JsonObject): readonly Violation[] {
  const size = valueAt(live, ...CLAIM_SIZE);
  const sameSize = setAt(object, CLAIM_SIZE, size);
  if (!equalJson(specWithout(live, CLAIM_FIELDS), specWithout(sameSize, CLAIM_FIELDS))) {
    return [
      "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
    ];
  }
  const isSmaller = amountOf(valueAt(object, ...CLAIM_SIZE)) < amountOf(size);
  return isSmaller
    ? ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"]
    : [];
}

/** `volumeName` is set by the binder after the claim was written. */
const CLAIM_FIELDS = ["volumeName", "volumeAttributesClassName"];

function serviceViolations(live: JsonObject, object: JsonObject): readonly Violation[] {
  const before = stringAt(live, "spec", "clusterIP") ?? "";
  const after = stringAt(object, "spec", "clusterIP") ?? "";
  if (before === "" || before === after || stringAt(object, "spec", "type") === "ExternalName") return [];
  return [`spec.clusterIPs[0]: Invalid value: ["${after}"]: may not change once set`];
}

/** `nodeName` is the scheduler's to set, once. */
const POD_FIELDS = ["containers", "initContainers", "activeDeadlineSeconds", "tolerations", "nodeName"];
const IMAGES = ["spec", "containers"];

function podViolations(live: JsonObject, object: JsonObject): readonly Violation[] {
  const isSamePod = equalJson(specWithout(live, POD_FIELDS), specWithout(object, POD_FIELDS));
  if (isSamePod && equalJson(withoutImages(live), withoutImages(object))) return [];
  return [
    "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
  ];
}

function sealedViolations(live: JsonObject, object: JsonObject): readonly Violation[] {
  if (live["immutable"] !== true) return [];
  return ["immutable", "data", "binaryData"]
    .filter((field) => !isSame(live, object, [field]))
    .map((field) => `${field}: Forbidden: field is immutable when \`immutable\` is set`);
}

function withoutImages(pod: JsonObject): JsonObject {
  const containers = valueAt(pod, ...IMAGES);
  if (!isJsonArray(containers)) return {};
  return { containers: containers.map((item) => (isJsonObject(item) ? { ...item, image: "" } : null)) };
}

function specWithout(object: JsonObject, fields: readonly string[]): JsonObject {
  return fields.reduce((spec, field) => setAt(spec, [field], undefined), objectAt(object, "spec"));
}

function isSame(live: JsonObject, object: JsonObject, path: readonly string[]): boolean {
  return equalJson(valueAt(live, ...path), valueAt(object, ...path));
}

function text(object: JsonObject, path: readonly string[]): string {
  const value = valueAt(object, ...path);
  return value === undefined ? '""' : stringifyJson(value);
}

function wording(path: readonly string[]): string {
  return path[0] === "roleRef" ? "cannot change roleRef" : "field is immutable";
}
