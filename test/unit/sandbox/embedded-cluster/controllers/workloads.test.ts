import { describe, expect, it } from "vitest";

import { numberAt, stringAt, valueAt } from "../../../../../src/domain/json.ts";
import type { EmbeddedCluster } from "../../../../../src/sandbox/embedded-cluster/embedded-cluster.ts";
import { applied, healthOf, key, stillCluster, workload } from "../still-cluster.ts";

function podNames({ control }: EmbeddedCluster): readonly string[] {
  return control.list({ group: "", kind: "Pod" }).map((pod) => stringAt(pod, "metadata", "name") ?? "");
}

describe("workloads", () => {
  it.for([
    { kind: "StatefulSet", spec: { replicas: 2, serviceName: "db" } },
    { kind: "StatefulSet", spec: { replicas: 2, podManagementPolicy: "Parallel" } },
    { kind: "DaemonSet", spec: {} },
    { kind: "ReplicaSet", spec: { replicas: 2 } },
    { kind: "Job", spec: {} },
    { kind: "Job", spec: { completions: 3, parallelism: 2 } },
  ])("brings a $kind ($spec) from Progressing to Healthy", ({ kind, spec }) => {
    const cluster = stillCluster();
    const at = applied(cluster, workload(kind, "web", { spec }));
    cluster.control.advance(5);
    expect(healthOf(cluster, at)).toMatch(/^Progressing/);
    cluster.control.settle();
    expect(healthOf(cluster, at)).toMatch(/^Healthy/);
  });

  it.for(["StatefulSet", "DaemonSet", "ReplicaSet"])("leaves a %s Progressing whose pods crash", (kind) => {
    const cluster = stillCluster();
    const at = applied(cluster, workload(kind, "web", { fate: "crash-loop" }));
    cluster.control.settle();
    expect(healthOf(cluster, at)).toMatch(/^Progressing/);
  });

  it.for(["StatefulSet", "DaemonSet"])("replaces the pods of a %s whose template changes", (kind) => {
    const cluster = stillCluster();
    const spec = kind === "StatefulSet" ? { replicas: 2 } : {};
    const at = applied(cluster, workload(kind, "web", { spec }));
    cluster.control.settle();
    applied(cluster, workload(kind, "web", { image: "example.com/web:2", spec }));
    cluster.control.advance(8);
    expect(healthOf(cluster, at)).toMatch(/^Progressing/);
    cluster.control.settle();
    expect(healthOf(cluster, at)).toMatch(/^Healthy/);
    const pods = cluster.control.list({ group: "", kind: "Pod" });
    const images = new Set(pods.map((pod) => stringAt(pod, "spec", "containers", "0", "image")));
    expect([...images]).toEqual(["example.com/web:2"]);
  });

  it("numbers the pods of a StatefulSet, starts them in turn and gives each its claim", () => {
    const cluster = stillCluster();
    const template = {
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } },
    };
    const spec = { replicas: 2, serviceName: "db", volumeClaimTemplates: [template] };
    applied(cluster, workload("StatefulSet", "db", { spec }));
    cluster.control.advance(8);
    expect(podNames(cluster)).toEqual(["db-0"]);
    cluster.control.settle();
    expect(podNames(cluster)).toEqual(["db-0", "db-1"]);
    expect(healthOf(cluster, key("PersistentVolumeClaim", "data-db-1"))).toBe("Healthy");
    applied(cluster, workload("StatefulSet", "db", { spec: { ...spec, replicas: 1 } }));
    cluster.control.settle();
    expect(podNames(cluster)).toEqual(["db-0"]);
  });

  it("updates only pods from the partition on", () => {
    const cluster = stillCluster();
    const partition = {
      replicas: 3,
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } },
    };
    const at = applied(cluster, workload("StatefulSet", "db", { spec: partition }));
    cluster.control.settle();
    applied(cluster, workload("StatefulSet", "db", { image: "example.com/web:2", spec: partition }));
    cluster.control.settle();
    expect(valueAt(cluster.control.get(at), "status")).toMatchObject({
      currentReplicas: 2,
      updatedReplicas: 1,
    });
    expect(healthOf(cluster, at)).toMatch(/^Healthy/);
  });
});

describe("Jobs", () => {
  const JOB = key("Job", "migrate");

  it("fails when more pods have failed than its backoff limit", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Job", "migrate", { fate: "fail", spec: { backoffLimit: 1 } }));
    cluster.control.settle();
    expect(healthOf(cluster, JOB)).toMatch(/^Degraded: Job has reached the specified backoff limit/);
    expect(numberAt(cluster.control.get(JOB), "status", "failed")).toBe(2);
  });

  it("fails after its deadline", () => {
    const cluster = stillCluster();
    applied(
      cluster,
      workload("Job", "migrate", { fate: "never-ready", spec: { activeDeadlineSeconds: 30 } }),
    );
    cluster.control.advance(29_000);
    expect(healthOf(cluster, JOB)).toMatch(/^Progressing/);
    cluster.control.advance(2_000);
    expect(healthOf(cluster, JOB)).toMatch(/^Degraded: Job was active longer/);
  });

  it("does nothing while suspended", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Job", "migrate", { spec: { suspend: true } }));
    cluster.control.settle();
    expect(healthOf(cluster, JOB)).toMatch(/^Suspended/);
    expect(podNames(cluster)).toEqual([]);
    cluster.control.edit(JOB, { spec: { suspend: false } });
    cluster.control.settle();
    expect(healthOf(cluster, JOB)).toMatch(/^Healthy/);
  });

  it("goes with its pods some time after it finished", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Job", "migrate", { spec: { ttlSecondsAfterFinished: 10 } }));
    cluster.control.advance(5_000);
    expect(healthOf(cluster, JOB)).toMatch(/^Healthy/);
    cluster.control.advance(6_000);
    expect(healthOf(cluster, JOB)).toBe("absent");
    expect(podNames(cluster)).toEqual([]);
  });

  it("is started by a CronJob on its schedule", () => {
    const cluster = stillCluster();
    const { spec } = workload("Job", "any");
    const cron = key("CronJob", "report");
    cluster.control.applyAs("someone", {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "report", namespace: "shop" },
      spec: { schedule: "*/5 * * * *", jobTemplate: { spec: spec ?? {} } },
    });
    cluster.control.advance(4 * 60_000);
    expect(cluster.control.list(key("Job", ""))).toHaveLength(0);
    expect(healthOf(cluster, cron)).toMatch(/^Healthy/);
    cluster.control.advance(12 * 60_000);
    expect(cluster.control.list(key("Job", ""))).toHaveLength(3);
    expect(cluster.control.get(cron)).toMatchObject({ status: { lastScheduleTime: "2026-01-01T00:15:00Z" } });
    expect(healthOf(cluster, cron)).toMatch(/^Healthy/);
  });
});
