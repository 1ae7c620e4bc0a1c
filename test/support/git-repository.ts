import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** A real repository with a work tree, driven by the real Git, with dates that never change: ids are the same each run. */
export interface TestRepository {
  readonly directory: string;
  git(...gitArguments: string[]): Promise<string>;
  /** Commits exactly this change; `undefined` removes a path. @returns the commit's SHA */
  commit(files: Readonly<Record<string, string | undefined>>, message?: string): Promise<string>;
  /** A symbolic link as a tree entry; it takes part in the next commit. */
  link(path: string, target: string): Promise<void>;
  /** An entry of any mode, with any bytes as name; it takes part in no index. @returns id of a tree that holds it */
  rawTree(entries: readonly RawTreeEntry[]): Promise<string>;
  /** Object id of a revision. */
  id(revision: string): Promise<string>;
  remove(): Promise<void>;
}

export interface RawTreeEntry {
  readonly mode: "100644" | "100755" | "120000" | "160000" | "40000";
  readonly name: string | Uint8Array;
  readonly oid: string;
}

const run = promisify(execFile);

const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
  GIT_ALLOW_PROTOCOL: "file:http",
};

/** Runs the real Git as a person would, but with no configuration of this machine. */
export async function gitIn(directory: string, ...gitArguments: string[]): Promise<string> {
  const { stdout } = await run("git", gitArguments, {
    cwd: directory,
    env: ENVIRONMENT,
    maxBuffer: 256 * 1_048_576,
  });
  return stdout.trim();
}

/** An empty folder of its own under the system's place for such. */
export async function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `plumbline-${name}-`));
}

/** An empty repository on branch `main`. */
export async function createTestRepository(parent?: string): Promise<TestRepository> {
  const directory = parent ?? (await temporaryFolder("repository"));
  await mkdir(directory, { recursive: true });
  await gitIn(directory, "init", "--quiet", "--initial-branch=main");
  const git = (...gitArguments: string[]) => gitIn(directory, ...gitArguments);

  return {
    directory,
    git,
    async commit(files, message = "change") {
      const removed = Object.keys(files).filter((path) => files[path] === undefined);
      const written = Object.entries(files).filter(([, content]) => content !== undefined);
      if (removed.length > 0) await git("rm", "-q", "--", ...removed);
      for (const [path, content = ""] of written) {
        const file = join(directory, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
      if (written.length > 0) await git("add", "--", ...written.map(([path]) => path));
      await git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    async link(path, target) {
      const oid = await writeObject(directory, "blob", Buffer.from(target));
      await git("update-index", "--add", "--cacheinfo", `120000,${oid},${path}`);
    },
    rawTree: (entries) => writeObject(directory, "tree", Buffer.concat(entries.map(treeEntryBytes))),
    id: (revision) => git("rev-parse", revision),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function treeEntryBytes({ mode, name, oid }: RawTreeEntry): Buffer {
  const bytes = typeof name === "string" ? Buffer.from(name) : name;
  return Buffer.concat([Buffer.from(`${mode} `), bytes, Buffer.from([0]), Buffer.from(oid, "hex")]);
}

/** Writes an object as it is: `--literally` lets through what Git itself would never make. */
async function writeObject(directory: string, kind: "blob" | "tree", content: Buffer): Promise<string> {
  const folder = await temporaryFolder("object");
  const file = join(folder, "content");
  try {
    await writeFile(file, content);
    return await gitIn(directory, "hash-object", "-w", "--literally", "--no-filters", "-t", kind, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
