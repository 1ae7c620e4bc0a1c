import { describe, expect, it } from "vitest";

import { joinPointer, parsePointer, withoutPointer } from "../../../src/domain/json-pointer.ts";

const OBJECT = { a: { b: 1, "c/d": 2, "e~f": 3 }, list: [{ x: 1 }, { x: 2 }], empty: null };

describe("withoutPointer", () => {
  it.for([
    { pointer: "/a/b", is: { ...OBJECT, a: { "c/d": 2, "e~f": 3 } } },
    { pointer: "/a/c~1d", is: { ...OBJECT, a: { b: 1, "e~f": 3 } } },
    { pointer: "/a/e~0f", is: { ...OBJECT, a: { b: 1, "c/d": 2 } } },
    { pointer: "/empty", is: { a: OBJECT.a, list: OBJECT.list } },
    { pointer: "/list/0", is: { ...OBJECT, list: [{ x: 2 }] } },
    { pointer: "/list/1/x", is: { ...OBJECT, list: [{ x: 1 }, {}] } },
    { pointer: "/list", is: { a: OBJECT.a, empty: null } },
  ])("removes $pointer", ({ pointer, is }) => {
    expect(withoutPointer(OBJECT, pointer)).toEqual(is);
  });

  it.for([
    "",
    "a/b",
    "/x",
    "/a/x",
    "/a/b/c",
    "/list/7",
    "/list/-1",
    "/list/01",
    "/list/x",
    "/list/7/x",
    "/empty/x",
    "/__proto__/x",
    "/toString",
  ])("does nothing for %s", (pointer) => {
    expect(withoutPointer(OBJECT, pointer)).toBe(OBJECT);
  });

  it("leaves the object it was given as it is", () => {
    const before = structuredClone(OBJECT);
    withoutPointer(OBJECT, "/list/0/x");
    expect(OBJECT).toEqual(before);
  });
});

describe("joinPointer", () => {
  it.for(["plain", "with/slash", "with~tilde", "~1", "a~/b"])("is undone by parsePointer: %s", (step) => {
    expect(parsePointer(joinPointer("/a", step))).toEqual(["a", step]);
  });
});
