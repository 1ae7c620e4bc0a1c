import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { JsonObject, JsonValue } from "../../../src/domain/json.ts";
import { liveManifestOf } from "../../../src/domain/manifest.ts";
import { changedFields } from "../../../src/domain/object-comparison.ts";
import { appliedByUs, compareFieldsOf, deployment, object, POD } from "../../support/comparisons.ts";

describe("compareObject", () => {
  it.for<{ name: string; target: JsonObject; live: JsonObject }>([
    {
      name: "fields that the server defaulted",
      target: deployment({}),
      live: appliedByUs(deployment({}), (same) => ({
        ...same,
        spec: {
          ...(same["spec"] as JsonObject),
          replicas: 1,
          progressDeadlineSeconds: 600,
          strategy: { type: "RollingUpdate" },
        },
      })),
    },
    {
      name: "T289 replicas that an autoscaler changes, where Git does not name them",
      target: deployment({}),
      live: appliedByUs(deployment({}), (same) => ({
        ...same,
        spec: { ...(same["spec"] as JsonObject), replicas: 7 },
      })),
    },
    {
      name: "sidecars that a webhook injected",
      target: deployment({}),
      live: appliedByUs(deployment({}), (same) => ({
        ...same,
        spec: { template: { spec: { containers: [{ name: "sidecar", image: "s" }, POD] } } },
      })),
    },
    {
      name: "keyed lists in another order",
      target: deployment({}, { ports: [{ containerPort: 1 }, { containerPort: 2 }] }),
      live: appliedByUs(deployment({}, { ports: [{ containerPort: 1 }, { containerPort: 2 }] }), () =>
        deployment(
          {},
          {
            ports: [
              { containerPort: 2, protocol: "TCP" },
              { containerPort: 1, protocol: "TCP" },
            ],
          },
        ),
      ),
    },
    {
      name: "a status",
      target: { ...deployment({}), status: { replicas: 1 } },
      live: appliedByUs(deployment({}), (same) => ({ ...same, status: { replicas: 9 } })),
    },
    {
      name: "nulls",
      target: deployment({ replicas: null, strategy: { rollingUpdate: null } }),
      live: appliedByUs(deployment({ strategy: {} }), (same) => ({
        ...same,
        spec: { ...(same["spec"] as JsonObject), strategy: { type: "Recreate" } },
      })),
    },
    {
      name: "empty maps and lists that the server left out",
      target: deployment({ strategy: {} }, { args: [], resources: {} }),
      live: appliedByUs(deployment({ strategy: {} }, { args: [], resources: {} }), () => deployment({})),
    },
    {
      name: "a creationTimestamp of null",
      target: deployment({
        template: { metadata: { creationTimestamp: null }, spec: { containers: [POD] } },
      }),
      live: appliedByUs(
        deployment({ template: { metadata: { creationTimestamp: null }, spec: { containers: [POD] } } }),
        () => deployment({}),
      ),
    },
  ])("T291 does not tell $name", ({ target, live: existing }) => {
    expect(compareFieldsOf(target, existing)).toMatch(/^in sync/);
  });

  it.for<{
    name: string;
    target: JsonValue;
    live: JsonValue;
    is: boolean;
    at: (value: JsonValue) => JsonObject;
  }>([
    {
      name: "cpu 1000m and 1",
      target: "1000m",
      live: "1",
      is: true,
      at: (cpu) => deployment({}, { resources: { limits: { cpu } } }),
    },
    {
      name: "cpu 0.5 as a number and 500m",
      target: 0.5,
      live: "500m",
      is: true,
      at: (cpu) => deployment({}, { resources: { requests: { cpu } } }),
    },
    {
      name: "cpu 500m and 501m",
      target: "500m",
      live: "501m",
      is: false,
      at: (cpu) => deployment({}, { resources: { limits: { cpu } } }),
    },
    {
      name: "hugepages, whatever their name",
      target: "1024Mi",
      live: "1Gi",
      is: true,
      at: (size) => deployment({}, { resources: { limits: { "hugepages-1Gi/x": size } } }),
    },
    {
      name: "storage of a claim",
      target: "1024Mi",
      live: "1Gi",
      is: true,
      at: (storage) => object("PersistentVolumeClaim", { spec: { resources: { requests: { storage } } } }),
    },
    {
      name: "a quota",
      target: "2000m",
      live: "2",
      is: true,
      at: (cpu) => object("ResourceQuota", { spec: { hard: { "limits.cpu": cpu } } }),
    },
    {
      name: "ConfigMap data that looks like quantities",
      target: "1000m",
      live: "1",
      is: false,
      at: (value) => object("ConfigMap", { data: { resources: value } }),
    },
    {
      name: "environment values that look like quantities",
      target: "1000m",
      live: "1",
      is: false,
      at: (value) => deployment({}, { env: [{ name: "A", value }] }),
    },
    {
      name: "quantities of a foreign kind, which nobody normalises",
      target: "1000m",
      live: "1",
      is: false,
      at: (cpu) => object("Widget", { spec: { resources: { limits: { cpu } } } }, "example.com/v1"),
    },
    {
      name: "quantities in a Rollout's pod",
      target: "1000m",
      live: "1",
      is: true,
      at: (cpu) =>
        object(
          "Rollout",
          { spec: { template: { spec: { containers: [{ ...POD, resources: { limits: { cpu } } }] } } } },
          "argoproj.io/v1alpha1",
        ),
    },
    {
      name: "quantities in another kind of Argo's",
      target: "1000m",
      live: "1",
      is: false,
      at: (cpu) => object("Workflow", { spec: { resources: { limits: { cpu } } } }, "argoproj.io/v1alpha1"),
    },
    {
      name: "another integer-or-string port",
      target: "80",
      live: 81,
      is: false,
      at: (targetPort) => object("Service", { spec: { ports: [{ port: 80, targetPort }] } }),
    },
    {
      name: "an integer-or-string port",
      target: "80",
      live: 80,
      is: true,
      at: (targetPort) => object("Service", { spec: { ports: [{ port: 80, targetPort }] } }),
    },
    {
      name: "maxSurge",
      target: "1",
      live: 1,
      is: true,
      at: (maxSurge) => deployment({ strategy: { rollingUpdate: { maxSurge } } }),
    },
    {
      name: "an integer where a string is meant",
      target: "1",
      live: 1,
      is: false,
      at: (value) => object("ConfigMap", { data: { a: value } }),
    },
    {
      name: "a Secret's value with line breaks",
      target: "aGVs\nbG8=\n",
      live: "aGVsbG8=",
      is: true,
      at: (value) => object("Secret", { data: { a: value } }),
    },
    {
      name: "another Secret's value",
      target: "aGVsbG8=",
      live: "aGVsbG9v",
      is: false,
      at: (value) => object("Secret", { data: { a: value } }),
    },
  ])("T291 $name: same $is", ({ target, live: present, is, at }) => {
    expect(compareFieldsOf(at(target), appliedByUs(at(present))).startsWith("in sync")).toBe(is);
  });

  it.for([
    { pointers: ["/spec/replicas"], is: "in sync" },
    { pointers: ["/spec"], is: "in sync" },
    { pointers: ["/spec/template"], is: "/spec/replicas" },
    { pointers: ["/metadata/annotations/a~1b"], is: "/spec/replicas" },
    { pointers: ["spec/replicas"], is: "/spec/replicas" },
    { pointers: ["/spec/template/spec/containers/7/image"], is: "/spec/replicas" },
  ])("with $pointers ignored: $is", ({ pointers, is }) => {
    expect(
      compareFieldsOf(
        deployment({ replicas: 3 }),
        appliedByUs(deployment({ replicas: 2 })),
        pointers,
      ).replace(", ours", ""),
    ).toBe(is);
  });

  it("does not count an ignored field that Git dropped", () => {
    expect(
      compareFieldsOf(deployment({}), appliedByUs(deployment({ replicas: 2 })), ["/spec/replicas"]),
    ).toBe("in sync, ours");
  });
});

describe("properties of compareObject", () => {
  const name = fc.constantFrom(
    "name",
    "spec",
    "containers",
    "ports",
    "env",
    "data",
    "a",
    "__proto__",
    "constructor",
  );
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.constantFrom("", "x", "1000m")),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(name, tie("value"), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
    ),
  }));
  const body = fc.dictionary(name, value, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;
  const kind = fc.constantFrom(["Deployment", "apps/v1"], ["Widget", "example.com/v1"], ["Secret", "v1"]);

  it("T314 finds no difference between an object and itself, as applied by us", () => {
    fc.assert(
      fc.property(body, kind, (spec, [kindName = "", apiVersion = ""]) => {
        const target = object(kindName, { spec }, apiVersion);
        expect(compareFieldsOf(target, appliedByUs(target))).toMatch(/^in sync/);
      }),
    );
  });

  it("T314 is total, and sees nothing in what only live has", () => {
    fc.assert(
      fc.property(body, body, kind, (spec, other, [kindName = "", apiVersion = ""]) => {
        compareFieldsOf(
          object(kindName, { spec }, apiVersion),
          object(kindName, { spec: other }, apiVersion),
        );
        expect(
          compareFieldsOf(object(kindName, {}, apiVersion), object(kindName, { spec: other }, apiVersion)),
        ).toBe("in sync, ours");
      }),
    );
  });
});

describe("changedFields", () => {
  const of = (text: JsonObject) => liveManifestOf(text);
  it("tells what an apply would set and what it would remove", () => {
    const before = deployment({ replicas: 2, paused: true });
    const after = deployment({ replicas: 3 });
    expect(changedFields(of(before), of(after), [])).toEqual(["/spec/paused", "/spec/replicas"]);
    expect(changedFields(of(before), of(before), [])).toEqual([]);
    expect(changedFields(of(before), of(after), ["/spec"])).toEqual([]);
  });
});
