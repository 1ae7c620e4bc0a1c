import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createTreeObject, diffTrees } from "../../../../src/adapters/git/tree-object.ts";

const MODES = {
  file: "100644",
  executable: "100755",
  directory: "40000",
  link: "120000",
  submodule: "160000",
};
type Kind = keyof typeof MODES;

/** `a=1 b/=2 c@=3 d*=4 e!=5`: file, directory, link, executable, submodule with an id of that letter; in Git's order. */
function tree(text: string) {
  const entries = text
    .split(" ")
    .filter((part) => part !== "")
    .map((part) => {
      const [, name = "", mark = "", id = ""] = /^(.+?)([/@*!]?)=(.)$/.exec(part) ?? [];
      const kinds: Record<string, Kind> = {
        "": "file",
        "/": "directory",
        "@": "link",
        "*": "executable",
        "!": "submodule",
      };
      return { name, kind: kinds[mark] ?? "file", id };
    })
    .sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const bytes = entries.map(({ name, kind, id }) =>
    Buffer.concat([Buffer.from(`${MODES[kind]} ${name}\0`), Buffer.alloc(20, id)]),
  );
  return createTreeObject("", Buffer.concat(bytes));
}

function sortKey({ name, kind }: { name: string; kind: Kind }): Buffer {
  return Buffer.from(kind === "directory" ? `${name}/` : name);
}

/** `a` changed, `+a` added, `-a` removed. */
function show(before: string, after: string): string {
  return diffTrees(tree(before), tree(after))
    .map(({ name, before: a, after: b }) => `${a === undefined ? "+" : b === undefined ? "-" : ""}${name}`)
    .join(" ");
}

describe("diffTrees", () => {
  it.for([
    { before: "", after: "", shows: "" },
    { before: "a=1 b=2", after: "a=1 b=2", shows: "" },
    { before: "a=1 b=2 c=3", after: "a=1 b=9 c=3", shows: "b" },
    { before: "a=1", after: "a=1 b=2", shows: "+b" },
    { before: "a=1 b=2", after: "b=2", shows: "-a" },
    { before: "a=1 c=3", after: "b=2 c=3", shows: "-a +b" },
    { before: "a=1", after: "a*=1", shows: "a" },
    { before: "a=1", after: "a@=1", shows: "a" },
    { before: "a=1 a-b=2", after: "a/=1 a-b=2", shows: "-a +a" },
    { before: "a/=1 a.b=2", after: "a/=9 a.b=2", shows: "a" },
    { before: "a=1 b=2 c=3 d=4", after: "a=9 b=2 c=9 d=4", shows: "a c" },
    { before: "", after: "a=1 b/=2", shows: "+a +b" },
    { before: "é=1 z=2", after: "é=9 z=2", shows: "é" },
  ])("[$before] to [$after]: [$shows]", ({ before, after, shows }) => {
    expect(show(before, after)).toBe(shows);
  });

  it("finds what comparing name by name finds, for any two trees", () => {
    const listing = fc.dictionary(
      fc.stringMatching(/^[a-d.-]{1,3}$/),
      fc.tuple(fc.constantFrom("", "/", "@"), fc.constantFrom("1", "2")),
    );
    fc.assert(
      fc.property(listing, listing, (before, after) => {
        const spell = (entries: typeof before) =>
          Object.entries(entries).map(([name, [mark, id]]) => `${name}${mark}=${id}`);
        const [a, b] = [spell(before), spell(after)];
        const changed = new Set([
          ...a.filter((one) => !b.includes(one)),
          ...b.filter((one) => !a.includes(one)),
        ]);
        const names = [...changed].map((one) => one.replace(/[/@]?=.$/, ""));
        const found = diffTrees(tree(a.join(" ")), tree(b.join(" "))).map(({ name }) => name);
        expect([...new Set(found)].sort()).toEqual([...new Set(names)].sort());
      }),
    );
  });

  it("decodes next to nothing of a large folder with one change", () => {
    const entries = Array.from(
      { length: 20_000 },
      (_, index) => `chart-${String(index).padStart(5, "0")}/=1`,
    );
    const changed = entries.with(15_000, "chart-15000/=2");
    expect(show(entries.join(" "), changed.join(" "))).toBe("chart-15000");
  });
});

describe("createTreeObject", () => {
  it("finds entries by name, with their kind and id", () => {
    const found = tree("a=1 b/=2 c@=3 d*=4 e!=5");
    const kinds = ["a", "b", "c", "d", "e"].map((name) => found.find(name)?.kind);
    expect(kinds).toEqual(["file", "directory", "link", "file", "submodule"]);
    expect(found.find("b")).toEqual({ name: "b", kind: "directory", oid: "32".repeat(20) });
    expect(found.find("f")).toBeUndefined();
    expect(found.entries().map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it.for([
    ["cut in an id", Buffer.from("100644 a\0short")],
    ["without an end of its name", Buffer.from("100644 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")],
    ["of an unknown mode", Buffer.concat([Buffer.from("777777 a\0"), Buffer.alloc(20)])],
  ] as const)("refuses an entry %s", ([, content]) => {
    expect(() => createTreeObject("", content).entries()).toThrow(RangeError);
  });

  it("takes a leading zero of old tools for what it is", () => {
    const content = Buffer.concat([Buffer.from("040000 a\0"), Buffer.alloc(20)]);
    expect(createTreeObject("", content).find("a")?.kind).toBe("directory");
  });
});
