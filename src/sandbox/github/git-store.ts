import { mkdir } from "node:fs/promises";

import { createGitAnswers, type GitAnswers } from "./git-answers.ts";
import { type GitRun, runGit, tryGit } from "./git-process.ts";

export const NO_COMMIT = "0".repeat(40);

/** Who and when, for a commit made on the server. */
export interface CommitDetails {
  readonly message: string;
  readonly name: string;
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

/** Path → content; `undefined` removes the file. */
export type FileChanges = Readonly<Record<string, string | undefined>>;

export type MergeMethod = "merge" | "squash" | "rebase";

/** One bare repository on disk, kept by the real Git. */
export interface GitStore {
  readonly folder: string;
  /** Full ref name → commit, branches and tags; refs/pull is GitHub's own and left out. */
  refs(): Promise<Map<string, string>>;
  /** Full SHA, or `undefined` where the revision names nothing. */
  resolve(revision: string): Promise<string | undefined>;
  describe(sha: string): Promise<CommitFacts>;
  /** Commits of `head` that `base` lacks, oldest first, at most 2,048 as in a push payload. */
  between(base: string, head: string): Promise<readonly CommitFacts[]>;
  /** How many files differ, with lines added and removed. */
  diffStat(base: string, head: string): Promise<{ files: number; additions: number; deletions: number }>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Makes a commit on a branch; the branch is made, from nothing or from `from`, if it does not exist. */
  commit(
    branch: string,
    files: FileChanges,
    details: CommitDetails & { readonly from?: string },
  ): Promise<string>;
  /** Whether merging would make a commit: there is no conflict. */
  mergesCleanly(base: string, head: string): Promise<boolean>;
  /** The commit that merging would make, or `undefined` on a conflict. Moves no ref. */
  merge(
    base: string,
    head: string,
    details: CommitDetails & { readonly method: MergeMethod },
  ): Promise<string | undefined>;
  /** `undefined` deletes. */
  setRef(ref: string, sha: string | undefined): Promise<void>;
  /** Copies a commit with all it reaches from another store, under a ref here. */
  take(from: GitStore, sha: string, ref: string): Promise<void>;
}

/** Makes an empty repository, or a fork that shares its objects with `parent`. */
export async function createGitStore(
  folder: string,
  options: { readonly defaultBranch: string; readonly parent?: GitStore },
): Promise<GitStore> {
  await mkdir(folder, { recursive: true });
  const git = (args: readonly string[], more: Partial<GitRun> = {}) => runGit({ folder, args, ...more });
  if (options.parent === undefined) {
    await git(["init", "--quiet", "--bare", `--initial-branch=${options.defaultBranch}`, "."]);
  } else {
    await git(["clone", "--quiet", "--bare", "--shared", "--no-tags", options.parent.folder, "."]);
    await git(["remote", "remove", "origin"]);
  }
  await git(["config", "http.receivepack", "true"]);
  await git(["config", "receive.hideRefs", "refs/pull"]);
  // GitHub serves any commit of a repository by its SHA, also one that no branch holds any more.
  await git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
  await git(["config", "uploadpack.allowFilter", "true"]);
  await git(["config", "gc.auto", "0"]);
  return createStore(folder, git);
}

type Git = (args: readonly string[], more?: Partial<GitRun>) => Promise<string>;

function createStore(folder: string, git: Git): GitStore {
  const answers = createGitAnswers(folder);
  return {
    folder,
    ...answersAbout(answers),
    async refs() {
      const text = await git([
        "for-each-ref",
        "--format=%(objectname) %(refname)",
        "refs/heads",
        "refs/tags",
      ]);
      return new Map(lines(text).map((line) => [line.slice(41), line.slice(0, 40)]));
    },
    async resolve(revision) {
      const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
      const { code, stdout } = await answers.outcome(args, [revision]);
      return code === 0 ? stdout.trim() : undefined;
    },
    async commit(branch, files, details) {
      const ref = `refs/heads/${branch}`;
      const parent = await this.resolve(details.from ?? ref);
      await git(["fast-import", "--quiet", "--force"], {
        input: fastImport(ref, files, { ...details, parent }),
      });
      return (await git(["rev-parse", ref])).trim();
    },
    merge: (base, head, details) => mergeCommits({ folder, answers }, [base, head], details),
    async setRef(ref, sha) {
      await git(sha === undefined ? ["update-ref", "-d", ref] : ["update-ref", ref, sha]);
    },
    async take(from, sha, ref) {
      await git(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", from.folder, `+${sha}:${ref}`]);
    },
  };
}

type Answered = "describe" | "between" | "diffStat" | "isAncestor" | "mergesCleanly";
function answersAbout(answers: GitAnswers): Pick<GitStore, Answered> {
  return {
    async describe(sha) {
      const [facts] = parseLog(await answers.output(["log", "-1", LOG_FORMAT, sha], [sha]));
      if (facts === undefined) throw new Error(`no commit ${sha}`);
      return facts;
    },
    async between(base, head) {
      const range = base === NO_COMMIT ? [head] : [head, `^${base}`];
      const args = ["log", "--reverse", "--max-count=2048", LOG_FORMAT, ...range, "--"];
      return parseLog(await answers.output(args, [base, head]));
    },
    async diffStat(base, head) {
      const args = ["diff", "--numstat", `${base}...${head}`, "--"];
      return countNumstat(lines(await answers.output(args, [base, head])));
    },
    async isAncestor(ancestor, descendant) {
      const args = ["merge-base", "--is-ancestor", ancestor, descendant];
      return (await answers.outcome(args, [ancestor, descendant])).code === 0;
    },
    mergesCleanly: async (base, head) => (await mergeTrees(answers, base, head)) !== undefined,
  };
}

const LOG_FORMAT = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%B%x01";

function parseLog(text: string): CommitFacts[] {
  return text
    .split("\x01")
    .map((entry) => entry.replace(/^\n/, "").split("\0"))
    .filter((fields) => fields.length === 7)
    .map(([sha = "", tree = "", parents = "", name = "", email = "", date = "", message = ""]) => ({
      sha,
      tree,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      name,
      email,
      date,
      message: message.trimEnd(),
    }));
}

function countNumstat(entries: readonly string[]): { files: number; additions: number; deletions: number } {
  const totals = { files: entries.length, additions: 0, deletions: 0 };
  for (const entry of entries) {
    const [added = "", removed = ""] = entry.split("\t");
    totals.additions += Number(added) || 0;
    totals.deletions += Number(removed) || 0;
  }
  return totals;
}

function fastImport(
  ref: string,
  files: FileChanges,
  details: CommitDetails & { readonly parent: string | undefined },
): string {
  const who = `${details.name} <${details.email}> ${Math.floor(details.at / 1000)} +0000`;
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const head = `commit ${ref}\nauthor ${who}\ncommitter ${who}\n${data(details.message)}`;
  const from = details.parent === undefined ? "" : `from ${details.parent}\n`;
  const changes = Object.entries(files).map(([path, content]) =>
    content === undefined
      ? `D ${JSON.stringify(path)}\n`
      : `M 100644 inline ${JSON.stringify(path)}\n${data(content)}`,
  );
  return `${head}${from}${changes.join("")}\n`;
}

async function mergeCommits(
  { folder, answers }: { readonly folder: string; readonly answers: GitAnswers },
  [base, head]: readonly [string, string],
  details: CommitDetails & { readonly method: MergeMethod },
): Promise<string | undefined> {
  if (details.method === "rebase") return rebase(folder, base, head);
  const tree = await mergeTrees(answers, base, head);
  if (tree === undefined) return undefined;
  const parents = details.method === "merge" ? ["-p", base, "-p", head] : ["-p", base];
  const sha = await runGit({
    folder,
    args: ["commit-tree", tree, ...parents],
    input: details.message,
    environment: identity(details),
  });
  return sha.trim();
}

/** The tree that merging makes, or `undefined` on a conflict. */
async function mergeTrees(answers: GitAnswers, base: string, head: string): Promise<string | undefined> {
  const args = ["merge-tree", "--write-tree", "--no-messages", base, head];
  const { code, stdout } = await answers.outcome(args, [base, head]);
  return code === 0 ? (stdout.split("\n")[0] ?? "") : undefined;
}

/** Replays the head's commits on the base in a work tree that goes away again. */
async function rebase(folder: string, base: string, head: string): Promise<string | undefined> {
  const tree = `${folder}/rebase-${head}`;
  await runGit({ folder, args: ["worktree", "add", "--quiet", "--detach", tree, head] });
  try {
    const environment = { GIT_COMMITTER_NAME: "GitHub", GIT_COMMITTER_EMAIL: "noreply@github.com" };
    const { code } = await tryGit({ folder: tree, args: ["rebase", "--quiet", base], environment });
    if (code !== 0) return undefined;
    return (await runGit({ folder: tree, args: ["rev-parse", "HEAD"] })).trim();
  } finally {
    await runGit({ folder, args: ["worktree", "remove", "--force", tree] });
  }
}

function identity(details: CommitDetails): Record<string, string> {
  const date = `@${Math.floor(details.at / 1000)} +0000`;
  return {
    GIT_AUTHOR_NAME: details.name,
    GIT_AUTHOR_EMAIL: details.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: "GitHub",
    GIT_COMMITTER_EMAIL: "noreply@github.com",
    GIT_COMMITTER_DATE: date,
  };
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
