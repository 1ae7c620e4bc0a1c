import { expect, it } from "vitest";
import { createLruMap } from "../../../src/renderer/lru-map.ts";

it("forgets what was used least recently once it holds too much", () => {
  const map = createLruMap<number>(10);
  map.set("a", 1, 4);
  map.set("b", 2, 4);
  map.get("a");
  map.set("c", 3, 4);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
});

it("keeps the newest even where it alone is too large, and counts a replaced value once", () => {
  const map = createLruMap<number>(10);
  map.set("a", 1, 9);
  map.set("a", 2, 9);
  map.set("b", 3, 1);
  expect([map.get("a"), map.get("b")]).toEqual([2, 3]);
  map.set("huge", 4, 99);
  expect([map.get("a"), map.get("huge")]).toEqual([undefined, 4]);
});
