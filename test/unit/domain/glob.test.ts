import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compileGlob, type GlobDialect } from "../../../src/domain/glob.ts";

/** `pattern ~ text` matches, `pattern !~ text` does not. */
const ROWS: Readonly<Record<GlobDialect, readonly string[]>> = {
  plain: [
    "* ~ anything/at all",
    "* ~ ",
    "team-* ~ team-a/b",
    "team-a ~ team-a",
    "team-a !~ team-a-evil",
    "*-a !~ team-ab",
    "a?c ~ abc",
    "a?c ~ a/c",
    "a?c !~ ac",
    "{dev,stage}-* ~ stage-1",
    "{dev,stage}-* !~ prod-1",
    "{a,b{c,d*}} ~ bdx",
    "{a,b{c,d*}} !~ bx",
    "{a,} ~ ",
    "a{,b}c ~ ac",
    "[a-c]x ~ bx",
    "[a-c]x !~ dx",
    "[!a-c]x ~ dx",
    "[!a-c]x !~ ax",
    "\\* ~ *",
    "\\* !~ x",
    "*.yaml ~ dir/file.yaml",
    "**/x ~ a/b/x",
    "* ~ ünï",
    "?? ~ 😀b",
    "[a !~ [a",
    "[a !~ a",
    "{a !~ {a",
    "a\\ !~ a",
    "a] ~ a]",
    "a,b ~ a,b",
    "a} ~ a}",
  ],
  path: [
    "https://h/org/* ~ https://h/org/repo",
    "https://h/org/* !~ https://h/org/sub/repo",
    "https://h/org/** ~ https://h/org/sub/repo",
    "https://h/** ~ https://h/",
    "** ~ a/b/c",
    "a?b !~ a/b",
    "[!a]b !~ /b",
    "*/* ~ a/b",
    "*/* !~ a/b/c",
    "a***b ~ a/x/b",
    "{a,b}/* ~ b/x",
  ],
  shell: [
    "* ~ Deployment",
    "* ~ ",
    "* !~ a/b",
    "*.example.com ~ a.example.com",
    "*.example.com !~ example.com",
    "Role* ~ RoleBinding",
    "Role* !~ ClusterRole",
    "[^R]* ~ Deployment",
    "[^R]* !~ Role",
    "{a,b} ~ {a,b}",
    "{a,b} !~ a",
    "a?c ~ abc",
    "a?c !~ a/c",
    "[] !~ ]",
    "[a-] !~ a",
    "\\[x ~ [x",
  ],
};

describe("compileGlob", () => {
  const rows = Object.entries(ROWS).flatMap(([dialect, lines]) =>
    lines.map((line) => ({ dialect: dialect as GlobDialect, line })),
  );
  it.for(rows)("$dialect: $line", ({ dialect, line }) => {
    const [, pattern = "", operator, text = ""] = /^(.*?) (!?~) (.*)$/.exec(line) ?? [];
    expect(compileGlob(pattern, dialect)(text)).toBe(operator === "~");
  });

  it("matches a text with itself once its special characters are escaped", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<GlobDialect>("plain", "path", "shell"), (text, dialect) => {
        const escaped = text.replace(/[*?[\]{}\\,]/g, "\\$&");
        expect(compileGlob(escaped, dialect)(text)).toBe(true);
      }),
    );
  });

  it("never throws, whatever the pattern", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."*?[]{},\\!^-ab/") }),
        fc.string(),
        (pattern, text) => {
          for (const dialect of ["plain", "path", "shell"] as const) compileGlob(pattern, dialect)(text);
        },
      ),
    );
  });

  it("comes to an end with patterns that make backtracking explode", () => {
    const matches = compileGlob(`${"*a".repeat(40)}*b`, "plain");
    expect(matches("a".repeat(5_000))).toBe(false);
    expect(matches(`${"a".repeat(5_000)}b`)).toBe(true);
  });
});
