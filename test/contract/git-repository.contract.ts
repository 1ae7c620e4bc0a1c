import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { OpenRepository } from "../../src/adapters/git/open-repository.ts";
import { createTestRepository, type TestRepository } from "../support/git-repository.ts";

export interface GitRepositoryHarness {
  readonly repository: OpenRepository;
  close(): Promise<void>;
}

/** What every GitRepository promises, whether it is a mirror or a directory read in place. */
export function describeGitRepository(
  name: string,
  open: (origin: string) => Promise<GitRepositoryHarness>,
): void {
  describe(name, () => {
    let origin: TestRepository;
    let harness: GitRepositoryHarness;
    let repository: OpenRepository;

    beforeEach(async () => {
      origin = await createTestRepository();
      harness = await open(origin.directory);
      repository = harness.repository;
    });
    afterEach(async () => {
      await harness.close();
      await origin.remove();
    });

    /** Commits and fetches. */
    async function commit(files: Record<string, string | undefined>): Promise<string> {
      const sha = await origin.commit(files);
      await repository.fetch({ shas: [sha], refs: [] });
      return sha;
    }

    /** A commit of a tree that the index could not hold. */
    async function commitTree(tree: string): Promise<string> {
      const sha = await origin.git("commit-tree", "-m", "odd", tree);
      await origin.git("update-ref", "refs/heads/odd", sha);
      await repository.fetch({ shas: [sha], refs: ["refs/heads/odd"] });
      return sha;
    }

    it("T273 lists branches, tags as the commits they name, and where HEAD points", async () => {
      const first = await origin.commit({ a: "1" });
      await origin.git("tag", "light");
      await origin.git("tag", "-a", "annotated", "-m", "release");
      const second = await origin.commit({ a: "2" });
      const { refs, head } = await repository.listRefs();
      expect(head).toBe("refs/heads/main");
      expect(Object.fromEntries(refs)).toEqual({
        HEAD: second,
        "refs/heads/main": second,
        "refs/tags/annotated": first,
        "refs/tags/light": first,
      });
    });

    it("knows a detached HEAD", async () => {
      const sha = await origin.commit({ a: "1" });
      await origin.git("checkout", "--quiet", "--detach");
      const { refs, head } = await repository.listRefs();
      expect([head, refs.get("HEAD")]).toEqual(["", sha]);
    });

    it("T276 takes an empty repository for one without refs, and then its first commit", async () => {
      const empty = await repository.listRefs();
      expect(empty.refs.size).toBe(0);
      const sha = await commit({ a: "1" });
      expect((await repository.readCommit(sha)).parents).toEqual([]);
    });

    it("reads a commit", async () => {
      const parent = await commit({ a: "1" });
      const sha = await origin.commit({ a: "2" }, "Deploy 2\n\nwith reasons");
      await repository.fetch({ shas: [sha], refs: ["refs/heads/main"] });
      expect(await repository.readCommit(sha)).toEqual({
        sha,
        tree: await origin.id("HEAD^{tree}"),
        parents: [parent],
        subject: "Deploy 2",
        author: "Ada",
      });
    });

    it("says so when a commit has not been fetched, or is none", async () => {
      const sha = await commit({ a: "1" });
      await expect(repository.readCommit("1".repeat(40))).rejects.toMatchObject({
        reason: "RevisionNotFetched",
      });
      const { tree } = await repository.readCommit(sha);
      await expect(repository.readCommit(tree)).rejects.toMatchObject({ reason: "RevisionNotFound" });
    });

    it("cannot fetch what does not exist, and says which", async () => {
      await origin.commit({ a: "1" });
      const missing = "1".repeat(40);
      const fetching = repository.fetch({ shas: [missing], refs: ["refs/heads/main"] });
      await expect(fetching).rejects.toMatchObject({
        reason: "RevisionNotFound",
        title: expect.stringContaining(missing) as string,
      });
    });

    it("T054 never takes anything but a full SHA for a commit", async () => {
      const sha = await commit({ a: "1" });
      for (const text of ["HEAD", "-x", "--output=x", "main:a", sha.slice(0, 39), `${sha}^`]) {
        await expect(repository.isAncestor(text, sha)).rejects.toMatchObject({ reason: "RevisionMalformed" });
        await expect(repository.mergeTrees(sha, text)).rejects.toMatchObject({ reason: "RevisionMalformed" });
        expect(await repository.readObject(text)).toBeUndefined();
      }
    });

    it("T270 follows a branch that was pushed by force", async () => {
      const old = await commit({ a: "1" });
      await origin.git("checkout", "--quiet", "--orphan", "other");
      const fresh = await origin.commit({ b: "1" });
      await origin.git("branch", "--force", "main", fresh);
      await repository.fetch({ shas: [fresh], refs: ["refs/heads/main"] });
      expect(await repository.isAncestor(old, fresh)).toBe(false);
      expect((await repository.readCommit(old)).subject).toBe("change");
      await expect(repository.mergeTrees(old, fresh)).rejects.toMatchObject({ reason: "RevisionsUnrelated" });
    });

    it("tells ancestors from descendants", async () => {
      const first = await commit({ a: "1" });
      const second = await commit({ a: "2" });
      expect(await repository.isAncestor(first, second)).toBe(true);
      expect(await repository.isAncestor(second, first)).toBe(false);
      expect(await repository.isAncestor(second, second)).toBe(true);
    });

    it("merges without a work tree, and changes nothing in its origin", async () => {
      const base = await commit({ a: "1\n", b: "1\n" });
      await origin.git("checkout", "--quiet", "-b", "topic");
      const head = await commit({ a: "2\n" });
      await origin.git("checkout", "--quiet", "main");
      const tip = await commit({ b: "2\n" });
      const objectsBefore = await origin.git("count-objects", "-v");

      const merged = await repository.mergeTrees(tip, head);
      if (merged.kind !== "merged") throw new Error("a merge was expected");
      expect(await text(merged.tree, "a")).toBe("2\n");
      expect(await text(merged.tree, "b")).toBe("2\n");
      expect(await repository.changedPaths(tip, merged.tree)).toEqual(["a"]);
      expect(await repository.mergeTrees(base, head)).toEqual({
        kind: "merged",
        tree: (await repository.readCommit(head)).tree,
      });
      expect(await origin.git("count-objects", "-v")).toBe(objectsBefore);
    });

    it("lists the paths of a conflict", async () => {
      await commit({ a: "1\n", "d/b c": "1\n", e: "1\n" });
      await origin.git("checkout", "--quiet", "-b", "topic");
      const head = await commit({ a: "2\n", "d/b c": "2\n", e: undefined });
      await origin.git("checkout", "--quiet", "main");
      const tip = await commit({ a: "3\n", "d/b c": "3\n", f: "new" });
      expect(await repository.mergeTrees(tip, head)).toEqual({ kind: "conflict", paths: ["a", "d/b c"] });
    });

    it("lists changed paths: content, mode, kind, renames as two", async () => {
      const from = await commit({
        "a/same": "1",
        "a/x": "1",
        "b.txt": "1",
        "b/file": "1",
        gone: "1",
        mode: "1",
        tree: "1",
        z: "1",
      });
      await origin.git("rm", "-q", "tree", "gone");
      await origin.git("mv", "z", "moved");
      await origin.git("update-index", "--chmod=+x", "mode");
      await origin.link("link", "a/x");
      await origin.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
      const to = await commit({ "a/x": "2", "tree/inner": "1", "b.txt": "1" });
      const expected = ["a/x", "gone", "link", "mode", "module", "moved", "tree", "tree/inner", "z"];
      expect(await repository.changedPaths(from, to)).toEqual(expected);
      expect(await repository.changedPaths(to, from)).toEqual(expected);
      expect(await repository.changedPaths(to, to)).toEqual([]);
    });

    it("T272 says what a path is, and that it is nothing", async () => {
      await origin.link("link", "app");
      await origin.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
      const sha = await commit({ "app/x.yaml": "x" });
      const kinds: Record<string, string> = {};
      for (const path of [
        "",
        "app",
        "app/x.yaml",
        "link",
        "link/x.yaml",
        "module",
        "app/y",
        "app/x.yaml/z",
        "/app",
        "app/",
        "../app",
        ".",
      ]) {
        kinds[path] = (await repository.entryAt(sha, path)).kind;
      }
      expect(kinds).toEqual({
        "": "directory",
        app: "directory",
        "app/x.yaml": "file",
        link: "link",
        "link/x.yaml": "absent",
        module: "absent",
        "app/y": "absent",
        "app/x.yaml/z": "absent",
        "/app": "absent",
        "app/": "absent",
        "../app": "absent",
        ".": "absent",
      });
      expect((await repository.entryAt(sha, "app")).oid).toBe(await origin.id("HEAD:app"));
      const later = await commit({ "app/x.yaml": undefined, other: "1" });
      expect(await repository.entryAt(later, "app")).toEqual({ path: "app", kind: "absent" });
    });

    it("digests a directory's names and kinds, and nothing of what they hold", async () => {
      const first = await commit({ "app/x": "1", "app/y": "1", z: "1" });
      const changed = await commit({ "app/x": "2" });
      const grown = await commit({ "app/w": "1" });
      const listing = (sha: string, path: string) => repository.listingAt(sha, path);
      expect(await listing(changed, "app")).toMatch(/^[0-9a-f]{40}$/);
      expect(await listing(changed, "app")).toBe(await listing(first, "app"));
      expect(await listing(changed, "")).toBe(await listing(first, ""));
      expect(await listing(grown, "app")).not.toBe(await listing(first, "app"));
      expect(await listing(grown, "")).toBe(await listing(first, ""));
      expect(await Promise.all(["z", "none", "app/x"].map((path) => listing(first, path)))).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    it("reads files up to a size, and only files", async () => {
      await origin.link("link", "a");
      const sha = await commit({ a: "12345", "d/e": "" });
      expect(await text(sha, "a")).toBe("12345");
      expect(await text(sha, "d/e")).toBe("");
      expect(await repository.readFile(sha, "a", 5)).toHaveLength(5);
      expect(await repository.readFile(sha, "a", 4)).toBeUndefined();
      for (const path of ["d", "link", "b", ""])
        expect(await repository.readFile(sha, path, 100)).toBeUndefined();
    });

    it("T079 reads files as they are stored: no filter, no line ends, no LFS", async () => {
      await origin.git("config", "filter.evil.smudge", "echo smudged");
      const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
      const sha = await commit({
        ".gitattributes": "* filter=evil\n*.bin filter=lfs\n*.txt eol=crlf\n",
        "x.bin": pointer,
        "y.txt": "a\nb\n",
      });
      expect(await text(sha, "x.bin")).toBe(pointer);
      expect(await text(sha, "y.txt")).toBe("a\nb\n");
    });

    it("finds a commit by the beginning of its SHA", async () => {
      const sha = await commit({ a: "1" });
      expect(await repository.findCommit(sha.slice(0, 7))).toBe(sha);
      expect(await repository.findCommit("0000000")).toBeUndefined();
      expect(await repository.findCommit("HEAD")).toBeUndefined();
    });

    it.for([
      {
        name: "T060 a link to a file beside it",
        links: { "app/values.yaml": "base.yaml" },
        path: "app/values.yaml",
        leads: "file app/base.yaml",
      },
      {
        name: "T060 a chain of links",
        links: { a: "b", b: "app/base.yaml" },
        path: "a",
        leads: "file app/base.yaml",
      },
      {
        name: "T061 a linked directory in the middle",
        links: { current: "app" },
        path: "current/base.yaml",
        leads: "file app/base.yaml",
      },
      {
        name: "T060 a link up and down again",
        links: { "app/up": "../top/../app/base.yaml" },
        path: "app/up",
        leads: "file app/base.yaml",
      },
      {
        name: "a path with nothing special",
        links: {},
        path: "/app/./base.yaml",
        leads: "file app/base.yaml",
      },
      { name: "T062 the root", links: {}, path: "./", leads: "directory " },
      { name: "T062 a path up and down again", links: {}, path: "app/../top", leads: "directory top" },
      { name: "a link to nothing", links: { a: "missing" }, path: "a", leads: "absent" },
      { name: "a path through a file", links: {}, path: "app/base.yaml/x", leads: "absent" },
      { name: "T059 no absolute link", links: { a: "/etc/passwd" }, path: "a", leads: "refused" },
      {
        name: "T059 no link out of the tree",
        links: { "app/a": "../../etc/passwd" },
        path: "app/a",
        leads: "refused",
      },
      { name: "T062 no path out of the tree", links: {}, path: "../app", leads: "refused" },
      { name: "no loop", links: { a: "b", b: "a" }, path: "a", leads: "refused" },
      { name: "no link into Git's own folder", links: { a: ".git/config" }, path: "a", leads: "refused" },
      { name: "no backslashes", links: { a: "..\\x" }, path: "a", leads: "refused" },
    ])("follows $name", async ({ links, path, leads }) => {
      for (const [link, target] of Object.entries(links)) await origin.link(link, target);
      const sha = await commit({ "app/base.yaml": "1", "top/x": "1" });
      const found = await repository.resolvePath(sha, path);
      expect(found.kind === "found" ? `${found.entry} ${found.path}` : found.kind).toBe(leads);
    });

    it("T078 refuses submodules by name, and touches nothing of them", async () => {
      await origin.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
      const sha = await commit({ ".gitmodules": '[submodule "m"]\n\tpath = module\n\turl = -x\r\n' });
      const found = await repository.resolvePath(sha, "module/x");
      expect(found).toMatchObject({
        kind: "refused",
        problem: expect.stringContaining("`module` is a submodule") as string,
      });
    });

    it.for([".git", ".GIT", "git~1", "..", "a\nb"])("T066 refuses the entry %j", async (entry) => {
      await origin.commit({ a: "1" });
      const blob = await origin.id("HEAD:a");
      const inner = await origin.rawTree([{ mode: "100644", name: "x", oid: blob }]);
      const tree = await origin.rawTree([{ mode: "40000", name: entry, oid: inner }]);
      const sha = await commitTree(tree);
      expect((await repository.resolvePath(sha, `${entry}/x`)).kind).toBe("refused");
    });

    async function text(tree: string, path: string): Promise<string | undefined> {
      const content = await repository.readFile(tree, path, 1_000_000);
      return content === undefined ? undefined : Buffer.from(content).toString("utf8");
    }
  });
}
