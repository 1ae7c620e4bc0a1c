import { describe, expect, it } from "vitest";

import { numberAt, stringAt, valueAt } from "../../../../../src/domain/json.ts";
import { applied, healthOf, key, stillCluster, workload } from "../still-cluster.ts";

const WEB = key("Deployment", "web");

describe("Deployments", () => {
  it("goes from Progressing to Healthy as its pods start", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Deployment", "web", { spec: { replicas: 2 } }));
    expect(healthOf(cluster, WEB)).toMatch(/^Progressing/);
    cluster.control.advance(5);
    expect(healthOf(cluster, WEB)).toMatch(/^Progressing/);
    cluster.control.settle();
    expect(healthOf(cluster, WEB)).toMatch(/^Healthy/);
    expect(cluster.control.get(WEB)).toMatchObject({
      status: {
        observedGeneration: 1,
        replicas: 2,
        updatedReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
      },
    });
  });

  it("replaces its pods when the template changes, keeping the old ReplicaSet empty", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Deployment", "web", { spec: { replicas: 3 } }));
    cluster.control.settle();
    applied(cluster, workload("Deployment", "web", { image: "example.com/web:2", spec: { replicas: 3 } }));
    expect(healthOf(cluster, WEB)).toMatch(/^Progressing/);
    cluster.control.settle();
    expect(healthOf(cluster, WEB)).toMatch(/^Healthy/);
    const sets = cluster.control.list({ group: "apps", kind: "ReplicaSet" });
    expect(sets.map((set) => numberAt(set, "spec", "replicas"))).toEqual([0, 3]);
    const pods = cluster.control.list({ group: "", kind: "Pod" });
    expect(pods.map((pod) => stringAt(pod, "spec", "containers", "0", "image"))).toEqual(
      Array(3).fill("example.com/web:2"),
    );
  });

  it("keeps enough pods available, and not too many, while it rolls out", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Deployment", "web", { spec: { replicas: 4 } }));
    cluster.control.settle();
    applied(cluster, workload("Deployment", "web", { image: "example.com/web:2", spec: { replicas: 4 } }));
    const available: number[] = [];
    const pods: number[] = [];
    for (let step = 0; step < 200; step++) {
      cluster.control.advance(1);
      const { status } = cluster.control.get(WEB) ?? {};
      available.push(numberAt(status, "availableReplicas") ?? 0);
      pods.push(numberAt(status, "replicas") ?? 0);
    }
    expect([Math.min(...available), Math.max(...pods)]).toEqual([3, 5]);
    expect(healthOf(cluster, WEB)).toMatch(/^Healthy/);
  });

  it.for([
    { fate: "crash-loop" },
    { fate: "never-ready" },
    { fate: "fail" },
    { image: "example.com/web:broken" },
  ])("is late after its deadline when its pods are $fate$image", (options) => {
    const cluster = stillCluster();
    applied(cluster, workload("Deployment", "web", { ...options, spec: { progressDeadlineSeconds: 30 } }));
    cluster.control.advance(29_000);
    expect(healthOf(cluster, WEB)).toMatch(/^Progressing/);
    cluster.control.advance(2_000);
    expect(healthOf(cluster, WEB)).toMatch(/^Degraded/);
    applied(cluster, workload("Deployment", "web", { spec: { progressDeadlineSeconds: 30 } }));
    cluster.control.settle();
    expect(healthOf(cluster, WEB)).toMatch(/^Healthy/);
  });

  it("counts its deadline from when it last got further", () => {
    const cluster = stillCluster();
    const spec = { progressDeadlineSeconds: 30 };
    applied(cluster, workload("Deployment", "web", { spec }));
    cluster.control.advance(100_000);
    applied(cluster, workload("Deployment", "web", { fate: "never-ready", spec }));
    cluster.control.advance(29_000);
    expect(healthOf(cluster, WEB)).toMatch(/^Progressing/);
    cluster.control.advance(2_000);
    expect(healthOf(cluster, WEB)).toMatch(/^Degraded/);
  });

  it("stops all old pods first when it recreates", () => {
    const cluster = stillCluster();
    const spec = { replicas: 2, strategy: { type: "Recreate" } };
    applied(cluster, workload("Deployment", "web", { spec }));
    cluster.control.settle();
    applied(cluster, workload("Deployment", "web", { image: "example.com/web:2", spec }));
    cluster.control.advance(3);
    expect(numberAt(cluster.control.get(WEB), "status", "updatedReplicas") ?? 0).toBe(0);
    cluster.control.settle();
    expect(healthOf(cluster, WEB)).toMatch(/^Healthy/);
  });

  it("is suspended while paused, and rolls nothing out", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Deployment", "web"));
    cluster.control.settle();
    applied(cluster, workload("Deployment", "web", { image: "example.com/web:2", spec: { paused: true } }));
    cluster.control.settle();
    expect(healthOf(cluster, WEB)).toMatch(/^Suspended/);
    expect(cluster.control.list({ group: "apps", kind: "ReplicaSet" })).toHaveLength(1);
  });

  it("takes ReplicaSets and pods with it", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Deployment", "web", { spec: { replicas: 2 } }));
    cluster.control.settle();
    cluster.control.remove(WEB, "Foreground");
    expect(valueAt(cluster.control.get(WEB), "metadata", "deletionTimestamp")).toBeDefined();
    cluster.control.settle();
    const left = cluster.control.list().map((object) => stringAt(object, "kind"));
    expect(left.filter((kind) => ["Deployment", "ReplicaSet", "Pod"].includes(kind ?? ""))).toEqual([]);
  });
});
