import { expect, it } from "vitest";
import type { GitRepositories, GitRepository } from "../../../src/ports/git.ts";
import { createRevisions } from "../../../src/reconciler/revisions.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const SOURCE = {
  repoURL: "https://git.example/r",
  path: ".",
  chart: "",
  targetRevision: SHA,
  ref: "",
  name: "",
};

/** A repository whose one commit may be fetched, and how often it was asked what. */
function countingRepositories() {
  const asked = { fetched: 0, read: 0 };
  const repository: Partial<GitRepository> = {
    key: "r",
    listRefs: async () => ({ refs: new Map(), head: "" }),
    fetch: async () => {
      asked.fetched += 1;
    },
    readCommit: async (sha) => {
      asked.read += 1;
      return { sha, tree: `tree ${asked.read}`, parents: [], subject: "", author: "" };
    },
  };
  const repositories: GitRepositories = { open: async () => repository as GitRepository };
  return { asked, revisions: createRevisions(repositories) };
}

it("reads a commit once, and says each time that it is in use", async () => {
  const { asked, revisions } = countingRepositories();
  for (let count = 0; count < 3; count += 1) await revisions.treeOf(SOURCE, "default");
  expect(asked).toEqual({ fetched: 3, read: 1 });
});

it("reads a commit again whose tree could not be read", async () => {
  const { revisions } = countingRepositories();
  const tree = await revisions.treeOf(SOURCE, "default");
  revisions.forget([tree]);
  expect([tree.tree, (await revisions.treeOf(SOURCE, "default")).tree]).toEqual(["tree 1", "tree 2"]);
});

it("shares what it saw of a repository between the URLs that lead to it, asked at once", async () => {
  let looks = 0;
  const repository: Partial<GitRepository> = {
    key: "r",
    async listRefs() {
      looks += 1;
      return { refs: new Map([["refs/heads/main", SHA]]), head: "refs/heads/main" };
    },
    fetch: async () => {},
    readCommit: async (sha) => ({ sha, tree: "tree", parents: [], subject: "", author: "" }),
  };
  const revisions = createRevisions({ open: async () => repository as GitRepository });
  const urls = ["https://git.example/r", "https://git.example/r.git"];
  const trees = await Promise.all(
    urls.map((repoURL) => revisions.treeOf({ ...SOURCE, repoURL, targetRevision: "main" }, "default")),
  );
  expect(trees.map(({ sha }) => sha)).toEqual([SHA, SHA]);
  expect(looks).toBe(1);
});
