import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, type RenderLimits } from "../../../src/renderer/limits.ts";
import { createObjectStore, type ObjectAddress } from "../../../src/renderer/object-store.ts";
import { createRenderTree, type RenderTree } from "../../../src/renderer/render-tree.ts";
import { type Files, link, submodule } from "../../support/git-objects.ts";
import { storeOf } from "../../support/render-tree.ts";

function treeOf(files: Files, limits: Partial<RenderLimits> = {}): RenderTree {
  const { store, tree } = storeOf(files);
  const mounts = [
    { name: "", repository: "r", tree },
    { name: "second", repository: "r", tree },
  ];
  return createRenderTree({ mounts, store, limits: { ...DEFAULT_LIMITS, ...limits }, sourcePath: "app" });
}

/** What a path is, and where it ends up. */
function at(tree: RenderTree, path: string, follow: "all links" | "all but the last" = "all links"): string {
  const node = tree.resolve(path, follow);
  return "path" in node ? `${node.kind} ${node.mount}:${node.path}` : node.kind;
}

const FILES: Files = {
  "app/a.yaml": "a",
  "app/in": link("../lib/b.yaml"),
  "app/dir": link("../lib"),
  "app/up": link("../../outside"),
  "app/out-and-in": link("../../example/app/a.yaml"),
  "app/absolute": link("/0/app/a.yaml"),
  "app/dangling": link("nowhere"),
  "app/loop": link("loop"),
  "app/vendor": submodule("1".repeat(40)),
  "lib/b.yaml": "b",
  "lib/back": link("../app/in"),
};

describe("resolve", () => {
  it.for<[path: string, found: string]>([
    ["/", "mounts"],
    ["/0", "directory 0:"],
    ["/1/app", "directory 1:app"],
    ["/2", "absent"],
    ["/etc/passwd", "absent"],
    ["/0/app/a.yaml", "file 0:app/a.yaml"],
    ["/0/./app//a.yaml", "file 0:app/a.yaml"],
    ["/0/app/../app/a.yaml", "file 0:app/a.yaml"],
    ["/0/app/a.yaml/x", "absent"],
    ["/0/app/none", "absent"],
    ["/0/app/in", "file 0:lib/b.yaml"],
    ["/0/app/dir/b.yaml", "file 0:lib/b.yaml"],
    ["/0/app/dir/back", "file 0:lib/b.yaml"],
    ["/0/app/dangling", "absent"],
    ["/0/app/toString", "absent"],
    ["/0/__proto__", "absent"],
  ])("%s is %s", ([path, found]) => {
    const tree = treeOf(FILES);
    expect(at(tree, path)).toBe(found);
    expect(tree.problem()).toBeUndefined();
  });

  it("does not follow the last link unless told to", () => {
    const tree = treeOf(FILES);
    expect(at(tree, "/0/app/in", "all but the last")).toBe("link 0:app/in");
    expect(at(tree, "/0/app/dir/b.yaml", "all but the last")).toBe("file 0:lib/b.yaml");
  });

  it.for<[path: string, words: RegExp]>([
    ["/0/app/up", /link that leads out/],
    ["/0/app/out-and-in", /link that leads out/],
    ["/0/app/absolute", /link that leads out/],
    ["/0/app/loop", /chain of more than 10 links/],
    ["/0/app/vendor", /submodule/],
    ["/0/app/vendor/file", /submodule/],
    ["/0/../x", /leaves the repository/],
    ["/0/app/../../x", /leaves the repository/],
  ])("T059 T060 T078 refuses %s, which reads as absent", ([path, words]) => {
    const tree = treeOf(FILES);
    expect(at(tree, path)).toBe("absent");
    expect(tree.problem()?.reason).toBe("SourceRefused");
    expect(tree.problem()?.facts["what"]).toMatch(words);
  });

  it("refuses the target of a link to whoever follows links by himself", () => {
    const tree = treeOf(FILES);
    const node = tree.resolve("/0/app/up", "all but the last");
    expect(node.kind === "link" && tree.readLink(node)).toBeUndefined();
    expect(tree.problem()).toMatchObject({ reason: "SourceRefused" });
  });

  it("remembers the first thing that was wrong", () => {
    const tree = treeOf(FILES);
    at(tree, "/0/app/vendor");
    at(tree, "/0/app/up");
    expect(tree.problem()).toMatchObject({ facts: { path: "app/vendor" } });
  });

  it("names another repository's paths by its ref", () => {
    const tree = treeOf(FILES);
    at(tree, "/1/app/vendor");
    expect(tree.problem()).toMatchObject({ facts: { path: "$second/app/vendor" } });
  });
});

describe("limits", () => {
  it("counts entries that are listed and files that are opened, once each", () => {
    const files = { "a/1": "", "a/2": "", "a/3": "" };
    const tree = treeOf(files, { treeEntries: 4 });
    tree.list(tree.resolve("/0/a", "all links"));
    for (let again = 0; again < 5; again += 1) at(tree, "/0/a/1");
    expect(tree.problem()).toBeUndefined();
    at(tree, "/0/a/2");
    expect(tree.problem()).toMatchObject({
      reason: "RenderTreeLimit",
      facts: { path: "app", entriesMax: 4 },
    });
  });

  it("does not hand out a file that is too large", () => {
    const tree = treeOf({ a: "12345" }, { fileBytes: 4 });
    const node = tree.resolve("/0/a", "all links");
    expect(node.kind === "file" && tree.read(node)).toBeUndefined();
    expect(tree.problem()).toMatchObject({ reason: "RenderInputLimit" });
  });

  it("says which object is missing", () => {
    const store = createObjectStore(() => undefined);
    const mounts = [{ name: "", repository: "r", tree: "f".repeat(40) }];
    const tree = createRenderTree({ mounts, store, limits: DEFAULT_LIMITS, sourcePath: "." });
    expect(at(tree, "/0/a")).toBe("absent");
    expect(tree.problem()).toMatchObject({
      reason: "ObjectMissing",
      facts: { path: ".", oid: "f".repeat(40) },
    });
  });

  it("keeps repositories' objects apart: an id is no key to another's", () => {
    const fetched: string[] = [];
    const store = createObjectStore(({ repository }: ObjectAddress) => fetched.push(repository));
    const address = { mount: 0, path: "a", oid: "f".repeat(40) };
    store.add([{ repository: "private", oid: address.oid, kind: "blob", content: new Uint8Array(1) }]);
    expect(store.blob({ ...address, repository: "other" })).toBe("missing");
    expect(fetched).toEqual(["other"]);
    expect(store.blob({ ...address, repository: "private" })).toHaveLength(1);
  });
});

it("records what was asked, found or not", () => {
  const tree = treeOf(FILES);
  at(tree, "/0/app/in");
  at(tree, "/0/app/none/deeper");
  tree.list(tree.resolve("/0/lib", "all links"));
  expect(tree.readSet().map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "link app/in",
    "absent app/none/deeper",
    "listing lib",
    "file lib/b.yaml",
  ]);
});
