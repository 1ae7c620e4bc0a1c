import { describe, expect, it } from "vitest";

import { LAST_APPLIED_ANNOTATION } from "../../../src/domain/field-ownership.ts";
import type { JsonObject, JsonValue } from "../../../src/domain/json.ts";
import { withMetadata } from "../../../src/domain/manifest.ts";
import { compareFieldsOf, deployment, object, POD } from "../../support/comparisons.ts";
import { withManagedFields } from "../../support/manifests.ts";

describe("objects applied client-side", () => {
  const clientSide = { manager: "kubectl-client-side-apply", operation: "Update", fieldsV1: {} };
  const applied = (before: JsonObject, present: JsonObject) =>
    withManagedFields(
      withMetadata(present, { annotations: { [LAST_APPLIED_ANNOTATION]: JSON.stringify(before) } }),
      [clientSide],
    );

  it.for([
    {
      name: "nothing",
      before: deployment({}),
      target: deployment({}),
      present: deployment({ replicas: 1 }),
      is: "in sync",
    },
    {
      name: "a field that was applied, is there and is no longer wanted",
      before: deployment({ replicas: 2 }),
      target: deployment({}),
      present: deployment({ replicas: 2 }),
      is: "/spec/replicas",
    },
    {
      name: "nothing where that field is gone",
      before: deployment({ replicas: 2 }),
      target: deployment({}),
      present: deployment({}),
      is: "in sync",
    },
    {
      name: "an item of a keyed list that was applied",
      before: { ...deployment({}), spec: { template: { spec: { containers: [POD, { name: "b" }] } } } },
      target: deployment({}),
      present: { ...deployment({}), spec: { template: { spec: { containers: [POD, { name: "b" }] } } } },
      is: "/spec/template/spec/containers/1",
    },
    {
      name: "an annotation that was applied",
      before: withMetadata(deployment({}), { annotations: { a: "1" } }),
      target: deployment({}),
      present: deployment({}),
      is: "in sync",
    },
  ])("tell $name", ({ before, target, present, is }) => {
    expect(compareFieldsOf(target, applied(before, present))).toBe(is);
  });

  it.for<{ name: string; before: JsonValue; target: JsonValue; present: JsonValue; is: string }>([
    {
      name: "a part of what was applied",
      before: { a: 1, b: 2 },
      target: { a: 1 },
      present: { a: 1, b: 2 },
      is: "/spec/x/b",
    },
    {
      name: "a map of which a part is left",
      before: { a: 1, b: 2 },
      target: null,
      present: { b: 2, c: 3 },
      is: "/spec/x",
    },
    {
      name: "a map of which nothing is left",
      before: { a: 1 },
      target: null,
      present: { c: 3 },
      is: "in sync",
    },
    { name: "a map that was empty", before: {}, target: null, present: { c: 3 }, is: "in sync" },
    { name: "what was null", before: null, target: null, present: 1, is: "in sync" },
    { name: "a map that became a text", before: { a: 1 }, target: null, present: "text", is: "/spec/x" },
    {
      name: "a list as a whole, which the target decides",
      before: ["a", "b"],
      target: ["a"],
      present: ["a"],
      is: "in sync",
    },
    { name: "a list that is no longer wanted", before: ["a"], target: null, present: ["a"], is: "/spec/x" },
  ])("tell $name: $is", ({ before, target, present, is }) => {
    const widget = (x: JsonValue) => object("Widget", { spec: { x } }, "example.com/v1");
    const found = compareFieldsOf(widget(target), applied(widget(before), widget(present)));
    expect(found.replace(", ours", "")).toBe(is);
  });

  it("compare lists whose items share a key as a whole", () => {
    const twice = [{ name: "A" }, { name: "A", value: "2" }];
    const [once, env] = [deployment({}, { env: [{ name: "A" }] }), deployment({}, { env: twice })];
    expect(compareFieldsOf(once, applied(env, once))).toBe("in sync");
  });

  it("are undecided where what was applied is not at hand", () => {
    expect(compareFieldsOf(deployment({}), withManagedFields(deployment({}), [clientSide]))).toBe(
      "undecided",
    );
  });

  it("survive an annotation that cannot be read", () => {
    const broken = withManagedFields(
      withMetadata(deployment({}), { annotations: { [LAST_APPLIED_ANNOTATION]: "{" } }),
      [clientSide],
    );
    expect(compareFieldsOf(deployment({}), broken)).toBe("undecided");
  });
});
