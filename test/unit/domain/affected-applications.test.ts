import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  assumedReads,
  createAffectedApplications,
  type RepositoryReads,
  readsOf,
} from "../../../src/domain/affected-applications.ts";
import type { ReadEntry } from "../../../src/domain/read-set.ts";
import { application } from "../../support/applications.ts";

/** `file a/b`, `directory a`, `absent a/c`, `link l`. */
function entries(text: string): readonly ReadEntry[] {
  return text
    .split(", ")
    .filter(Boolean)
    .map((entry) => {
      const [kind, path = ""] = entry.split(" ");
      return { mount: 0, kind: kind as ReadEntry["kind"], path };
    });
}

function index(reads: Readonly<Record<string, string>>) {
  const affected = createAffectedApplications();
  for (const [name, text] of Object.entries(reads)) {
    affected.record(name, [{ repository: "repo", entries: entries(text) }]);
  }
  return affected;
}

/** `web (a/b), api (a/b c)`: the affected and why. */
function show(found: ReadonlyMap<string, readonly string[]>): string {
  return [...found].map(([name, causes]) => `${name} (${causes.join(" ")})`).join(", ");
}

describe("affectedBy", () => {
  it.for([
    {
      name: "a file it read",
      reads: "file a/values.yaml",
      paths: ["a/values.yaml"],
      is: "web (a/values.yaml)",
    },
    { name: "another file beside it", reads: "file a/values.yaml", paths: ["a/other.yaml"], is: "" },
    {
      name: "a file whose name begins alike",
      reads: "file a/values.yaml",
      paths: ["a/values.yaml.bak"],
      is: "",
    },
    { name: "a link it followed", reads: "link a/l", paths: ["a/l"], is: "web (a/l)" },
    {
      name: "a file that did not exist",
      reads: "absent a/values-prod.yaml",
      paths: ["a/values-prod.yaml"],
      is: "web (a/values-prod.yaml)",
    },
    {
      name: "something beneath a path that did not exist",
      reads: "absent a/charts",
      paths: ["a/charts/x/Chart.yaml"],
      is: "web (a/charts/x/Chart.yaml)",
    },
    {
      name: "something beside a path that did not exist",
      reads: "absent a/charts",
      paths: ["a/charts2/x"],
      is: "",
    },
    {
      name: "a file in a directory it listed",
      reads: "directory a",
      paths: ["a/new.yaml"],
      is: "web (a/new.yaml)",
    },
    {
      name: "a file deep beneath a directory it listed",
      reads: "directory a",
      paths: ["a/b/c/new.yaml"],
      is: "web (a/b/c/new.yaml)",
    },
    { name: "a file beside a directory it listed", reads: "directory a", paths: ["ab/new.yaml"], is: "" },
    { name: "anything where it listed the root", reads: "directory ", paths: ["x"], is: "web (x)" },
    { name: "a directory that became a file", reads: "directory a", paths: ["a"], is: "web (a)" },
    { name: "several paths", reads: "file a, file b", paths: ["b", "c", "a"], is: "web (b a)" },
    { name: "nothing", reads: "file a", paths: [], is: "" },
  ])("finds who is affected by $name", ({ reads, paths, is }) => {
    expect(show(index({ web: reads }).affectedBy("repo", paths))).toBe(is);
  });

  it("finds several, sorted, and none of other repositories", () => {
    const affected = index({ web: "file base/x", api: "file base/x, file api/y", job: "file job/z" });
    expect(show(affected.affectedBy("repo", ["base/x", "api/y"]))).toBe("api (base/x api/y), web (base/x)");
    expect(affected.affectedBy("other", ["base/x"]).size).toBe(0);
  });

  it("names ten causes at most", () => {
    const paths = Array.from({ length: 50 }, (_, number) => `a/${number}`);
    expect(index({ web: "directory a" }).affectedBy("repo", paths).get("web")).toHaveLength(10);
  });

  it("knows only the newest reads, and nothing of what was forgotten", () => {
    const affected = index({ web: "file a, absent b", api: "file a" });
    affected.record("web", [{ repository: "repo", entries: entries("file c") }]);
    expect(show(affected.affectedBy("repo", ["a", "b", "c"]))).toBe("api (a), web (c)");
    affected.forget("web");
    affected.forget("never known");
    expect(show(affected.affectedBy("repo", ["a", "b", "c"]))).toBe("api (a)");
  });

  it("finds what looking at every Application would find", () => {
    const path = fc
      .array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 3 })
      .map((steps) => steps.join("/"));
    const entry = fc.record({
      mount: fc.constant(0),
      path,
      kind: fc.constantFrom<ReadEntry["kind"]>("file", "directory", "listing", "absent", "link"),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(entry, { maxLength: 5 }), { maxLength: 6 }),
        fc.array(path),
        (reads, paths) => {
          const affected = createAffectedApplications();
          for (const [number, read] of reads.entries())
            affected.record(`app${number}`, [{ repository: "repo", entries: read }]);
          const expected = reads.flatMap((read, number) =>
            paths.some((changed) => touches(read, changed)) ? [`app${number}`] : [],
          );
          expect([...affected.affectedBy("repo", paths).keys()]).toEqual(expected);
        },
      ),
    );
  });
});

function touches(read: readonly ReadEntry[], changed: string): boolean {
  return read.some(({ path, kind }) => {
    const isBeneath = changed.startsWith(`${path}/`) && !["file", "link"].includes(kind);
    return changed === path || isBeneath;
  });
}

describe("readsOf", () => {
  it("puts what every source read of a repository together", () => {
    const reads = readsOf([
      {
        mounts: [{ repository: "one" }, { repository: "two" }],
        readSet: [
          { mount: 0, path: "a", kind: "file" },
          { mount: 1, path: "b", kind: "file" },
        ],
      },
      {
        mounts: [{ repository: "two" }],
        readSet: [
          { mount: 0, path: "c", kind: "absent" },
          { mount: 7, path: "d", kind: "file" },
        ],
      },
    ]);
    const shown = reads.map(
      ({ repository, entries: read }) => `${repository}: ${read.map(({ path }) => path).join(" ")}`,
    );
    expect(shown).toEqual(["one: a", "two: b c"]);
  });
});

describe("assumedReads", () => {
  const assumed = (paths: string | undefined, path = "deploy/shop"): readonly RepositoryReads[] => {
    const [source] = application().sources;
    const annotations: Record<string, string> =
      paths === undefined ? {} : { "argocd.argoproj.io/manifest-generate-paths": paths };
    return assumedReads(
      { annotations, sources: source === undefined ? [] : [{ ...source, path }] },
      ({ repoURL }) => repoURL,
    );
  };

  it.for([
    {
      name: "its own path, without the annotation",
      paths: undefined,
      changed: "deploy/shop/x.yaml",
      is: true,
    },
    { name: "nothing beside its path", paths: undefined, changed: "deploy/shop2/x.yaml", is: false },
    { name: "its path by a dot", paths: ".", changed: "deploy/shop/deep/x", is: true },
    { name: "a path beside it", paths: ".;../base", changed: "deploy/base/x", is: true },
    { name: "a path from the root", paths: "/common", changed: "common/x", is: true },
    { name: "only what is listed", paths: "/common", changed: "deploy/shop/x", is: false },
    { name: "a pattern", paths: "/common/*.yaml", changed: "common/x.yaml", is: true },
    { name: "what a pattern does not match", paths: "/common/*.yaml", changed: "common/x.txt", is: false },
    { name: "nothing outside the repository", paths: "../../../../etc", changed: "etc/x", is: true },
  ])("takes it to read $name: $changed $is", ({ paths, changed, is }) => {
    const affected = createAffectedApplications();
    affected.record("shop", assumed(paths));
    expect(affected.affectedBy("https://github.com/acme/shop", [changed]).has("shop")).toBe(is);
    affected.forget("shop");
    expect(affected.affectedBy("https://github.com/acme/shop", [changed]).size).toBe(0);
  });

  it("takes a source at the root to read everything", () => {
    const affected = createAffectedApplications();
    affected.record("shop", assumed(undefined, "."));
    expect(affected.affectedBy("https://github.com/acme/shop", ["x"]).has("shop")).toBe(true);
  });
});
