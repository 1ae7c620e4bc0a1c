import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

import { makeTemporaryFolder } from "../../../../src/adapters/system/temporary-folder.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "temporary-folder-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const make = (purpose = "test") => makeTemporaryFolder({ purpose, parent });

/** A folder as a process leaves it that was killed: its owner is the one named, with more in it. */
async function leftBy(pid: number, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { path } = await make("left");
  const file = join(path, ".plumbline-owner");
  const owner = JSON.parse(await readFile(file, "utf8")) as object;
  await writeFile(file, JSON.stringify({ ...owner, pid, ...change }));
  await writeFile(join(path, "more"), "more");
  return path;
}

/** The number of a process that has been. */
async function deadProcess(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

const isThere = async (path: string) => (await readdir(parent)).some((name) => path.endsWith(name));

it("makes a folder of its own, and removes it", async () => {
  const { path, remove } = await make();
  expect(await readdir(parent)).toEqual([expect.stringMatching(/^plumbline-test-/)]);
  await writeFile(join(path, "file"), "");
  await remove();
  expect(await readdir(parent)).toEqual([]);
});

it("removes what a process left that is dead", async () => {
  const left = await leftBy(await deadProcess());
  await make();
  expect(await isThere(left)).toBe(false);
});

it("removes what a process left whose number another one has now", async () => {
  const left = await leftBy(process.pid, { startedAt: "1" });
  await make();
  expect(await isThere(left)).toBe(false);
});

it.for<readonly [string, () => Promise<string>]>([
  ["what a living process owns", () => leftBy(process.pid)],
  [
    "what a process of another machine, container or boot owns",
    async () => leftBy(await deadProcess(), { world: "another" }),
  ],
  ["what has no owner", () => mkdtemp(join(parent, "plumbline-nobody-"))],
  ["what says nothing sensible of its owner", async () => leftBy(await deadProcess(), { startedAt: 7 })],
])("leaves %s", async ([, left]) => {
  const path = await left();
  await make();
  expect(await isThere(path)).toBe(true);
});

it("follows no link, neither to a folder nor out of one", async () => {
  const elsewhere = join(parent, "elsewhere");
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, "kept"), "");
  const left = await leftBy(await deadProcess());
  await symlink(elsewhere, join(left, "link"));
  const owner = await readFile(join(left, ".plumbline-owner"), "utf8");
  await writeFile(join(elsewhere, ".plumbline-owner"), owner);
  await symlink(elsewhere, join(parent, "plumbline-link"));
  await make();
  expect(await isThere(left)).toBe(false);
  expect(await readdir(elsewhere)).toContain("kept");
  expect(await readdir(parent)).toContain("plumbline-link");
});
