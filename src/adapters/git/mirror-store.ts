import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { RepositoryCommands } from "./repository-commands.ts";

/** Commits that are complete in the mirror, with all they reach, are named here; what is named here is never lost. */
export const KEPT_REFS = "refs/keep/";

/** What a fetch by ref name brought, until the commits wanted from it are kept. */
export const FOUND_REFS = "refs/found/";

/** Makes an empty bare repository where there is none. */
export async function initMirror(
  run: RepositoryCommands["run"],
  gitDirectory: string,
): Promise<"made" | "existed"> {
  await removeLeftovers(gitDirectory);
  if (await exists(join(gitDirectory, "HEAD"))) return "existed";
  await rm(gitDirectory, { recursive: true, force: true });
  await mkdir(dirname(gitDirectory), { recursive: true, mode: 0o700 });
  await run({
    arguments: ["init", "--quiet", "--bare", "--template=", "--initial-branch=none", "--", gitDirectory],
  });
  return "made";
}

/** Where a mirror is made that is to take the place of a damaged one. */
export function freshOf(gitDirectory: string): string {
  return `${gitDirectory}.new`;
}

function damagedOf(gitDirectory: string): string {
  return `${gitDirectory}.damaged`;
}

/** What a process left that was killed while it made a mirror again: up to two more of the same size. */
export async function removeHalfReplaced(gitDirectory: string): Promise<void> {
  for (const folder of [freshOf(gitDirectory), damagedOf(gitDirectory)]) {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts a freshly made mirror in the place of a damaged one; readers of the old one are asked to start over. */
export async function replaceMirror(fresh: string, gitDirectory: string): Promise<void> {
  const damaged = damagedOf(gitDirectory);
  await rm(damaged, { recursive: true, force: true });
  await rename(gitDirectory, damaged).catch(ignoreMissing);
  await rename(fresh, gitDirectory);
  await rm(damaged, { recursive: true, force: true });
}

/** Full SHAs of the commits kept, oldest first as far as it is known. */
export async function listKept(run: RepositoryCommands["run"]): Promise<readonly string[]> {
  const { stdout } = await run({
    arguments: ["for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", KEPT_REFS],
  });
  return stdout
    .toString("latin1")
    .split("\n")
    .flatMap((line) => {
      const [name, sha] = line.split(" ");
      return name !== undefined && name === sha ? [sha] : [];
    });
}

/** Bytes of all packs, also of one that is being written. */
export async function packBytes(gitDirectory: string): Promise<number> {
  const folder = join(gitDirectory, "objects", "pack");
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

/** What a killed process left behind: locks that would stop every later one, and halves of packs. */
async function removeLeftovers(gitDirectory: string): Promise<void> {
  const places = ["", "refs/keep", "refs/found", "objects/pack", "objects/info"];
  for (const place of places) {
    const folder = join(gitDirectory, place);
    const names = await readdir(folder).catch(() => []);
    const leftovers = names.filter((name) => name.endsWith(".lock") || /^\.?tmp[-_]/.test(name));
    await Promise.all(leftovers.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
