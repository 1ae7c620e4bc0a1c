import fc from "fast-check";
import { CORE_SCHEMA, load, YAML11_SCHEMA } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/domain/json.ts";
import { yamlLines } from "../../../src/report/yaml-text.ts";

function yaml(value: JsonValue): string {
  return [...yamlLines(value)].join("\n");
}

describe("yamlLines", () => {
  it("writes block style, with lists at the depth of their field", () => {
    const value = {
      kind: "Pod",
      metadata: { labels: {}, name: "web" },
      spec: { containers: [{ name: "a", args: ["x", "y"] }, { name: "b" }], list: [[1, 2], []] },
    };
    expect(yaml(value)).toBe(
      [
        "kind: Pod",
        "metadata:",
        "  labels: {}",
        "  name: web",
        "spec:",
        "  containers:",
        "  - name: a",
        "    args:",
        "    - x",
        '    - "y"',
        "  - name: b",
        "  list:",
        "  - - 1",
        "    - 2",
        "  - []",
      ].join("\n"),
    );
  });

  it.for<readonly [JsonValue, string]>([
    ["yes", '"yes"'],
    ["1.0", '"1.0"'],
    ["a: b", '"a: b"'],
    ["a #b", '"a #b"'],
    ["", '""'],
    ["-", '"-"'],
    ["a:1", "a:1"],
    ["registry.example.com/api:v1", "registry.example.com/api:v1"],
    ["value A", "value A"],
    [1_000_000, "1000000"],
    [null, "null"],
    ["\u202eevil", '"\\u202eevil"'],
  ])("writes %j as %s", ([value, text]) => {
    expect(yaml(value)).toBe(text);
  });

  it("writes text of several lines as a literal block", () => {
    expect(yaml({ a: "x\n  y\n", b: "x\ny", c: ["x\n\n"], d: "  x\ny\n" })).toBe(
      ["a: |", "  x", "    y", "b: |-", "  x", "  y", "c:", "- |+", "  x", "", "d: |2", "    x", "  y"].join(
        "\n",
      ),
    );
  });

  it("is read back as the same value by YAML 1.1 and 1.2", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.array(fc.string(), { maxLength: 4 }).map((lines) => lines.join("\n")),
      fc.constantFrom(
        "yes",
        "1e3",
        "0x1f",
        "1:30",
        "2020-01-01",
        "~",
        "<<",
        "=",
        "---",
        "? x",
        "- x",
        "\n",
        "\n x",
      ),
      fc.constantFrom(
        "\t",
        "a\n\tb",
        " \n",
        "x\n ",
        "a\r\nb",
        "#",
        "&a",
        "*a",
        "!t",
        "%",
        "|",
        ">",
        "@",
        "`",
      ),
    );
    const value = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(
          text.filter((name) => name !== "__proto__"),
          tie("value"),
          { maxKeys: 4 },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(value, (written) => {
        const document = `${yaml({ written, after: "end" })}\n`;
        const expected = JSON.parse(JSON.stringify({ written, after: "end" })) as unknown;
        expect(load(document, { schema: CORE_SCHEMA })).toEqual(expected);
        expect(load(document, { schema: YAML11_SCHEMA })).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("keeps integers of 64 bits", () => {
    expect(yaml({ a: 2n ** 60n })).toBe("a: 1152921504606846976");
  });

  it("works only as far as it is read", () => {
    const [first] = yamlLines(Array.from({ length: 1_000_000 }, () => "x"));
    expect(first).toBe("- x");
  });
});
