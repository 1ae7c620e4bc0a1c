import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import { formatGroupKind } from "../../../domain/resource-key.ts";
import { changeAt, changeItems, setAt, withDefaults } from "../json-edit.ts";
import { defaultBinding, defaultEndpoints, defaultRole, defaultWebhooks } from "./config-defaults.ts";
import { defaultPod } from "./pod-defaults.ts";
import { canonicalQuantities } from "./quantity.ts";
import { defaultClaimSpec, WORKLOAD_DEFAULTS } from "./workload-defaults.ts";

/**
 * The object with what the server fills in by itself, whoever writes it: what drift comparisons face on a real cluster.
 * Values it has to make up (uid, addresses, selectors of Jobs) are `create-defaults.ts`.
 */
export function defaultObject(kind: GroupKind, object: JsonObject): JsonObject {
  const name = formatGroupKind(kind);
  const specDefaults = WORKLOAD_DEFAULTS[name] ?? SPEC_DEFAULTS[name];
  const filled = specDefaults === undefined ? object : changeAt(object, ["spec"], specDefaults);
  return OBJECT_DEFAULTS[name]?.(filled) ?? filled;
}

type Defaults = (object: JsonObject) => JsonObject;

const SPEC_DEFAULTS: Readonly<Record<string, Defaults>> = {
  Pod: defaultPod,
  PersistentVolumeClaim: defaultClaimSpec,
  Service: defaultService,
  PersistentVolume: (spec) =>
    changeAt(
      changeAt(
        withDefaults(spec, { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" }),
        ["hostPath"],
        (path) => withDefaults(path, { type: "" }),
      ),
      ["capacity"],
      canonicalQuantities,
    ),
  LimitRange: (spec) =>
    changeItems(spec, "limits", (limit) =>
      limit["type"] === "Container" && limit["default"] !== undefined
        ? withDefaults(limit, { defaultRequest: limit["default"] })
        : limit,
    ),
  ResourceQuota: (spec) => changeAt(spec, ["hard"], canonicalQuantities),
  "HorizontalPodAutoscaler.autoscaling": (spec) =>
    withDefaults(spec, {
      minReplicas: 1,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
        },
      ],
    }),
  "NetworkPolicy.networking.k8s.io": (spec) =>
    withDefaults(["ingress", "egress"].reduce(defaultRulePorts, spec), {
      podSelector: {},
      policyTypes: spec["egress"] === undefined ? ["Ingress"] : ["Ingress", "Egress"],
    }),
  "CustomResourceDefinition.apiextensions.k8s.io": (spec) =>
    withDefaults(changeAt(spec, ["names"], defaultNames), { conversion: { strategy: "None" } }),
};

const OBJECT_DEFAULTS: Readonly<Record<string, Defaults>> = {
  Secret: (object) => withDefaults(withFoldedStrings(object), { type: "Opaque" }),
  Namespace: defaultNamespace,
  "StorageClass.storage.k8s.io": (object) =>
    withDefaults(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  "RoleBinding.rbac.authorization.k8s.io": defaultBinding,
  "ClusterRoleBinding.rbac.authorization.k8s.io": defaultBinding,
  "Role.rbac.authorization.k8s.io": defaultRole,
  "ClusterRole.rbac.authorization.k8s.io": defaultRole,
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": defaultWebhooks,
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": defaultWebhooks,
  "PriorityClass.scheduling.k8s.io": (object) =>
    withDefaults(object, { preemptionPolicy: "PreemptLowerPriority" }),
  Endpoints: defaultEndpoints,
};

function defaultService(spec: JsonObject): JsonObject {
  const type = stringAt(spec, "type") ?? "ClusterIP";
  const isExposed = type === "NodePort" || type === "LoadBalancer" || arrayAt(spec, "externalIPs").length > 0;
  const withPorts = changeItems(spec, "ports", (port) =>
    withDefaults(port, {
      protocol: "TCP",
      ...(type === "ExternalName" || port["port"] === undefined ? {} : { targetPort: port["port"] }),
    }),
  );
  return withDefaults(withPorts, {
    type,
    sessionAffinity: "None",
    ...(type === "ExternalName" ? {} : { internalTrafficPolicy: "Cluster" }),
    ...(isExposed ? { externalTrafficPolicy: "Cluster" } : {}),
    ...(type === "LoadBalancer" ? { allocateLoadBalancerNodePorts: true } : {}),
  });
}

/** Ports of the rules of a NetworkPolicy in one direction. */
function defaultRulePorts(spec: JsonObject, direction: string): JsonObject {
  return changeItems(spec, direction, (rule) =>
    changeItems(rule, "ports", (port) => withDefaults(port, { protocol: "TCP" })),
  );
}

function defaultNames(names: JsonObject): JsonObject {
  const kind = stringAt(names, "kind") ?? "";
  return withDefaults(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
}

/** `stringData` is write-only: it ends in `data`, over what is there. */
function withFoldedStrings(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isJsonObject(stringData)) return object;
  const encoded = Object.fromEntries(
    Object.entries(stringData).map(([name, value]) => [
      name,
      typeof value === "string" ? Buffer.from(value, "utf8").toString("base64") : value,
    ]),
  );
  return { ...rest, data: { ...objectAt(object, "data"), ...encoded } };
}

function defaultNamespace(object: JsonObject): JsonObject {
  const name = stringAt(object, "metadata", "name") ?? "";
  return setAt(object, ["metadata", "labels", "kubernetes.io/metadata.name"], name);
}
