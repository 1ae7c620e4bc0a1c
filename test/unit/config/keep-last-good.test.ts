import { describe, expect, it } from "vitest";

import { assembleControlPlane } from "../../../src/config/control-plane.ts";
import { keepLastGood } from "../../../src/config/keep-last-good.ts";
import { readDefinitions, unreadableFile } from "../../../src/config/read-definitions.ts";
import type { FileReading } from "../../../src/domain/control-plane.ts";
import { applicationYaml, DESTINATION } from "../../support/definitions.ts";

/** `a1` is an Application `a` with path `1`; `a!` is one with a mistake in it; `?` is no YAML. */
function file(shorthand: string): FileReading {
  const documents = shorthand.split(" ").map((word) => {
    if (word === "?") return "foo: [\n";
    const [name = "", path = ""] = word;
    const source = `source: {repoURL: https://github.com/acme/shop, path: ${path === "!" ? "/x" : `'${path}'`}}`;
    return applicationYaml(`${source}\n${DESTINATION}`, `{name: ${name}}`);
  });
  return readDefinitions({ file: "all.yaml", text: shorthand === "" ? "" : documents.join("---\n") });
}

/** `a1` as it is, `a1*` stale; `…` where something may be missing. */
function state(reading: FileReading): string {
  const { applications, incompleteFiles } = assembleControlPlane([reading]);
  const words = applications.map(
    ({ value, isStale }) => `${value.name}${value.sources[0]?.path}${isStale ? "*" : ""}`,
  );
  return [...words, ...(incompleteFiles.length > 0 ? ["…"] : [])].join(" ");
}

describe("keepLastGood", () => {
  it.for([
    ["a change", "a1 b1 → a2 b1", "a2 b1"],
    ["a removal", "a1 b1 → a1", "a1"],
    ["a mistake", "a1 b1 → a! b2", "a1* b2"],
    ["a mistake in what was never good", "a1 → a1 b!", "a1 …"],
    ["text that is no YAML", "a1 b1 → ? b2", "a1* b2 …"],
    ["no YAML at all", "a1 b1 → ?", "a1* b1* …"],
    ["a mistake, twice", "a1 → a! → a!", "a1*"],
    ["no YAML, then a mistake", "a1 b1 → ? → a! b2", "a1* b2"],
    ["a mistake, mended", "a1 → a! → a3", "a3"],
    ["no YAML, then removal", "a1 b1 → ? b1 → b1", "b1"],
    ["a mistake, with the good one gone", "a1 b1 → b! → ", ""],
  ])("after %s, %s, means %s", ([, history, meaning]) => {
    const readings = String(history).split(" → ").map(file);
    const result = readings.reduce<FileReading | undefined>(
      (before, now) => keepLastGood(before, now),
      undefined,
    );
    expect(state(result ?? file(""))).toBe(meaning);
  });

  it("keeps everything of a file that cannot be read", () => {
    const kept = keepLastGood(file("a1 b1"), unreadableFile("all.yaml", "it may not be read"));
    expect(state(kept)).toBe("a1* b1* …");
    expect(state(keepLastGood(kept, file("b2")))).toBe("b2");
  });

  it("says of a stale definition that it is one, and keeps it from being used", () => {
    const { applications } = assembleControlPlane([keepLastGood(file("a1"), file("a!"))]);
    expect(applications).toMatchObject([
      { isStale: true, problems: [{ reason: "DefinitionStale", severity: "error" }] },
    ]);
  });
});
