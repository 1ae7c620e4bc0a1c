import {
  arrayAt,
  isJsonObject,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
  stringifyJson,
  valueAt,
} from "../../../domain/json.ts";
import { formatGroupKind, type GroupKind } from "../../../domain/resource-key.ts";
import { labelMapViolations, metadataViolations, type Violation } from "./metadata-rules.ts";
import { podSpecViolations, templateViolations } from "./pod-rules.ts";

/** The object's breaches of the server's rules; empty where it may be kept. Defaults are in already. */
export function objectViolations(kind: GroupKind, object: JsonObject): readonly Violation[] {
  return [...metadataViolations(kind, object), ...(RULES[formatGroupKind(kind)]?.(object) ?? [])];
}

type Rules = (object: JsonObject) => readonly Violation[];

const ALWAYS = ["Always"];
const RUN_TO_END = ["OnFailure", "Never"];

const RULES: Readonly<Record<string, Rules>> = {
  Pod: (object) => podSpecViolations(objectAt(object, "spec"), "spec"),
  "Deployment.apps": workloadViolations,
  "ReplicaSet.apps": workloadViolations,
  "StatefulSet.apps": workloadViolations,
  "DaemonSet.apps": workloadViolations,
  "Job.batch": (object) => templateViolations(object, ["spec"], RUN_TO_END),
  "CronJob.batch": (object) => [
    ...scheduleViolations(object),
    ...templateViolations(object, ["spec", "jobTemplate", "spec"], RUN_TO_END),
  ],
  Service: serviceViolations,
  Secret: secretViolations,
  ConfigMap: dataKeyViolations,
  "PodDisruptionBudget.policy": budgetViolations,
  PersistentVolumeClaim: claimViolations,
  "Ingress.networking.k8s.io": ingressViolations,
  "HorizontalPodAutoscaler.autoscaling": autoscalerViolations,
  "CustomResourceDefinition.apiextensions.k8s.io": definitionViolations,
  "RoleBinding.rbac.authorization.k8s.io": bindingViolations,
  "ClusterRoleBinding.rbac.authorization.k8s.io": bindingViolations,
};

function workloadViolations(object: JsonObject): readonly Violation[] {
  const selector = objectAt(object, "spec", "selector");
  const wanted = objectAt(selector, "matchLabels");
  const labels = objectAt(object, "spec", "template", "metadata", "labels");
  const own: Violation[] = [];
  if (valueAt(object, "spec", "selector") === undefined) own.push("spec.selector: Required value");
  else if (Object.entries(wanted).some(([name, value]) => labels[name] !== value)) {
    own.push(
      `spec.template.metadata.labels: Invalid value: ${stringifyJson(labels)}: \`selector\` does not match template \`labels\``,
    );
  } else if (Object.keys(selector).length === 0) {
    own.push("spec.selector: Invalid value: {}: empty selector is invalid for workload");
  }
  const replicas = numberAt(object, "spec", "replicas");
  if (replicas !== undefined && replicas < 0) {
    own.push(`spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`);
  }
  return [
    ...own,
    ...labelMapViolations(labels, "spec.template.labels"),
    ...templateViolations(object, ["spec"], ALWAYS),
  ];
}

function scheduleViolations(object: JsonObject): readonly Violation[] {
  const schedule = stringAt(object, "spec", "schedule") ?? "";
  if (schedule === "") return ["spec.schedule: Required value"];
  const isKnown = schedule.startsWith("@") || schedule.trim().split(/\s+/).length === 5;
  return isKnown ? [] : [`spec.schedule: Invalid value: "${schedule}": expected exactly 5 fields`];
}

function serviceViolations(object: JsonObject): readonly Violation[] {
  const type = stringAt(object, "spec", "type");
  if (type === "ExternalName") {
    return (stringAt(object, "spec", "externalName") ?? "") === ""
      ? ["spec.externalName: Required value"]
      : [];
  }
  const types = ["ClusterIP", "NodePort", "LoadBalancer"];
  if (type !== undefined && !types.includes(type)) {
    return [
      `spec.type: Unsupported value: "${type}": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"`,
    ];
  }
  const ports = arrayAt(object, "spec", "ports");
  if (ports.length === 0 && stringAt(object, "spec", "clusterIP") !== "None") {
    return ["spec.ports: Required value"];
  }
  return ports.flatMap((port, index) => {
    const number = numberAt(port, "port") ?? 0;
    const at = `spec.ports[${index}]`;
    return [
      ...(number >= 1 && number <= 65_535
        ? []
        : [`${at}.port: Invalid value: ${number}: must be between 1 and 65535, inclusive`]),
      ...(ports.length > 1 && stringAt(port, "name") === undefined ? [`${at}.name: Required value`] : []),
    ];
  });
}

const TYPED_SECRETS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

function secretViolations(object: JsonObject): readonly Violation[] {
  const data = objectAt(object, "data");
  const missing = (TYPED_SECRETS[stringAt(object, "type") ?? ""] ?? []).filter(
    (name) => data[name] === undefined,
  );
  const wrong = Object.entries(data).filter(([, value]) => typeof value !== "string" || !isBase64(value));
  return [
    ...dataKeyViolations(object),
    ...missing.map((name) => `data[${name}]: Required value`),
    ...wrong.map(([name]) => `data[${name}]: illegal base64 data`),
  ];
}

function dataKeyViolations(object: JsonObject): readonly Violation[] {
  const keys = [...Object.keys(objectAt(object, "data")), ...Object.keys(objectAt(object, "binaryData"))];
  return keys
    .filter((name) => !/^[-._a-zA-Z0-9]{1,253}$/.test(name))
    .map(
      (name) =>
        `data[${name}]: Invalid value: "${name}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
    );
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function claimViolations(object: JsonObject): readonly Violation[] {
  const hasSize = valueAt(object, "spec", "resources", "requests", "storage") !== undefined;
  return [
    ...(arrayAt(object, "spec", "accessModes").length === 0
      ? ["spec.accessModes: Required value: at least 1 access mode is required"]
      : []),
    ...(hasSize ? [] : ["spec.resources[storage]: Required value"]),
  ];
}

function ingressViolations(object: JsonObject): readonly Violation[] {
  return arrayAt(object, "spec", "rules").flatMap((rule, index) =>
    arrayAt(rule, "http", "paths").flatMap((path, place) =>
      stringAt(path, "pathType") === undefined
        ? [`spec.rules[${index}].http.paths[${place}].pathType: Required value: pathType must be specified`]
        : [],
    ),
  );
}

function autoscalerViolations(object: JsonObject): readonly Violation[] {
  const maximum = numberAt(object, "spec", "maxReplicas") ?? 0;
  const minimum = numberAt(object, "spec", "minReplicas") ?? 1;
  if (maximum < 1) return [`spec.maxReplicas: Invalid value: ${maximum}: must be greater than 0`];
  return maximum < minimum
    ? [`spec.maxReplicas: Invalid value: ${maximum}: must be greater than or equal to \`minReplicas\``]
    : [];
}

function budgetViolations(object: JsonObject): readonly Violation[] {
  const { minAvailable, maxUnavailable } = objectAt(object, "spec");
  return minAvailable !== undefined && maxUnavailable !== undefined
    ? ["spec: Invalid value: minAvailable and maxUnavailable cannot be both set"]
    : [];
}

function definitionViolations(object: JsonObject): readonly Violation[] {
  const wanted = `${stringAt(object, "spec", "names", "plural")}.${stringAt(object, "spec", "group")}`;
  const versions = arrayAt(object, "spec", "versions");
  const problems: Violation[] = [];
  if (stringAt(object, "metadata", "name") !== wanted) {
    problems.push(
      `metadata.name: Invalid value: "${stringAt(object, "metadata", "name")}": must be spec.names.plural+"."+spec.group`,
    );
  }
  if (versions.filter((version) => isJsonObject(version) && version["storage"] === true).length !== 1) {
    problems.push("spec.versions: Invalid value: must have exactly one version marked as storage version");
  }
  versions.forEach((version, index) => {
    if (valueAt(version, "schema", "openAPIV3Schema") === undefined) {
      problems.push(`spec.versions[${index}].schema.openAPIV3Schema: Required value: schemas are required`);
    }
  });
  return problems;
}

function bindingViolations(object: JsonObject): readonly Violation[] {
  return (stringAt(object, "roleRef", "name") ?? "") === "" ? ["roleRef.name: Required value"] : [];
}
