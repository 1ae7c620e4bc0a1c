import { describe, expect, it } from "vitest";

import { isFullRefName, parseRefs } from "../../../../src/adapters/git/remote-refs.ts";

const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(40));

describe("parseRefs", () => {
  it("reads what ls-remote prints: where HEAD points, and tags as the commits they name", () => {
    const text = `ref: refs/heads/trunk\tHEAD\n${A}\tHEAD\n${A}\trefs/heads/trunk\n${B}\trefs/tags/v1\n${C}\trefs/tags/v1^{}\n`;
    expect(parseRefs(text)).toEqual({
      refs: new Map([
        ["HEAD", A],
        ["refs/heads/trunk", A],
        ["refs/tags/v1", C],
      ]),
      head: "refs/heads/trunk",
    });
  });

  it("reads what show-ref prints", () => {
    expect(parseRefs(`${A} HEAD\n${B} refs/tags/v1\n${C} refs/tags/v1^{}\n`).refs.get("refs/tags/v1")).toBe(
      C,
    );
  });

  it("passes over what is neither, and is not fooled by symbolic refs other than HEAD", () => {
    const text = `warning: something\nref: refs/heads/x\trefs/remotes/origin/HEAD\n${"a".repeat(64)}\trefs/heads/sha256\n`;
    expect(parseRefs(text)).toEqual({ refs: new Map(), head: "" });
  });
});

describe("isFullRefName", () => {
  it.for(["refs/heads/main", "refs/pull/7/head", "refs/heads/--upload-pack=x", "refs/tags/ä"])(
    "takes %s",
    (name) => {
      expect(isFullRefName(name)).toBe(true);
    },
  );

  it.for([
    "main",
    "HEAD",
    "-x",
    "refs/heads/a b",
    "refs/heads/a:b",
    "refs/heads/*",
    "refs/heads/a..b",
    "refs/heads/a\nb",
    "+refs/heads/a",
    "refs/heads/a^",
    "refs/heads/.a",
    "refs/heads/a.lock",
    "refs/heads/a/",
    "refs/heads/a@{1}",
  ])("T054 refuses %j", (name) => expect(isFullRefName(name)).toBe(false));
});
