import { isJsonObject, type JsonObject, stringAt } from "../../../domain/json.ts";
import { changeAt, changeItems, withDefaults } from "../json-edit.ts";
import { defaultTemplate } from "./pod-defaults.ts";
import { canonicalResources } from "./quantity.ts";

/** Fills in the `spec` of a workload. */
type SpecDefaults = (spec: JsonObject) => JsonObject;

/** Group-kind → defaults of its `spec`. */
export const WORKLOAD_DEFAULTS: Readonly<Record<string, SpecDefaults>> = {
  "Deployment.apps": (spec) =>
    rollingUpdate(
      withDefaults(defaultTemplate(spec), {
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      }),
      "strategy",
      { maxUnavailable: "25%", maxSurge: "25%" },
    ),
  "ReplicaSet.apps": (spec) => withDefaults(defaultTemplate(spec), { replicas: 1 }),
  "StatefulSet.apps": (spec) =>
    rollingUpdate(
      withDefaults(changeItems(defaultTemplate(spec), "volumeClaimTemplates", defaultClaimTemplate), {
        replicas: 1,
        revisionHistoryLimit: 10,
        podManagementPolicy: "OrderedReady",
        serviceName: "",
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      }),
      "updateStrategy",
      { partition: 0 },
    ),
  "DaemonSet.apps": (spec) =>
    rollingUpdate(withDefaults(defaultTemplate(spec), { revisionHistoryLimit: 10 }), "updateStrategy", {
      maxUnavailable: 1,
      maxSurge: 0,
    }),
  "Job.batch": defaultJobSpec,
  "CronJob.batch": (spec) =>
    withDefaults(defaultJobTemplate(spec), {
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
};

function defaultJobTemplate(spec: JsonObject): JsonObject {
  const withMetadata = changeAt(spec, ["jobTemplate"], (template) =>
    withDefaults(template, { metadata: {} }),
  );
  return changeAt(withMetadata, ["jobTemplate", "spec"], defaultTemplate);
}

/** `spec` of a PersistentVolumeClaim. */
export function defaultClaimSpec(spec: JsonObject): JsonObject {
  return changeAt(withDefaults(spec, { volumeMode: "Filesystem" }), ["resources"], canonicalResources);
}

function defaultJobSpec(spec: JsonObject): JsonObject {
  const counts =
    spec["completions"] === undefined && spec["parallelism"] === undefined ? { completions: 1 } : {};
  return withDefaults(defaultTemplate(spec), {
    ...counts,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: "NonIndexed",
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed",
  });
}

function rollingUpdate(spec: JsonObject, field: string, defaults: JsonObject): JsonObject {
  const strategy = isJsonObject(spec[field]) ? spec[field] : {};
  if ((stringAt(strategy, "type") ?? "RollingUpdate") !== "RollingUpdate") return spec;
  const rolling = isJsonObject(strategy["rollingUpdate"]) ? strategy["rollingUpdate"] : {};
  return {
    ...spec,
    [field]: { ...strategy, type: "RollingUpdate", rollingUpdate: withDefaults(rolling, defaults) },
  };
}

function defaultClaimTemplate(claim: JsonObject): JsonObject {
  const filled = withDefaults(claim, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    status: { phase: "Pending" },
  });
  return changeAt(filled, ["spec"], defaultClaimSpec);
}
