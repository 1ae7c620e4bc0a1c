import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../../../../src/domain/json.ts";
import { numberAt, valueAt } from "../../../../../src/domain/json.ts";
import { applied, healthOf, stillCluster, workload } from "../still-cluster.ts";

function object(apiVersion: string, kind: string, body: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name: "web", namespace: "shop" }, ...body };
}

const PORTS = [{ port: 80 }];
const CLAIM = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
const SCALE_TARGET = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };

describe("what others provide", () => {
  it.for([
    { what: object("v1", "Service", { spec: { type: "LoadBalancer", ports: PORTS } }) },
    {
      what: object("networking.k8s.io/v1", "Ingress", {
        spec: { defaultBackend: { service: { name: "web" } } },
      }),
    },
    { what: object("v1", "PersistentVolumeClaim", { spec: CLAIM }) },
  ])("makes $what.kind healthy after a moment", ({ what }) => {
    const cluster = stillCluster();
    const at = applied(cluster, what);
    expect(healthOf(cluster, at)).toMatch(/^Progressing/);
    cluster.control.settle();
    expect(healthOf(cluster, at)).toMatch(/^Healthy/);
  });

  it("gives a Service that asks for none no address from outside", () => {
    const cluster = stillCluster();
    const at = applied(cluster, object("v1", "Service", { spec: { ports: PORTS } }));
    cluster.control.settle();
    expect(valueAt(cluster.control.get(at), "status", "loadBalancer")).toEqual({});
  });

  it("lets go of a claim that is deleted", () => {
    const cluster = stillCluster();
    const at = applied(cluster, object("v1", "PersistentVolumeClaim", { spec: CLAIM }));
    cluster.control.settle();
    cluster.control.remove(at);
    cluster.control.settle();
    expect(healthOf(cluster, at)).toBe("absent");
  });

  it("T289 scales a workload into an autoscaler's bounds, as another manager", () => {
    const cluster = stillCluster();
    const web = applied(cluster, workload("Deployment", "web"));
    const spec = { scaleTargetRef: SCALE_TARGET, minReplicas: 3, maxReplicas: 5 };
    const at = applied(cluster, object("autoscaling/v2", "HorizontalPodAutoscaler", { spec }));
    cluster.control.settle();
    expect(numberAt(cluster.control.get(web), "spec", "replicas")).toBe(3);
    expect(numberAt(cluster.control.get(web), "status", "availableReplicas")).toBe(3);
    expect(healthOf(cluster, at)).toMatch(/^Healthy/);
  });

  it("says when an autoscaler's target is missing", () => {
    const cluster = stillCluster();
    const spec = { scaleTargetRef: SCALE_TARGET, maxReplicas: 5 };
    const at = applied(cluster, object("autoscaling/v1", "HorizontalPodAutoscaler", { spec }));
    cluster.control.settle();
    expect(healthOf(cluster, at)).toMatch(/^Degraded/);
  });

  it("counts the pods of a disruption budget", () => {
    const cluster = stillCluster();
    applied(cluster, workload("Deployment", "web", { spec: { replicas: 3 } }));
    const spec = { minAvailable: 2, selector: { matchLabels: { name: "web" } } };
    const at = applied(cluster, object("policy/v1", "PodDisruptionBudget", { spec }));
    cluster.control.settle();
    expect(valueAt(cluster.control.get(at), "status")).toMatchObject({
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
      expectedPods: 3,
    });
    expect(healthOf(cluster, at)).toMatch(/^Healthy/);
  });

  it("establishes a definition, and takes its objects with it", () => {
    const cluster = stillCluster();
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    const names = { plural: "gadgets", kind: "Gadget" };
    const definition = applied(cluster, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "gadgets.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names,
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    });
    const gadget = object("example.com/v1", "Gadget", { spec: { size: 1 } });
    expect(() => cluster.control.applyAs("someone", gadget)).toThrow(/no matches for kind "Gadget"/);
    cluster.control.settle();
    expect(healthOf(cluster, definition)).toMatch(/^Healthy/);
    applied(cluster, gadget);
    cluster.control.remove(definition);
    cluster.control.settle();
    expect([
      healthOf(cluster, definition),
      cluster.control.list({ group: "example.com", kind: "Gadget" }),
    ]).toEqual(["absent", []]);
  });
});
