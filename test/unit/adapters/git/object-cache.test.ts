import { describe, expect, it } from "vitest";

import { createSizedCache } from "../../../../src/adapters/git/object-cache.ts";

describe("createSizedCache", () => {
  it("drops what was not used for longest, once it holds too much", () => {
    const cache = createSizedCache<string>(10);
    for (const key of ["a", "b"]) cache.set(key, key, 4);
    cache.get("a");
    cache.set("c", "c", 4);
    expect(["a", "b", "c"].map((key) => cache.get(key))).toEqual(["a", undefined, "c"]);
  });

  it("counts a key that is set again once", () => {
    const cache = createSizedCache<string>(10);
    for (const _ of [1, 2, 3]) cache.set("a", "a", 5);
    cache.set("b", "b", 5);
    expect([cache.get("a"), cache.get("b")]).toEqual(["a", "b"]);
  });

  it("does not drop everything for one thing that never fits", () => {
    const cache = createSizedCache<string>(10);
    cache.set("a", "a", 4);
    cache.set("huge", "huge", 11);
    expect([cache.get("a"), cache.get("huge")]).toEqual(["a", undefined]);
  });
});
