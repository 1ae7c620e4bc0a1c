import { describe, expect, it } from "vitest";

import {
  DEFAULT_REPOSITORY_SETTINGS,
  isDefinitionPath,
  parseRepositoryFile,
} from "../../../src/config/repository-file.ts";

/** `2 field problem`, without the file's name. */
function said(text: string): readonly string[] {
  return parseRepositoryFile(text).problems.map(
    ({ line, title }) => `${line} ${title.replace("`.github/plumbline.yml`: ", "").replaceAll("`", "")}`,
  );
}

describe("parseRepositoryFile", () => {
  it.for(["", "# nothing\n", "{}", "comment: {}\nlimits: {}\n"])("takes defaults for %o", (text) => {
    expect(parseRepositoryFile(text)).toEqual({ settings: DEFAULT_REPOSITORY_SETTINGS, problems: [] });
    expect(DEFAULT_REPOSITORY_SETTINGS).toEqual({
      applications: [],
      comment: { when: "affected" },
      check: { perApplication: false },
      limits: { applicationsMax: Number.POSITIVE_INFINITY },
    });
  });

  it("reads every setting", () => {
    const text = [
      "applications: [apps/*.yaml, deploy/]",
      "comment: {when: never}",
      "check: {perApplication: true}",
      "limits: {applicationsMax: 5}",
    ].join("\n");
    const { settings, problems } = parseRepositoryFile(text);
    expect(settings).toEqual({
      applications: ["apps/*.yaml", "deploy/"],
      comment: { when: "never" },
      check: { perApplication: true },
      limits: { applicationsMax: 5 },
    });
    expect(problems).toEqual([]);
  });

  it.for([
    ["coment: {}", ["1 coment is not a known setting; comment is"]],
    ["other: 1", ["1 other is not a known setting; known are applications, comment, check, limits"]],
    ["check:\n  perApp: true", ["2 check.perApp is not a known setting; known are perApplication"]],
    ["applications: apps", ["1 applications is not a list"]],
    [
      "applications:\n  - 3\n  - /a\n  - a/../b\n  - ''",
      [
        "2 applications[0] is not a text",
        "3 applications[1] is absolute: paths are relative to the repository",
        "4 applications[2] leaves the repository by ..",
        "5 applications[3] is empty",
      ],
    ],
    ["comment: {when: often}", ["1 comment.when is none of affected, always, never"]],
    ["check: {perApplication: 'yes'}", ["1 check.perApplication is not true or false"]],
    ["limits: {applicationsMax: 0}", ["1 limits.applicationsMax is less than 1"]],
    ["limits: {applicationsMax: 1.5}", ["1 limits.applicationsMax is not a whole number"]],
    ["[]", ["1 it is not an object"]],
    ["a: [", ["1 it is not readable: unexpected end of the stream within a flow collection"]],
    ["{}\n---\n{}\n", ["1 it is not readable: more than 1 documents"]],
  ] as const)("refuses %o as a whole, and says all that is wrong", ([text, problems]) => {
    expect(parseRepositoryFile(text).settings).toBeUndefined();
    expect(said(text)).toEqual(problems);
  });

  it("T093 refuses a bomb at once", () => {
    const lines = Array.from(
      { length: 20 },
      (_, level) => `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`,
    );
    expect(parseRepositoryFile(["a0: &a0 [x]", ...lines.slice(1)].join("\n")).problems).toHaveLength(1);
    expect(parseRepositoryFile(`# ${"x".repeat(70_000)}`).problems).toHaveLength(1);
  });
});

describe("isDefinitionPath", () => {
  it.for([
    ["apps/web.yaml", "apps/web.yaml", true],
    ["apps/*.yaml", "apps/web.yaml", true],
    ["apps/*.yaml", "apps/team/web.yaml", false],
    ["apps/**/*.yaml", "apps/team/a/web.yaml", true],
    ["apps", "apps/team/web.yml", true],
    ["./apps/", "apps/web.json", true],
    ["apps", "apps2/web.yaml", false],
    ["apps", "apps/README.md", false],
    [".", "web.yaml", true],
    ["apps/*", "apps/web.txt", false],
  ] as const)("%s and %s: %s", ([entry, path, isOne]) => {
    expect(isDefinitionPath({ applications: [entry] }, path)).toBe(isOne);
  });

  it("is nothing where nothing is listed", () => {
    expect(isDefinitionPath({ applications: [] }, "apps/web.yaml")).toBe(false);
  });
});
