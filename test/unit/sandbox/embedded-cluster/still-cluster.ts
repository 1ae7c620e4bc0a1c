import { assessHealth } from "../../../../src/domain/health/assess-health.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { liveManifestOf, resourceKeyOf } from "../../../../src/domain/manifest.ts";
import type { ResourceKey } from "../../../../src/domain/resource-key.ts";
import type { Clock } from "../../../../src/ports/clock.ts";
import {
  createEmbeddedCluster,
  type EmbeddedCluster,
} from "../../../../src/sandbox/embedded-cluster/embedded-cluster.ts";

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;

/** Time stands still but for `control.advance` and `control.settle`. */
export const STILL_CLOCK: Clock = {
  now: () => START_MS,
  monotonic: () => 0,
  sleep: () => new Promise(() => undefined),
};

/** A cluster that only moves when told to, with the namespace `shop`. */
export function stillCluster(): EmbeddedCluster {
  const cluster = createEmbeddedCluster({ clock: STILL_CLOCK });
  cluster.control.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  cluster.control.settle();
  return cluster;
}

/** `Deployment web` in `shop`; `""` as namespace for cluster-scoped kinds. */
export function key(kind: string, name: string, namespace = "shop"): ResourceKey {
  return { group: GROUPS[kind] ?? "", kind, namespace, name };
}

const GROUPS: Readonly<Record<string, string>> = {
  Deployment: "apps",
  ReplicaSet: "apps",
  StatefulSet: "apps",
  DaemonSet: "apps",
  Job: "batch",
  CronJob: "batch",
  Ingress: "networking.k8s.io",
  HorizontalPodAutoscaler: "autoscaling",
  PodDisruptionBudget: "policy",
  CustomResourceDefinition: "apiextensions.k8s.io",
};

export function configMap(name: string, data: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop" }, data };
}

export interface WorkloadOptions {
  readonly image?: string;
  /** Value of `plumbline.dev/pod`. */
  readonly fate?: string;
  readonly spec?: JsonObject;
}

/** A workload of one container; `kind` decides on the rest. */
export function workload(kind: string, name: string, options: WorkloadOptions = {}): JsonObject {
  const { image = "example.com/web:1", fate, spec = {} } = options;
  const isJob = kind === "Job";
  const annotations = fate === undefined ? {} : { annotations: { "plumbline.dev/pod": fate } };
  return {
    apiVersion: isJob ? "batch/v1" : "apps/v1",
    kind,
    metadata: { name, namespace: "shop" },
    spec: {
      ...(isJob ? {} : { selector: { matchLabels: { name } } }),
      template: {
        metadata: { labels: { name }, ...annotations },
        spec: { containers: [{ name: "main", image }], ...(isJob ? { restartPolicy: "Never" } : {}) },
      },
      ...spec,
    },
  };
}

/** `Healthy`, `Degraded: …`; `absent` where there is no such object. */
export function healthOf({ control }: EmbeddedCluster, at: ResourceKey): string {
  const object = control.get(at);
  if (object === undefined) return "absent";
  const health = assessHealth(liveManifestOf(object));
  if (health === undefined) return "none";
  return health.message === "" ? health.status : `${health.status}: ${health.message}`;
}

/** Applies as somebody, and gives the key. */
export function applied({ control }: EmbeddedCluster, object: JsonObject, manager = "someone"): ResourceKey {
  return resourceKeyOf(control.applyAs(manager, object));
}
