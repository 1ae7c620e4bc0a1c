import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createGitRig, type GitRig } from "../support/git-rig.ts";

const run = promisify(execFile);

describe("mirrors that are damaged", () => {
  let rig: GitRig;
  beforeEach(async () => {
    rig = await createGitRig();
  });
  afterEach(async () => {
    await rig.close();
  });

  it("T274 makes a mirror again whose objects are damaged, once, when a read finds out", async () => {
    const sha = await rig.origin.commit({ a: "1", b: "2" });
    const repositories = rig.repositories();
    const repository = await repositories.open({ url: rig.origin.directory, project: "default" });
    await repository.fetch({ shas: [sha], refs: [] });
    await damage(await rig.mirrorFolder());

    await expect(repository.readFile(sha, "b", 10)).rejects.toMatchObject({
      reason: "RepositoryDamaged",
      retryable: true,
    });
    await vi.waitFor(async () => expect(await repository.readFile(sha, "b", 10)).toHaveLength(1), {
      timeout: 20_000,
    });
    const made = () => rig.log.lines.filter(({ message }) => message === "A mirror was made again");
    await vi.waitFor(() => expect(made()).toHaveLength(1));
    await damage(await rig.mirrorFolder());
    await expect(repository.readFile(sha, "b", 10)).rejects.toMatchObject({ reason: "RepositoryDamaged" });
    await repositories.close();
    expect(made()).toHaveLength(1);
  });

  it("T274 knows a fetched commit's own tree for damaged where it is missing", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    const repositories = rig.repositories();
    const repository = await repositories.open({ url: rig.origin.directory, project: "default" });
    await repository.fetch({ shas: [sha], refs: [] });
    const { tree } = await repository.readCommit(sha);
    await damage(await rig.mirrorFolder());
    const damaged = { reason: "RepositoryDamaged", retryable: true };
    await expect(repositories.readObject(repository.key, tree)).rejects.toMatchObject(damaged);
    await vi.waitFor(async () => expect((await repository.entryAt(tree, "a")).kind).toBe("file"), {
      timeout: 20_000,
    });
  });

  it("T274 makes a damaged mirror again when a fetch finds out, with all that was in it", async () => {
    const [first, second] = [await rig.origin.commit({ a: "1" }), await rig.origin.commit({ a: "2" })];
    const repository = await rig.open();
    await repository.fetch({ shas: [first], refs: [] });
    await repository.fetch({ shas: [second], refs: [] });
    await damage(await rig.mirrorFolder());

    const third = await rig.origin.commit({ a: "3" });
    await repository.fetch({ shas: [third], refs: [] });
    for (const sha of [first, second, third]) expect((await repository.readCommit(sha)).sha).toBe(sha);
  });

  it("T274 makes a mirror again that cannot even be opened", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    await (await rig.open()).fetch({ shas: [sha], refs: [] });
    await writeFile(join(await rig.mirrorFolder(), "HEAD"), "nonsense");
    const repository = await rig.open();
    await repository.fetch({ shas: [sha], refs: [] });
    expect((await repository.readCommit(sha)).sha).toBe(sha);
  });
});

/** Overwrites the middle of every object, packed or not. */
async function damage(gitDirectory: string): Promise<void> {
  const { stdout } = await run("find", [
    join(gitDirectory, "objects"),
    "-type",
    "f",
    "(",
    "-name",
    "*.pack",
    "-o",
    "-path",
    "*/??/*",
    ")",
  ]);
  for (const file of stdout.split("\n").filter((line) => line !== "")) {
    await chmod(file, 0o644);
    const content = await readFile(file);
    content.fill(0x5a, Math.min(12, content.length >> 1));
    await writeFile(file, content);
  }
}
