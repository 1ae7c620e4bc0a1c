import { describe, expect, it } from "vitest";

import { type JsonObject, valueAt } from "../../../../src/domain/json.ts";
import type { EmbeddedCluster } from "../../../../src/sandbox/embedded-cluster/embedded-cluster.ts";
import { stillCluster } from "./still-cluster.ts";

const PART = {
  type: "object",
  properties: { name: { type: "string" }, port: { type: "integer", default: 80 } },
};
const SPEC = {
  type: "object",
  required: ["size"],
  properties: {
    size: { type: "integer", minimum: 1 },
    mode: { type: "string", enum: ["a", "b"], default: "a" },
    parts: {
      type: "array",
      items: PART,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
    },
    plain: { type: "array", items: { type: "string" } },
  },
};
const SCHEMA = { type: "object", required: ["spec"], properties: { spec: SPEC } };

function definition(schema: JsonObject): JsonObject {
  const version = { served: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "gadgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "gadgets", kind: "Gadget" },
      versions: [
        { ...version, name: "v1", storage: true },
        { ...version, name: "v1beta1", storage: false },
      ],
    },
  };
}

function gadget(spec: JsonObject, apiVersion = "example.com/v1"): JsonObject {
  return { apiVersion, kind: "Gadget", metadata: { name: "g", namespace: "shop" }, spec };
}

function clusterWith(schema: JsonObject = SCHEMA): EmbeddedCluster {
  const cluster = stillCluster();
  cluster.control.create(definition(schema));
  cluster.control.settle();
  return cluster;
}

const GADGET = { group: "example.com", kind: "Gadget", namespace: "shop", name: "g" };

describe("custom kinds", () => {
  it("get their schema's defaults", () => {
    const { control } = clusterWith();
    control.applyAs("ours", gadget({ size: 1, parts: [{ name: "p" }] }));
    expect(control.get(GADGET)?.["spec"]).toEqual({ size: 1, mode: "a", parts: [{ name: "p", port: 80 }] });
  });

  it.for([
    { spec: { size: 0 }, words: /greater than or equal to 1/ },
    { spec: { mode: "a" }, words: /spec\.size: Required value/ },
    { spec: { size: 1, mode: "c" }, words: /spec\.mode: Unsupported value: "c"/ },
    { spec: { size: "1" }, words: /\.spec\.size: expected numeric/ },
    { spec: { size: 1, other: 2 }, words: /\.spec\.other: field not declared in schema/ },
  ])("refuse $spec", ({ spec, words }) => {
    const { control } = clusterWith();
    expect(() => control.applyAs("ours", gadget(spec))).toThrow(words);
  });

  it("merge lists by the keys of their schema, and replace those without", () => {
    const { control } = clusterWith();
    control.applyAs("ours", gadget({ size: 1, parts: [{ name: "p" }], plain: ["x"] }));
    control.edit(GADGET, { spec: { parts: [{ name: "p" }, { name: "theirs" }], plain: ["x", "y"] } });
    control.applyAs("ours", gadget({ size: 1, parts: [{ name: "p" }], plain: ["x"] }));
    expect(control.get(GADGET)?.["spec"]).toMatchObject({
      parts: [{ name: "p" }, { name: "theirs" }],
      plain: ["x"],
    });
  });

  it("are one object in all their versions", async () => {
    const { control, reads } = clusterWith();
    control.applyAs("ours", gadget({ size: 1 }, "example.com/v1beta1"));
    control.applyAs("ours", gadget({ size: 2 }));
    const old = await reads.get(GADGET, "example.com/v1beta1");
    expect([old?.apiVersion, valueAt(old?.object, "spec", "size")]).toEqual(["example.com/v1beta1", 2]);
    expect(await reads.get(GADGET, "example.com/v2")).toBeUndefined();
  });

  it("take anything where their schema says nothing, and drop whole maps that are given up", () => {
    const { control } = clusterWith({ type: "object", "x-kubernetes-preserve-unknown-fields": true });
    control.applyAs("ours", gadget({ list: [1], map: { a: 1 } }));
    control.edit(GADGET, { spec: { map: { b: 2 } } });
    control.applyAs("ours", gadget({ list: [2] }));
    expect(control.get(GADGET)?.["spec"]).toEqual({ list: [2] });
  });

  it("keep their status out of what is applied", () => {
    const { control } = clusterWith({
      ...SCHEMA,
      properties: {
        ...SCHEMA.properties,
        status: { type: "object", properties: { phase: { type: "string" } } },
      },
    });
    control.applyAs("ours", { ...gadget({ size: 1 }), status: { phase: "mine" } });
    expect(control.get(GADGET)).not.toHaveProperty("status");
    control.setStatus(GADGET, { phase: "theirs" }, "operator");
    expect(valueAt(control.get(GADGET), "status", "phase")).toBe("theirs");
    expect(valueAt(control.get(GADGET), "metadata", "generation")).toBe(1);
  });
});
