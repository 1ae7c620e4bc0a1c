import { describe, expect, it } from "vitest";

import { nearestWord } from "../../../src/config/nearest.ts";

describe("nearestWord", () => {
  const known = ["targetRevision", "path", "repoURL", "helm", "ref"];

  it.for([
    ["targetRevison", "targetRevision"],
    ["targetrevision", "targetRevision"],
    ["repoUrl", "repoURL"],
    ["pth", "path"],
    ["ptah", "path"],
    ["heml", "helm"],
    ["re", "ref"],
    ["x", ""],
    ["something", ""],
    ["", ""],
  ] as const)("finds what %o was meant to be: %o", ([word, nearest]) => {
    expect(nearestWord(word, known)).toBe(nearest);
  });

  it("prefers a word that differs only by its case", () => {
    expect(nearestWord("PRUNE", ["PRUNES", "Prune"])).toBe("Prune");
  });
});
