import { describe, expect, it } from "vitest";

import { withoutUndeclaredFields } from "../../../../src/adapters/kubernetes/undeclared-fields.ts";

const OBJECT = {
  metadata: { lables: {}, name: "a" },
  spec: {
    "a.b": { c: 1 },
    a: 1,
    containers: [
      { name: "x]", foo: 1, ports: [{ containerPort: 80 }, { containerPort: 81, bar: 1 }] },
      { name: "y", foo: 2 },
    ],
  },
};

describe("withoutUndeclaredFields", () => {
  it.for([
    { path: ".metadata.lables", at: "metadata", is: { name: "a" } },
    { path: ".spec.a.b", at: "spec", is: { a: 1, containers: OBJECT.spec.containers } },
    { path: ".spec.a.b.c", at: "spec", is: { ...OBJECT.spec, "a.b": {} } },
  ])("drops $path", ({ path, at, is }) => {
    expect(withoutUndeclaredFields(OBJECT, `errors:\n  ${path}: field not declared in schema`)).toEqual({
      ...OBJECT,
      [at]: is,
    });
  });

  it("finds items by their keys, and several fields at once", () => {
    const message = [
      "errors:",
      '  .spec.containers[name="x]"].ports[containerPort=81,protocol="TCP"].bar: field not declared in schema',
      '  .spec.containers[name="y"].foo: field not declared in schema',
      "  .spec.containers[0].foo: field not declared in schema",
    ].join("\n");
    expect(withoutUndeclaredFields(OBJECT, message)).toEqual({
      ...OBJECT,
      spec: {
        ...OBJECT.spec,
        containers: [{ name: "x]", ports: [{ containerPort: 80 }, { containerPort: 81 }] }, { name: "y" }],
      },
    });
  });

  it.for([
    ".data.a: expected string, got 1",
    ".spec.nothing: field not declared in schema",
    '.spec.containers[name="z"].foo: field not declared in schema',
    "field not declared in schema",
  ])("has nothing to drop for %s", (message) => {
    expect(withoutUndeclaredFields(OBJECT, message)).toBeUndefined();
  });
});
