import { describe, expect, it } from "vitest";
import { compileGlob, isGlob } from "../../../src/renderer/match-glob.ts";

describe("compileGlob", () => {
  it.for<[pattern: string, path: string, matches: boolean]>([
    ["*.yaml", "a.yaml", true],
    ["*.yaml", "sub/a.yaml", false],
    ["a/?.yaml", "a/b.yaml", true],
    ["a/?.yaml", "a/bb.yaml", false],
    ["**/*.yaml", "a.yaml", true],
    ["**/*.yaml", "a/b/c.yaml", true],
    ["a/**/z.yaml", "a/z.yaml", true],
    ["a/**/z.yaml", "a/b/c/z.yaml", true],
    ["a/**/z.yaml", "b/z.yaml", false],
    ["a/**", "a/b/c", true],
    ["[ab].yaml", "b.yaml", true],
    ["[!ab].yaml", "b.yaml", false],
    ["[^ab].yaml", "c.yaml", true],
    ["[a-c].yaml", "b.yaml", true],
    ["{one,two}.yaml", "two.yaml", true],
    ["{one,t{w,r}o}.yaml", "tro.yaml", true],
    ["{one,two}.yaml", "three.yaml", false],
    ["a.yaml", "axyaml", false],
    ["\\*.yaml", "*.yaml", true],
    ["\\*.yaml", "a.yaml", false],
    ["(a|b)+.yaml", "(a|b)+.yaml", true],
  ])("%s against %s is %s", ([pattern, path, matches]) => {
    expect(compileGlob(pattern)?.(path)).toBe(matches);
  });

  it.for(["[", "[a", "a{b", "a}b", "a\\", "[z-a]"])("does not take %s for a pattern", (pattern) => {
    expect(compileGlob(pattern)).toBeUndefined();
  });
});

it.for([
  ["a*", true],
  ["a?", true],
  ["[a]", true],
  ["a", false],
  ["{a,b}", false],
] as const)("%s is a pattern: %s", ([text, is]) => {
  expect(isGlob(text)).toBe(is);
});
