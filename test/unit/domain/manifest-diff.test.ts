import { describe, expect, it } from "vitest";
import { createMask, type DisplayableManifest } from "../../../src/domain/displayable-manifest.ts";
import { diffFields, type FieldChange } from "../../../src/domain/field-diff.ts";
import type { JsonObject, JsonValue } from "../../../src/domain/json.ts";
import { manifestOf } from "../../../src/domain/manifest.ts";
import { countChanges, diffManifests } from "../../../src/domain/manifest-diff.ts";

function displayable(object: JsonObject): DisplayableManifest {
  return createMask().displayable(manifestOf(object));
}

/** `kind/name=value`. */
function objects(shorthand: string): readonly DisplayableManifest[] {
  return shorthand
    .split(" ")
    .filter(Boolean)
    .map((text) => {
      const [, kind = "", name = "", value = ""] = /^(\w+)\/(\w+)=(.*)$/.exec(text) ?? [];
      return displayable({ apiVersion: "v1", kind, metadata: { name, namespace: "shop" }, spec: { value } });
    });
}

function summary(before: string, after: string): string {
  return diffManifests(objects(before), objects(after))
    .map(({ change, key }) => `${change} ${key.kind}/${key.name}`)
    .join(", ");
}

/** Changes in one line each: `path: before → after`. */
function changes(before: JsonValue, after: JsonValue): readonly string[] {
  return diffFields({ spec: before }, { spec: after }).map(inOneLine);
}

function inOneLine(change: FieldChange): string {
  switch (change.kind) {
    case "set":
      return `${change.path}: + ${JSON.stringify(change.after)}`;
    case "unset":
      return `${change.path}: - ${JSON.stringify(change.before)}`;
    case "changed":
      return `${change.path}: ${JSON.stringify(change.before)} → ${JSON.stringify(change.after)}`;
    case "text":
      return `${change.path}: text ${change.hunks.flatMap(({ lines }) => lines).join("|")}`;
    case "reordered":
      return `${change.path}: reordered`;
  }
}

describe("diffManifests", () => {
  it.for([
    { before: "Pod/a=1 Pod/b=1", after: "Pod/b=1 Pod/a=1", is: "" },
    { before: "Pod/a=1", after: "Pod/a=2", is: "modified Pod/a" },
    { before: "", after: "Pod/b=1 Pod/a=1", is: "added Pod/a, added Pod/b" },
    { before: "Pod/a=1 Job/a=1", after: "Job/a=1", is: "removed Pod/a" },
    { before: "Pod/a=1", after: "Job/a=1", is: "added Job/a, removed Pod/a" },
  ])("pairs [$before] and [$after] by key: $is", ({ before, after, is }) => {
    expect(summary(before, after)).toBe(is);
  });

  it("takes an object written in another version of its API for the same object", () => {
    const deployment = (apiVersion: string): DisplayableManifest =>
      displayable({ apiVersion, kind: "Deployment", metadata: { name: "web" } });
    const [diff] = diffManifests([deployment("apps/v1beta1")], [deployment("apps/v1")]);
    expect(diff).toMatchObject({
      change: "modified",
      fields: [{ kind: "changed", path: "apiVersion", before: "apps/v1beta1", after: "apps/v1" }],
    });
  });

  it("counts by kind of change", () => {
    const diffs = diffManifests(objects("Pod/a=1 Pod/b=1"), objects("Pod/a=2 Pod/c=1 Pod/d=1"));
    expect(countChanges(diffs)).toEqual({ added: 2, modified: 1, removed: 1 });
  });

  it("T125 shows that a Secret's value changed, and no value", () => {
    const sides = createMask().sides({ before: [secret("old-canary")], after: [secret("new-canary")] });
    const diffs = diffManifests(sides.before, sides.after);
    expect(diffs).toMatchObject([
      { fields: [{ path: "stringData.password", before: "value A", after: "value B" }] },
    ]);
    expect(JSON.stringify(diffs)).not.toContain("canary");
  });

  function secret(password: string): ReturnType<typeof manifestOf> {
    return manifestOf({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "db" },
      stringData: { password },
    });
  }
});

describe("diffFields", () => {
  it.for<{ name: string; before: JsonValue; after: JsonValue; is: readonly string[] }>([
    { name: "field order", before: { a: 1, b: 2 }, after: { b: 2, a: 1 }, is: [] },
    { name: "null is not absence", before: { a: null }, after: {}, is: ["spec.a: - null"] },
    { name: "numbers of one value", before: { a: 1 }, after: { a: 1.0 }, is: [] },
    { name: "text is no number", before: { a: "1" }, after: { a: 1 }, is: ['spec.a: "1" → 1'] },
    {
      name: "names that need quotes",
      before: { labels: {} },
      after: { labels: { "a.b/c": "x", __proto__x: "y" } },
      is: ['spec.labels.__proto__x: + "y"', 'spec.labels["a.b/c"]: + "x"'],
    },
    {
      name: "a container by its name",
      before: { containers: [{ name: "a", image: "a:1" }, { name: "b" }] },
      after: { containers: [{ name: "new" }, { name: "a", image: "a:2" }, { name: "b" }] },
      is: ['spec.containers[a].image: "a:1" → "a:2"', 'spec.containers[new]: + {"name":"new"}'],
    },
    {
      name: "a port by number and protocol",
      before: { ports: [{ port: 80, name: "web" }] },
      after: { ports: [{ port: 80, protocol: "TCP", name: "http" }] },
      is: ['spec.ports[80/TCP].name: "web" → "http"', 'spec.ports[80/TCP].protocol: + "TCP"'],
    },
    {
      name: "items of a custom resource by their names",
      before: { stages: [{ name: "a", n: 1 }, { name: "b" }] },
      after: { stages: [{ name: "b" }, { name: "a", n: 2 }] },
      is: ["spec.stages: reordered", "spec.stages[a].n: 1 → 2"],
    },
    {
      name: "items that share a name, by place",
      before: { rules: [{ name: "a", n: 1 }, { name: "a" }] },
      after: { rules: [{ name: "a", n: 2 }, { name: "a" }] },
      is: ["spec.rules[0].n: 1 → 2"],
    },
    { name: "order only", before: [1, 2, 3], after: [3, 1, 2], is: ["spec: reordered"] },
    {
      name: "an argument put in front",
      before: { args: ["a", "b"] },
      after: { args: ["x", "a", "b"] },
      is: ['spec.args[0]: + "x"'],
    },
    {
      name: "an argument changed and one removed",
      before: { args: ["a", "b", "c", "d"] },
      after: { args: ["a", "x", "d"] },
      is: ['spec.args[1]: "b" → "x"', 'spec.args[2]: - "c"'],
    },
    {
      name: "lines of a text",
      before: { text: "a\nb\nc\n" },
      after: { text: "a\nB\nc\n" },
      is: ["spec.text: text  a|-b|+B| c"],
    },
    { name: "another type", before: { a: [1] }, after: { a: { b: 1 } }, is: ['spec.a: [1] → {"b":1}'] },
    { name: "big integers", before: { a: 2n ** 60n }, after: { a: 2n ** 60n }, is: [] },
  ])("sees $name", ({ before, after, is }) => {
    expect(changes(before, after)).toEqual(is);
  });

  it("looks at no more of 1,000 objects than the tenth that changed", () => {
    const data = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`key${i}`, `value number ${i}`]));
    const many = (value: string): ReturnType<typeof manifestOf>[] =>
      Array.from({ length: 1_000 }, (_, i) => ({
        ...manifestOf({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `c${i}` },
          data: { ...data, key7: i % 10 === 0 ? value : "same" },
        }),
        digest: i % 10 === 0 ? `${i} ${value}` : `${i}`,
      }));
    const [before, after] = [many("old"), many("new").reverse()];
    const sides = createMask().sides({ before, after });
    const diffs = diffManifests(sides.before, sides.after);
    expect(sides.before).toHaveLength(100);
    expect(countChanges(diffs)).toEqual({ added: 0, modified: 100, removed: 0 });
  });
});
