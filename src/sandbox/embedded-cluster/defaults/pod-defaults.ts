import { isJsonObject, type JsonObject, objectAt, stringAt } from "../../../domain/json.ts";
import { changeAt, changeItems, withDefaults } from "../json-edit.ts";
import { canonicalQuantity, canonicalResources } from "./quantity.ts";

/** Octal 0644: the mode of files in Secret and ConfigMap volumes. */
const FILE_MODE = 0o644;

const CONTAINER_LISTS = ["containers", "initContainers"] as const;
const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;
const VOLUMES_WITH_MODE = ["secret", "configMap", "projected", "downwardAPI"] as const;

/** A pod's spec, in a Pod or in a template, with what the server fills in. */
export function defaultPodSpec(spec: JsonObject): JsonObject {
  const account = stringAt(spec, "serviceAccountName") ?? stringAt(spec, "serviceAccount");
  const filled = withDefaults(spec, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
  });
  const withVolumes = changeItems(filled, "volumes", defaultVolume);
  return CONTAINER_LISTS.reduce((result, list) => changeItems(result, list, defaultContainer), withVolumes);
}

/** `spec.template` of a workload, with its pod's defaults. */
export function defaultTemplate(spec: JsonObject): JsonObject {
  const withMetadata = changeAt(spec, ["template"], (template) => withDefaults(template, { metadata: {} }));
  return changeAt(withMetadata, ["template", "spec"], defaultPodSpec);
}

/** What only a Pod itself gets, from defaults and from the admission steps that are always on. */
export function defaultPod(spec: JsonObject): JsonObject {
  const withRequests = CONTAINER_LISTS.reduce(
    (result, list) => changeItems(result, list, requestsFromLimits),
    defaultPodSpec(spec),
  );
  return withDefaults(withRequests, {
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
    priority: 0,
    serviceAccountName: "default",
    serviceAccount: "default",
    tolerations: NODE_TROUBLES.map((name) => ({
      key: `node.kubernetes.io/${name}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    })),
  });
}

/** Pods stay five minutes on a node in such trouble. */
const NODE_TROUBLES = ["not-ready", "unreachable"];

function defaultContainer(container: JsonObject): JsonObject {
  const filled = withDefaults(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(stringAt(container, "image") ?? ""),
    resources: {},
  });
  const withResources = changeAt(filled, ["resources"], canonicalResources);
  const withPorts = changeItems(withResources, "ports", (port) => withDefaults(port, { protocol: "TCP" }));
  const withEnv = changeItems(withPorts, "env", defaultVariable);
  const withHooks = ["postStart", "preStop"].reduce(
    (result, hook) => changeAt(result, ["lifecycle", hook, "httpGet"], defaultHttpGet),
    withEnv,
  );
  return PROBES.reduce((result, probe) => changeAt(result, [probe], defaultProbe), withHooks);
}

/** `Always` for the moving tag, whether it is written or not. */
function pullPolicy(image: string): string {
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function defaultVariable(variable: JsonObject): JsonObject {
  return changeAt(variable, ["valueFrom"], defaultReferences);
}

/** References to fields of the pod itself, in variables and in volumes. */
function defaultReferences(source: JsonObject): JsonObject {
  const withField = changeAt(source, ["fieldRef"], (ref) => withDefaults(ref, { apiVersion: "v1" }));
  return changeAt(withField, ["resourceFieldRef"], (ref) => withDefaults(ref, { divisor: "0" }));
}

function defaultDownward(source: JsonObject): JsonObject {
  return changeItems(source, "items", defaultReferences);
}

function defaultProbe(probe: JsonObject): JsonObject {
  const filled = withDefaults(probe, {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  const withHttp = changeAt(filled, ["httpGet"], defaultHttpGet);
  return changeAt(withHttp, ["grpc"], (grpc) => withDefaults(grpc, { service: "" }));
}

function defaultHttpGet(get: JsonObject): JsonObject {
  return withDefaults(get, { path: "/", scheme: "HTTP" });
}

function defaultVolume(volume: JsonObject): JsonObject {
  const hasSource = Object.keys(volume).some((name) => name !== "name");
  const filled = hasSource ? volume : { ...volume, emptyDir: {} };
  const withMode = VOLUMES_WITH_MODE.reduce(
    (result, source) =>
      changeAt(result, [source], (found) => withDefaults(found, { defaultMode: FILE_MODE })),
    filled,
  );
  const withLimit = changeAt(withMode, ["emptyDir"], (found) => {
    const limit = canonicalQuantity(found["sizeLimit"] ?? null);
    return limit === undefined ? found : { ...found, sizeLimit: limit };
  });
  const withType = changeAt(withLimit, ["hostPath"], (found) => withDefaults(found, { type: "" }));
  const withDownward = changeAt(withType, ["downwardAPI"], defaultDownward);
  return changeAt(withDownward, ["projected"], (projected) =>
    changeItems(projected, "sources", (source) => changeAt(source, ["downwardAPI"], defaultDownward)),
  );
}

function requestsFromLimits(container: JsonObject): JsonObject {
  const limits = objectAt(container, "resources", "limits");
  if (Object.keys(limits).length === 0) return container;
  return changeAt(container, ["resources"], (resources) => ({
    ...resources,
    requests: withDefaults(isJsonObject(resources["requests"]) ? resources["requests"] : {}, limits),
  }));
}
