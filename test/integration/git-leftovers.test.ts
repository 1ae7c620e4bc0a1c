import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

import { createGitRig } from "../support/git-rig.ts";

it("removes keys and certificates that a killed process left, before it makes any of its own", async () => {
  const rig = await createGitRig();
  try {
    const left = join(rig.stateDir, "git", "private", "access-x1y2z3");
    await mkdir(left, { recursive: true });
    await writeFile(join(left, "key"), "canary-key");
    await rig.repositories().open({ url: rig.origin.directory, project: "default" });
    expect(await readdir(join(rig.stateDir, "git"))).not.toContain("private");
  } finally {
    await rig.close();
  }
});

it("T274 removes what a process left that was killed while it made a mirror again", async () => {
  const rig = await createGitRig();
  try {
    const address = { url: rig.origin.directory, project: "default" };
    const { key } = await rig.repositories().open(address);
    await rig.repositories().close();
    const git = join(rig.stateDir, "git");
    for (const end of ["new", "damaged"])
      await mkdir(join(git, `${key}.git.${end}`, "objects"), { recursive: true });
    await rig.repositories().open(address);
    expect(await readdir(git)).toEqual([`${key}.git`]);
  } finally {
    await rig.close();
  }
});
