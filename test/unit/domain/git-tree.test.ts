import { describe, expect, it } from "vitest";

import { treeNameProblem } from "../../../src/domain/git-tree.ts";

describe("treeNameProblem", () => {
  it.for([
    ".git",
    ".GIT",
    ".git.",
    ".git ",
    ".git::$INDEX_ALLOCATION",
    "git~1",
    "GIT~2",
    ".g\u200cit",
    "\uff0egit",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "a\nb",
    "a\u0000b",
    "a\u007fb",
    "a\u2028b",
    "a\ufffdb",
    "x".repeat(256),
    "é".repeat(128),
  ])("T066 has something against %j", (name) => {
    expect(treeNameProblem(name)).toBeTypeOf("string");
  });

  it.for([
    "values.yaml",
    ".gitignore",
    ".github",
    ".gitattributes",
    "git",
    "a b",
    "ä.yaml",
    "a\u0308.yaml",
    "...",
    "x".repeat(255),
  ])("has nothing against %j", (name) => expect(treeNameProblem(name)).toBeUndefined());
});
