import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../../src/domain/json.ts";
import { appliedByUs, compareFieldsOf, deployment, object, POD } from "../../support/comparisons.ts";
import { withManagedFields } from "../../support/manifests.ts";

describe("compareFields", () => {
  it.for<{ name: string; target: JsonObject; live: JsonObject; is: string }>([
    {
      name: "an object just applied",
      target: deployment({ replicas: 2 }),
      live: appliedByUs(deployment({ replicas: 2 })),
      is: "in sync, ours",
    },
    {
      name: "a changed scalar",
      target: deployment({ replicas: 3 }),
      live: appliedByUs(deployment({ replicas: 2 })),
      is: "/spec/replicas",
    },
    {
      name: "a changed item of a keyed list",
      target: deployment({}, { image: "web:2" }),
      live: appliedByUs(deployment({})),
      is: "/spec/template/spec/containers/0/image",
    },
    {
      name: "a missing field",
      target: deployment({ paused: true }),
      live: appliedByUs(deployment({})),
      is: "/spec/paused",
    },
    {
      name: "a field removed from Git",
      target: deployment({}),
      live: appliedByUs(deployment({ replicas: 2 })),
      is: "/spec/replicas",
    },
    {
      name: "a label removed from Git",
      target: object("ConfigMap", { data: { a: "1" } }),
      live: appliedByUs(object("ConfigMap", { data: { a: "1", b: "2" } })),
      is: "/data/b",
    },
    {
      name: "a container removed from Git",
      target: deployment({}),
      live: appliedByUs({
        ...deployment({}),
        spec: { template: { spec: { containers: [POD, { name: "old", image: "x" }] } } },
      }),
      is: "/spec/template/spec/containers/1",
    },
    {
      name: "a container removed by others",
      target: {
        ...deployment({}),
        spec: { template: { spec: { containers: [POD, { name: "new", image: "x" }] } } },
      },
      live: appliedByUs(deployment({})),
      is: "/spec/template/spec/containers/1",
    },
    {
      name: "a type that changed",
      target: object("ConfigMap", { data: { a: "1" } }),
      live: appliedByUs(object("ConfigMap", { data: "text" })),
      is: "/data",
    },
    {
      name: "names with slashes",
      target: object("ConfigMap", { data: { "a/b~c": "2" } }),
      live: appliedByUs(object("ConfigMap", { data: { "a/b~c": "1" } })),
      is: "/data/a~1b~0c",
    },
    {
      name: "64-bit integers beyond a double",
      target: object("ConfigMap", { spec: 9007199254740993n }),
      live: appliedByUs(object("ConfigMap", { spec: 9007199254740992n })),
      is: "/spec",
    },
  ])("tells $name: $is", ({ target, live: existing, is }) => {
    expect(compareFieldsOf(target, existing)).toBe(is);
  });

  it.for<{ name: string; target: JsonObject; live: JsonObject; is: string }>([
    {
      name: "a false that we own and the server left out",
      target: deployment({ paused: false }),
      live: appliedByUs(deployment({ paused: false }), () => deployment({})),
      is: "in sync, ours",
    },
    {
      name: "a false that nobody owns",
      target: deployment({ paused: false }),
      live: appliedByUs(deployment({})),
      is: "undecided",
    },
    {
      name: "an empty map, whose presence may mean something, that nobody owns",
      target: deployment({ template: { spec: { volumes: [{ name: "v", emptyDir: {} }] } } }),
      live: deployment({ template: { spec: { volumes: [{ name: "v", hostPath: { path: "/" } }] } } }),
      is: "undecided",
    },
    {
      name: "a false that a foreign kind does not have",
      target: object("Widget", { spec: { on: false } }, "example.com/v1"),
      live: appliedByUs(object("Widget", { spec: {} }, "example.com/v1")),
      is: "/spec/on",
    },
    {
      name: "init containers in another order",
      target: deployment({ template: { spec: { initContainers: [{ name: "b" }, { name: "a" }] } } }),
      live: appliedByUs(
        deployment({ template: { spec: { initContainers: [{ name: "a" }, { name: "b" }] } } }),
      ),
      is: "undecided",
    },
    {
      name: "another version of the API",
      target: object("HorizontalPodAutoscaler", {}, "autoscaling/v1"),
      live: appliedByUs(object("HorizontalPodAutoscaler", {}, "autoscaling/v2")),
      is: "undecided",
    },
    {
      name: "defaults inside a list that we own as a whole",
      target: object(
        "NetworkPolicy",
        { spec: { ingress: [{ ports: [{ port: 1 }] }] } },
        "networking.k8s.io/v1",
      ),
      live: appliedByUs(
        object("NetworkPolicy", { spec: { ingress: [{ ports: [{ port: 1 }] }] } }, "networking.k8s.io/v1"),
        (same) => ({ ...same, spec: { ingress: [{ ports: [{ port: 1, protocol: "TCP" }] }] } }),
      ),
      is: "in sync, ours",
    },
    {
      name: "the same inside a list that others own",
      target: object(
        "NetworkPolicy",
        { spec: { ingress: [{ ports: [{ port: 1 }] }] } },
        "networking.k8s.io/v1",
      ),
      live: object(
        "NetworkPolicy",
        { spec: { ingress: [{ ports: [{ port: 1, protocol: "TCP" }] }] } },
        "networking.k8s.io/v1",
      ),
      is: "undecided",
    },
    {
      name: "a list as a whole that grew",
      target: deployment({}, { args: ["a"] }),
      live: appliedByUs(deployment({}, { args: ["a"] }), () => deployment({}, { args: ["a", "b"] })),
      is: "/spec/template/spec/containers/0/args",
    },
    {
      name: "a set that others added to",
      target: { ...object("ConfigMap", {}), metadata: { name: "x", finalizers: ["ours"] } },
      live: appliedByUs(
        { ...object("ConfigMap", {}), metadata: { name: "x", finalizers: ["ours"] } },
        () => ({
          ...object("ConfigMap", {}),
          metadata: { name: "x", finalizers: ["theirs", "ours"] },
        }),
      ),
      is: "in sync, ours",
    },
    {
      name: "a set's item removed from Git",
      target: object("ConfigMap", {}),
      live: appliedByUs({ ...object("ConfigMap", {}), metadata: { name: "x", finalizers: ["ours"] } }),
      is: "/metadata/finalizers",
    },
  ])("tells $name: $is", ({ target, live: existing, is }) => {
    expect(compareFieldsOf(target, existing)).toBe(is);
  });

  it.for([
    { name: "false", spec: { paused: false } },
    { name: "zero", spec: { minReadySeconds: 0 } },
    { name: "an empty text", spec: { serviceName: "" } },
    { name: "a map with nothing in it but an empty list", spec: { selector: { matchExpressions: [] } } },
  ])("needs ownership to tell $name that the server left out from one that somebody removed", ({ spec }) => {
    expect(compareFieldsOf(deployment(spec), deployment({}))).toBe("undecided");
    expect(
      compareFieldsOf(
        deployment(spec),
        appliedByUs(deployment(spec), () => deployment({})),
      ),
    ).toBe("in sync, ours");
  });

  it.for<{ name: string; target: JsonObject; live: JsonObject; is: string }>([
    { name: "nothing of ours", target: deployment({}), live: deployment({}), is: "in sync" },
    {
      name: "an empty list that is not there",
      target: deployment({}, { args: [] }),
      live: deployment({}),
      is: "in sync",
    },
    {
      name: "a list that is not there",
      target: deployment({}, { args: ["a"] }),
      live: deployment({}),
      is: "/spec/template/spec/containers/0/args",
    },
    {
      name: "a map with a list in it that is not there",
      target: deployment({ selector: { matchExpressions: ["a"] } }),
      live: deployment({}),
      is: "/spec/selector",
    },
    {
      name: "items that share a key: as a whole",
      target: deployment(
        {},
        {
          env: [
            { name: "A", value: "1" },
            { name: "A", value: "2" },
          ],
        },
      ),
      live: deployment({}, { env: [{ name: "A", value: "2" }] }),
      is: "/spec/template/spec/containers/0/env",
    },
    {
      name: "items that share a key on the other side: as a whole",
      target: deployment({}, { env: [{ name: "A", value: "2" }] }),
      live: deployment(
        {},
        {
          env: [
            { name: "A", value: "1" },
            { name: "A", value: "2" },
          ],
        },
      ),
      is: "/spec/template/spec/containers/0/env",
    },
  ])("tells $name: $is", ({ target, live: existing, is }) => {
    expect(compareFieldsOf(target, existing)).toBe(is);
  });

  it("does not take more in a map that somebody owns as a whole for a default", () => {
    const service = (selector: JsonObject) => object("Service", { spec: { selector } });
    const entry = { manager: "kubectl", operation: "Update", fieldsV1: { "f:spec": { "f:selector": {} } } };
    const live = withManagedFields(service({ app: "web", tier: "x" }), [entry]);
    expect(compareFieldsOf(service({ app: "web" }), live)).toBe("undecided");
    expect(compareFieldsOf(service({ app: "web" }), service({ app: "web", tier: "x" }))).toBe("in sync");
  });

  it("learns from ownership which lists of foreign kinds are sets", () => {
    const widget = (tags: readonly string[]) => object("Widget", { spec: { tags } }, "example.com/v1");
    const owned = { "f:spec": { "f:tags": { 'v:"a"': {} } } };
    const others = { "f:spec": { "f:tags": { 'v:"b"': {} } } };
    const entries = (fieldsV1: JsonObject, manager: string) => ({ manager, operation: "Apply", fieldsV1 });
    const live = withManagedFields(widget(["b", "a"]), [
      entries(owned, "argocd-controller"),
      entries(others, "someone"),
    ]);
    expect(compareFieldsOf(widget(["a"]), live)).toBe("in sync, ours");
    expect(compareFieldsOf(widget(["a", "c"]), live)).toBe("/spec/tags/1");
    expect(compareFieldsOf(widget([]), live)).toBe("/spec/tags/1");
    const onlyTheirs = withManagedFields(widget(["b", "a"]), [entries(others, "someone")]);
    expect(compareFieldsOf(widget(["a"]), onlyTheirs)).toBe("in sync");
  });

  it("learns from ownership which lists of foreign kinds go by keys", () => {
    const gateway = (listeners: readonly JsonObject[]) =>
      object("Gateway", { spec: { listeners } }, "gateway.networking.k8s.io/v1");
    const [a, b] = [
      { name: "a", port: 1 },
      { name: "b", port: 2 },
    ];
    const owned = {
      "f:spec": { "f:listeners": { 'k:{"name":"a"}': { ".": {}, "f:name": {}, "f:port": {} } } },
    };
    const entry = { manager: "argocd-controller", operation: "Apply", fieldsV1: owned };
    expect(compareFieldsOf(gateway([a]), withManagedFields(gateway([b, a]), [entry]))).toBe("in sync, ours");
    expect(compareFieldsOf(gateway([a]), gateway([b, a]))).toBe("/spec/listeners");
  });
});
