import { copyFile, mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { OperationError } from "../../errors/operation-error.ts";
import type { RemoteRefs } from "../../ports/git.ts";
import { GitFailure } from "./git-failure.ts";
import type { GitLimits } from "./git-limits.ts";
import type { GitOutput, GitProcess } from "./git-process.ts";
import { initMirror } from "./mirror-store.ts";
import { parseRefs } from "./remote-refs.ts";
import type { RepositoryCommands } from "./repository-commands.ts";

/** Somebody's own checkout or bare repository, on this machine. Nothing in it is ever written. */
export interface LocalDirectory {
  /** For messages. */
  readonly directory: string;
  listRefs(): Promise<RemoteRefs>;
  /** Paths that differ from HEAD or are untracked; empty in a bare repository. */
  uncommittedPaths(): Promise<readonly string[]>;
  /** Where its objects are. */
  readonly objects: string;
  /** List of commits whose parents a shallow clone lacks; the file may not exist. */
  readonly shallowFile: string;
}

export interface LocalDirectoryOptions {
  readonly git: GitProcess;
  readonly directory: string;
  readonly limits: GitLimits;
  readonly closed: AbortSignal;
}

/** @throws OperationError RepositoryDirectoryInvalid */
export async function openLocalDirectory(options: LocalDirectoryOptions): Promise<LocalDirectory> {
  const directory = await realpath(options.directory).catch((error: unknown) => {
    const facts = { directory: options.directory, detail: "There is no such directory." };
    throw OperationError.of("RepositoryDirectoryInvalid", facts, { cause: error });
  });
  const run = (gitArguments: readonly string[], exitCodes: readonly number[] = [0]) =>
    runIn({ ...options, directory }, gitArguments, exitCodes);

  const paths = ["objects", "shallow"].flatMap((path) => ["--git-path", path]);
  const { stdout } = await run(["rev-parse", ...paths, "--is-bare-repository", "--show-object-format"]);
  const [objects = "", shallow = "", isBare, format] = stdout.toString("utf8").trimEnd().split("\n");
  if (format !== "sha1") {
    const detail = "Its object ids are SHA-256, which is not supported.";
    throw OperationError.of("RepositoryDirectoryInvalid", { directory, detail });
  }

  return {
    directory,
    objects: resolve(directory, objects),
    shallowFile: resolve(directory, shallow),
    async listRefs() {
      // Exit code 1: no refs yet, or a HEAD that names no branch. Both are states, not failures.
      const [refs, head] = await Promise.all([
        run(["show-ref", "--head", "--dereference"], [0, 1]),
        run(["symbolic-ref", "--quiet", "HEAD"], [0, 1]),
      ]);
      return { ...parseRefs(refs.stdout.toString("utf8")), head: head.stdout.toString("utf8").trim() };
    },
    async uncommittedPaths() {
      if (isBare === "true") return [];
      const { stdout: status } = await run([
        "status",
        "--porcelain",
        "-z",
        "--no-renames",
        "--ignore-submodules=all",
      ]);
      const lines = status.toString("utf8").split("\0");
      return lines
        .filter((line) => line !== "")
        .map((line) => line.slice("XY ".length))
        .sort();
    },
  };
}

/**
 * Makes an empty repository of our own that borrows the directory's objects: what it is asked runs under our
 * configuration, not the directory's, and what it writes (a merge's trees) stays out of it.
 */
export async function borrowObjects(
  { objects, shallowFile }: LocalDirectory,
  gitDirectory: string,
  run: RepositoryCommands["run"],
): Promise<void> {
  await initMirror(run, gitDirectory);
  await mkdir(join(gitDirectory, "objects", "info"), { recursive: true });
  await writeFile(join(gitDirectory, "objects", "info", "alternates"), `${objects}\n`);
  await rm(join(gitDirectory, "shallow"), { force: true });
  await copyFile(shallowFile, join(gitDirectory, "shallow")).catch(ignoreMissing);
}

async function runIn(
  { git, directory, limits, closed }: LocalDirectoryOptions,
  gitArguments: readonly string[],
  exitCodes: readonly number[],
): Promise<GitOutput> {
  try {
    return await git.run({
      arguments: ["-C", directory, "--no-optional-locks", ...gitArguments],
      // Named by its user, it may belong to another one, as checkouts in containers do; what lies above it may not.
      settings: [["safe.directory", directory]],
      exitCodes,
      timeoutMs: limits.localTimeoutMs,
      outputBytesMax: limits.outputBytesMax,
      signal: closed,
    });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw OperationError.of(
      "RepositoryDirectoryInvalid",
      { directory, detail: detailOf(error) },
      { cause: error },
    );
  }
}

function detailOf({ stderr }: GitFailure): string {
  if (/not a git repository/.test(stderr))
    return "Run `git init` and commit there, or name another directory.";
  if (/dubious ownership/.test(stderr))
    return "It belongs to another user: name the repository's topmost directory.";
  return "Git's own words are in the log (`LOG_LEVEL=debug`).";
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
