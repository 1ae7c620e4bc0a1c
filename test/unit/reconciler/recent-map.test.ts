import { expect, it } from "vitest";
import { createRecentMap } from "../../../src/reconciler/recent-map.ts";

it("forgets what was neither told nor asked for the longest", () => {
  const map = createRecentMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  expect(map.get("a")).toBe(1);
  map.set("c", 3);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
});

it("forgets nothing for what is told again", () => {
  const map = createRecentMap<string, number>(2);
  for (const value of [1, 2, 3]) map.set("a", value);
  map.set("b", 1);
  expect([map.get("a"), map.get("b")]).toEqual([3, 1]);
});

it("forgets what it is told to", () => {
  const map = createRecentMap<string, number>(2);
  map.set("a", 1);
  map.delete("a");
  expect(map.get("a")).toBeUndefined();
});
