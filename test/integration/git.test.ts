import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createTestRepository } from "../support/git-repository.ts";
import { createGitRig, type GitRig } from "../support/git-rig.ts";
import { recordingProgram } from "../support/recording-programs.ts";

const run = promisify(execFile);
const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-key\n-----END OPENSSH PRIVATE KEY-----\n";

describe("mirrors", () => {
  let rig: GitRig;
  beforeEach(async () => {
    rig = await createGitRig();
  });
  afterEach(async () => {
    await rig.close();
  });

  it("T077 refuses what is no repository URL before any Git is started", async () => {
    const git = await recordingProgram(rig.folder, "git", "exit 1");
    const repositories = rig.repositories({ environment: { PATH: git.folder }, allow: ["https"] });
    for (const url of [
      "ext::sh -c x",
      "--upload-pack=x",
      rig.origin.directory,
      "https://t@git.a/x",
      "git://git.a/x",
    ]) {
      const opening = repositories.open({ url, project: "default" });
      await expect(opening).rejects.toMatchObject({ reason: "RepositoryUrlRefused" });
    }
    expect(await git.calls()).toEqual([]);
  });

  it("shares a mirror between spellings of one URL, and never between projects", async () => {
    const repositories = rig.repositories();
    const keyOf = async (url: string, project: string) => (await repositories.open({ url, project })).key;
    const plain = await keyOf("http://git.a/x", "a");
    expect(await keyOf("http://GIT.a:80/x.git", "a")).toBe(plain);
    expect(await keyOf("http://git.a/x", "b")).not.toBe(plain);
    expect(await keyOf("http://git.a/X", "a")).not.toBe(plain);
  });

  it("keeps what was fetched for the next process, and needs no network to open it", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    await (await rig.open()).fetch({ shas: [sha], refs: [] });
    await rig.origin.remove();
    const repository = await rig.open({ stateDir: relative(process.cwd(), rig.stateDir) });
    await repository.fetch({ shas: [sha], refs: [] });
    expect((await repository.readCommit(sha)).sha).toBe(sha);
  });

  it("opens after a process was killed in the middle of a fetch", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    await (await rig.open()).fetch({ shas: [sha], refs: [] });
    const folder = await rig.mirrorFolder();
    await writeFile(join(folder, "packed-refs.lock"), "");
    await writeFile(join(folder, "objects", "pack", "tmp_pack_x"), "half");
    const next = await rig.origin.commit({ a: "2" });
    await writeFile(join(folder, "refs", "keep", `${next}.lock`), "");
    const repository = await rig.open();
    await repository.fetch({ shas: [next], refs: [] });
    expect((await repository.readCommit(next)).parents).toEqual([sha]);
    expect(await readdir(join(folder, "objects", "pack"))).not.toContain("tmp_pack_x");
  });

  it("goes on reading when the reading process is killed", async () => {
    const sha = await rig.origin.commit({ a: "1", b: "2" });
    const { stdout: realGit } = await run("sh", ["-c", "command -v git"]);
    const git = await recordingProgram(rig.folder, "git", `exec ${realGit.trim()} "$@"`);
    const repository = await rig.open({ environment: { PATH: `${git.folder}:${process.env["PATH"]}` } });
    await repository.fetch({ shas: [sha], refs: [] });
    await repository.readFile(sha, "a", 10);
    const readers = async () => (await git.calls()).filter(({ line }) => line.includes("cat-file"));
    const [first] = await readers();
    process.kill(first?.pid ?? 0, "SIGKILL");
    expect(await repository.readFile(sha, "b", 10)).toHaveLength(1);
    expect(await readers()).toHaveLength(2);
  });

  it("ends the reading process when nobody asks, and starts another for the next question", async () => {
    const sha = await rig.origin.commit({ a: "1", b: "2" });
    const { stdout: realGit } = await run("sh", ["-c", "command -v git"]);
    const git = await recordingProgram(rig.folder, "git", `exec ${realGit.trim()} "$@"`);
    const repository = await rig.open({
      environment: { PATH: `${git.folder}:${process.env["PATH"]}` },
      limits: { readerIdleMs: 20 },
    });
    await repository.fetch({ shas: [sha], refs: [] });
    await repository.readFile(sha, "a", 10);
    const [first] = (await git.calls()).filter(({ line }) => line.includes("cat-file"));
    await vi.waitFor(() => expect(() => process.kill(first?.pid ?? 0, 0)).toThrow());
    expect(await repository.readFile(sha, "b", 10)).toHaveLength(1);
  });

  it("answers a thousand questions at once over one process, in order", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`f${index}`, String(index).repeat(index)]),
    );
    const sha = await rig.origin.commit(files);
    const repository = await rig.open();
    await repository.fetch({ shas: [sha], refs: [] });
    const asked = Array.from({ length: 1_000 }, (_, index) => index % 200);
    const answers = await Promise.all(asked.map((index) => repository.readFile(sha, `f${index}`, 1_000)));
    for (const [position, index] of asked.entries()) {
      expect(Buffer.from(answers[position] ?? []).toString()).toBe(String(index).repeat(index));
    }
  });

  it("T276 passes over an object that is too large to hold, and reads the next one", async () => {
    const sha = await rig.origin.commit({ huge: "x".repeat(300_000), small: "s" });
    const repository = await rig.open({ limits: { objectBytesMax: 100_000 } });
    await repository.fetch({ shas: [sha], refs: [] });
    const [huge, small] = await Promise.all([
      repository.readFile(sha, "huge", 1e6),
      repository.readFile(sha, "small", 10),
    ]);
    expect([huge, small?.length]).toEqual([undefined, 1]);
    await expect(repository.readObject(await rig.origin.id("HEAD:huge"))).rejects.toMatchObject({
      reason: "RepositoryTooLarge",
    });
  });

  it("ends all that is under way when it is closed", async () => {
    const server = await rig.serve();
    server.behave(() => true);
    const repositories = rig.repositories();
    const repository = await repositories.open({ url: server.repositoryUrl, project: "p" });
    const listing = expect(repository.listRefs()).rejects.toThrow("closed");
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    await repositories.close();
    await listing;
    await expect(repositories.open({ url: server.repositoryUrl, project: "p" })).rejects.toThrow("closed");
  });

  it.for([
    { name: "too old", script: "echo git version 2.37.9", reason: "GitTooOld" },
    { name: "missing", script: "exit 127", reason: "GitMissing" },
  ])("says so when Git is $name", async ({ script, reason }) => {
    const git = await recordingProgram(rig.folder, "git", script);
    const repositories = rig.repositories({ environment: { PATH: `${git.folder}:/usr/bin:/bin` } });
    await expect(repositories.checkGitVersion()).rejects.toMatchObject({ reason });
    await expect(rig.open({ environment: { PATH: `${git.folder}:/usr/bin:/bin` } })).rejects.toMatchObject({
      reason,
    });
  });

  it("hands ssh a key that nobody else can read, no configuration of the user's, and takes the key away again", async () => {
    const sha = await rig.origin.commit({ a: "1" });
    const seen = join(rig.folder, "seen");
    const script = [
      `for word in "$@"; do case "$word" in IdentityFile=*) key="\${word#IdentityFile=}";; esac; done`,
      `stat -c '%a' "$key" "$(dirname "$key")" > '${seen}'; grep -c canary-key "$key" >> '${seen}'; echo "$key" >> '${seen}'`,
      // The last argument is what ssh would run on the other side.
      `for last in "$@"; do :; done; eval "$last"`,
    ].join("\n");
    const ssh = await recordingProgram(rig.folder, "ssh", script);
    const repositories = rig.repositories({
      credential: { login: { kind: "sshKey", privateKey: KEY }, knownHosts: "git.a ssh-ed25519 AAAA" },
      environment: { PATH: `${ssh.folder}:${process.env["PATH"]}` },
    });
    const repository = await repositories.open({
      url: `ssh://git@git.a:2222${rig.origin.directory}`,
      project: "p",
    });
    await repository.fetch({ shas: [sha], refs: [] });
    expect((await repository.readCommit(sha)).sha).toBe(sha);

    const [keyMode, folderMode, held, keyFile = ""] = (await readFile(seen, "utf8")).trim().split("\n");
    expect([keyMode, folderMode, held]).toEqual(["600", "700", "1"]);
    await expect(stat(keyFile)).rejects.toThrow("ENOENT");
    const [call] = await ssh.calls();
    expect(call?.line).toMatch(
      /^-F \/dev\/null .*StrictHostKeyChecking=yes .*ProxyCommand=none .*-p 2222 git@git\.a /,
    );
    expect(call?.line).not.toContain("canary");
  });

  it.for([
    { name: "a proxy that is more than one", credential: { proxy: "socks5://proxy;id" } },
    {
      name: "a token with a line break",
      credential: { login: { kind: "bearer", token: "a\nHost: evil" } } as const,
    },
    {
      name: "a user name with a colon",
      credential: { login: { kind: "basic", username: "a:b", password: "c" } } as const,
    },
    { name: "a list of hosts that is none", credential: { noProxy: "$(id)" } },
  ])("T081 refuses $name", async ({ credential }) => {
    const repository = await rig
      .repositories({ credential })
      .open({ url: "http://127.0.0.1:1/x", project: "p" });
    await expect(repository.listRefs()).rejects.toMatchObject({ reason: "RepositoryCredentialInvalid" });
  });
});

describe("a directory of this machine", () => {
  let rig: GitRig;
  beforeEach(async () => {
    rig = await createGitRig();
  });
  afterEach(async () => {
    await rig.close();
  });

  it("stands in for every URL, or for its own only", async () => {
    const other = await createTestRepository(join(rig.folder, "other"));
    const [shop, second] = [await rig.origin.commit({ a: "1" }), await other.commit({ b: "2" }, "other")];
    const repositories = rig.repositories({
      standIns: [
        { directory: rig.origin.directory },
        { url: "https://git.a/Other.git", directory: other.directory },
      ],
    });
    const tip = async (url: string) => {
      const repository = await repositories.open({ url, project: "p" });
      return (await repository.listRefs()).refs.get("refs/heads/main");
    };
    expect(await tip("https://git.a/whatever")).toBe(shop);
    expect(await tip("https://git.a/other")).toBe(second);
  });

  it("T080 runs nothing that the directory's own configuration names, and writes nothing into it", async () => {
    const proof = join(rig.folder, "proof");
    const evil = join(rig.folder, "evil");
    await writeFile(evil, `#!/bin/sh\ntouch '${proof}'\n`);
    await chmod(evil, 0o755);
    const base = await rig.origin.commit({ ".gitattributes": "* merge=evil diff=evil\n", a: "1\n" });
    await rig.origin.git("checkout", "--quiet", "-b", "topic");
    const head = await rig.origin.commit({ a: "2\n" });
    await rig.origin.git("checkout", "--quiet", "main");
    const tip = await rig.origin.commit({ a: "3\n" });
    for (const key of [
      "core.fsmonitor",
      "core.sshCommand",
      "merge.evil.driver",
      "diff.external",
      "diff.evil.command",
      "core.pager",
    ]) {
      await rig.origin.git("config", key, evil);
    }
    await rm(proof, { force: true });
    const before = await run("find", [
      rig.origin.directory,
      "-newer",
      evil,
      "-type",
      "f",
      "-path",
      "*objects*",
    ]);

    const repositories = rig.repositories({ standIns: [{ directory: rig.origin.directory }] });
    const repository = await repositories.open({ url: "x", project: "p" });
    await repository.listRefs();
    await repository.fetch({ shas: [tip], refs: [] });
    expect(await repository.mergeTrees(tip, head)).toEqual({ kind: "conflict", paths: ["a"] });
    expect(await repository.isAncestor(base, head)).toBe(true);
    await writeFile(join(rig.origin.directory, "a"), "dirty");
    expect(await repository.uncommittedPaths()).toEqual(["a"]);
    await expect(stat(proof)).rejects.toThrow("ENOENT");
    const after = await run("find", [
      rig.origin.directory,
      "-newer",
      evil,
      "-type",
      "f",
      "-path",
      "*objects*",
    ]);
    expect(after.stdout).toBe(before.stdout);
  });

  it("names what is not committed", async () => {
    await rig.origin.commit({ a: "1", "d/b": "1", c: "1" });
    await writeFile(join(rig.origin.directory, "d/b"), "2");
    await writeFile(join(rig.origin.directory, "new file"), "2");
    await rm(join(rig.origin.directory, "c"));
    const repositories = rig.repositories({ standIns: [{ directory: rig.origin.directory }] });
    const repository = await repositories.open({ url: "x", project: "p" });
    expect(await repository.uncommittedPaths()).toEqual(["c", "d/b", "new file"]);
  });

  it("may be a worktree, a folder inside one, a bare or a shallow clone", async () => {
    const first = await rig.origin.commit({ "app/a": "1" });
    const sha = await rig.origin.commit({ "app/a": "2" });
    await rig.origin.git("worktree", "add", "--quiet", join(rig.folder, "worktree"), "-b", "side");
    await rig.origin.git("clone", "--quiet", "--bare", rig.origin.directory, join(rig.folder, "bare"));
    await rig.origin.git(
      "clone",
      "--quiet",
      "--depth=1",
      `file://${rig.origin.directory}`,
      join(rig.folder, "shallow"),
    );
    for (const name of ["worktree", "shop/app", "bare", "shallow"]) {
      const repositories = rig.repositories({ standIns: [{ directory: join(rig.folder, name) }] });
      const repository = await repositories.open({ url: "x", project: "p" });
      await repository.fetch({ shas: [sha], refs: [] });
      expect((await repository.readCommit(sha)).sha).toBe(sha);
      expect(await repository.mergeTrees(sha, sha)).toMatchObject({ kind: "merged" });
      const shallow = name === "shallow";
      await expect(repository.fetch({ shas: [first], refs: [] }))[shallow ? "rejects" : "resolves"].toEqual(
        shallow ? expect.objectContaining({ reason: "RevisionNotFound" }) : undefined,
      );
    }
  });

  it("blames a shallow clone, not the revisions, for the history that it lacks", async () => {
    await rig.origin.commit({ a: "1" });
    await rig.origin.git("checkout", "--quiet", "-b", "side");
    const side = await rig.origin.commit({ b: "1" });
    await rig.origin.git("checkout", "--quiet", "main");
    const main = await rig.origin.commit({ c: "1" });
    const shallow = join(rig.folder, "shallow");
    const url = `file://${rig.origin.directory}`;
    await rig.origin.git("clone", "--quiet", "--depth=1", "--no-single-branch", url, shallow);
    const repositories = rig.repositories({ standIns: [{ directory: shallow }] });
    const repository = await repositories.open({ url: "x", project: "p" });
    await expect(repository.mergeTrees(main, side)).rejects.toMatchObject({
      reason: "HistoryIncomplete",
      remedy: expect.stringContaining("git fetch --unshallow") as string,
    });
  });

  it("says so when it is missing, or no repository", async () => {
    await mkdir(join(rig.folder, "plain"));
    for (const name of ["missing", "plain"]) {
      const repositories = rig.repositories({ standIns: [{ directory: join(rig.folder, name) }] });
      const opening = repositories.open({ url: "x", project: "p" });
      await expect(opening).rejects.toMatchObject({ reason: "RepositoryDirectoryInvalid" });
    }
  });
});
