import { describe, expect, it } from "vitest";

import { readKubernetesYaml, YAML_LIMITS } from "../../../src/config/kubernetes-yaml.ts";
import { isJsonObject, parseJson, stringifyJson, valueAt } from "../../../src/domain/json.ts";
import { REFUSED, SCALARS } from "../../support/yaml-cases.ts";

function read(text: string) {
  const { documents, problems } = readKubernetesYaml(text);
  return { values: documents.map(({ value }) => stringifyJson(value)), problems };
}

describe("readKubernetesYaml", () => {
  it.for(SCALARS)("reads `%s` as %s", ([text, json]) => {
    const { documents, problems } = readKubernetesYaml(`v: ${text}\n`);
    expect(problems).toEqual([]);
    expect(stringifyJson(valueAt(documents[0]?.value, "v") ?? null)).toBe(
      stringifyJson(parseJsonNumbers(json)),
    );
  });

  it.for(REFUSED)("refuses `%s`", (text) => {
    const { documents, problems } = readKubernetesYaml(`v: ${text}\n`);
    expect(documents).toEqual([]);
    expect(problems).toMatchObject([{ kind: "syntax", document: 1 }]);
  });

  it("keeps 64-bit integers exact", () => {
    const { documents } = readKubernetesYaml("v: 9007199254740993");
    expect(valueAt(documents[0]?.value, "v")).toBe(9007199254740993n);
  });

  it("T093 takes __proto__ for a key like any other", () => {
    const { documents } = readKubernetesYaml(
      "__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}",
    );
    const value = documents[0]?.value;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(isJsonObject(value) && Object.hasOwn(value, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("reads the documents around a broken one, with their numbers and lines", () => {
    const { documents, problems } = readKubernetesYaml(
      "# first\n---\na: 1\n---\nb: [\n---\n\n# c\nc: 3\n...\n",
    );
    expect(documents.map(({ number, line }) => [number, line])).toEqual([
      [1, 3],
      [3, 9],
    ]);
    expect(problems).toMatchObject([{ kind: "syntax", document: 2, line: 6 }]);
  });

  it.for([
    ["an empty text", "", []],
    ["comments alone", "# a\n---\n# b\n", []],
    ["a null document", "---\nnull\n---\na: 1\n", ['{"a":1}']],
    ["a directive", "%YAML 1.1\n---\na: 1\n", ['{"a":1}']],
    ["what follows the dashes", "--- {a: 1}\n--- # two\nb: 2\n", ['{"a":1}', '{"b":2}']],
    ["dashes inside a block of text", "a: |\n  ---\n  b\n", ['{"a":"---\\nb\\n"}']],
    ["CRLF and a byte order mark", "\uFEFFa: 1\r\n---\r\nb: 2\r\n", ['{"a":1}', '{"b":2}']],
    ["a byte order mark that is not at the beginning", "\n\uFEFFa: 1\n", ['{"\uFEFFa":1}']],
    ["JSON, indented by tabs", '{\n\t"a": [\n\t\t1\n\t]\n}\n', ['{"a":[1]}']],
    ["quoted text that goes on at its key's column", "a:\n  b: 'x\n  y'\n", ['{"a":{"b":"x y"}}']],
    ["quoted text that goes on at the left edge", 'a:\n- b: "x\\\n  y\n\nz"\n', ['{"a":[{"b":"xy\\nz"}]}']],
    ["brackets that close at their key's column", "a:\n  b: [\n    1,\n  2\n  ]\n", ['{"a":{"b":[1,2]}}']],
    [
      "braces that close at the left edge",
      "a:\n  b: {c: 1,\nd: {\ne: 2}\n}\n",
      ['{"a":{"b":{"c":1,"d":{"e":2}}}}'],
    ],
  ] as const)("reads %s", ([, text, values]) => {
    expect(read(text)).toEqual({ values, problems: [] });
  });

  it("names the lines of the file below text that is not indented", () => {
    const { documents, problems } = readKubernetesYaml(
      "a:\n  b: 'x\n  y\n  z'\n  c: 1\n---\na:\n  b: [\n  1\n  ]\n  c: *nowhere\n",
    );
    expect(documents[0]?.lineOf(["a", "c"])).toBe(5);
    expect(problems).toMatchObject([{ document: 2, line: 11 }]);
  });

  it("finds the line of a field, or of what is nearest to it", () => {
    const { documents } = readKubernetesYaml(
      "---\nspec:\n  sources:\n    - a: 1\n    - b: 2\n      c: {d: 3}\n",
    );
    const lines = [
      [],
      ["spec"],
      ["spec", "sources", "1"],
      ["spec", "sources", "1", "c", "d"],
      ["spec", "nope"],
    ];
    expect(lines.map((path) => documents[0]?.lineOf(path))).toEqual([2, 2, 5, 6, 2]);
  });

  it("quotes nothing of what it cannot read, since it may be a Secret", () => {
    const { problems } = readKubernetesYaml(
      'password: "hunter2\n---\nx: *hunter2\n---\nhunter2: - hunter2\n',
    );
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});

describe("readKubernetesYaml, limits", () => {
  function bomb(levels: number, width: number): string {
    const lines = [`a0: &a0 [${Array(width).fill("x").join(", ")}]`];
    for (let level = 1; level < levels; level += 1) {
      lines.push(
        `a${level}: &a${level} [${Array(width)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    }
    return `${lines.join("\n")}\n`;
  }

  // Grown to the end it would be 9^20 texts, and this test would have none.
  it("T093 stops at what aliases would grow to, at once", () => {
    const { documents, problems } = readKubernetesYaml(`${bomb(20, 9)}---\ngood: 1\n`);
    expect(problems).toMatchObject([{ kind: "limit", document: 1 }]);
    expect(problems[0]?.message).toContain("aliases");
    expect(documents.map(({ value }) => value)).toEqual([{ good: 1 }]);
  });

  it("T093 counts text that is repeated by aliases", () => {
    const { problems } = readKubernetesYaml(`a: &a ${"x".repeat(1_000_000)}\nb: [${"*a, ".repeat(20)}]\n`);
    expect(problems).toMatchObject([{ kind: "limit" }]);
    expect(problems[0]?.message).toContain("characters");
  });

  it("T093 stops at merges of merges", () => {
    const lines = ["m0: &m0 {k0: 0}"];
    for (let level = 1; level < 3_000; level += 1)
      lines.push(`m${level}: &m${level} {<<: *m${level - 1}, k${level}: 0}`);
    expect(readKubernetesYaml(lines.join("\n")).problems).toMatchObject([{ kind: "limit" }]);
  });

  it.for([
    ["nesting in brackets", "[".repeat(100_000)],
    ["nesting in blocks", Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    [
      "nesting by aliases",
      Array.from(
        { length: 200 },
        (_, level) => `a${level}: &a${level} [${level === 0 ? "x" : `*a${level - 1}`}]`,
      ).join("\n"),
    ],
  ] as const)("T093 refuses %s that is too deep", ([, text]) => {
    const { documents, problems } = readKubernetesYaml(text);
    expect(documents).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it("gives up on text that is not indented for too many lines", () => {
    const lines = (count: number) => `a:\n  b: [\n${"  1,\n".repeat(count)}  ]\n`;
    expect(readKubernetesYaml(lines(300)).problems).toEqual([]);
    expect(readKubernetesYaml(lines(600)).problems).toMatchObject([{ kind: "syntax" }]);
    // What is spent on one document is not there for the next.
    expect(readKubernetesYaml(`${lines(300)}---\n`.repeat(3)).problems).toHaveLength(2);
    // Few lines of a long text are as much work as many of a short one.
    const long = `a: "${"x".repeat(1024 * 1024)}"\nb: [\n${"1,\n".repeat(100)}]\n`;
    expect(readKubernetesYaml(long).problems).toMatchObject([{ kind: "syntax" }]);
  });

  it("refuses a text that is too long without parsing it", () => {
    const limits = { ...YAML_LIMITS, textMax: 10 };
    expect(readKubernetesYaml("a: 12345678", limits).problems).toMatchObject([
      { kind: "limit", document: 0 },
    ]);
    expect(readKubernetesYaml("a: 1234567", limits).problems).toEqual([]);
  });

  it("reads as many documents as are allowed and names the rest", () => {
    const limits = { ...YAML_LIMITS, documentsMax: 2 };
    const { documents, problems } = readKubernetesYaml("a: 1\n---\nb: 2\n---\nc: 3\n", limits);
    expect(documents).toHaveLength(2);
    expect(problems).toMatchObject([{ kind: "limit", document: 0 }]);
  });
});

/** Beyond 64 bits signed the API server has floats; JSON.parse is what reads those as it does. */
function parseJsonNumbers(json: string) {
  return json === "9223372036854775808" ? Number(json) : parseJson(json);
}
