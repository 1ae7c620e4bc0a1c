import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createCheckRuns, createCheckRunWrites } from "../../src/adapters/github/check-runs.ts";
import { createComments, createCommentWrites } from "../../src/adapters/github/comments.ts";
import { createCommitStatusWrites } from "../../src/adapters/github/commit-statuses.ts";
import { createIdentity } from "../../src/adapters/github/identity.ts";
import { createPullRequests } from "../../src/adapters/github/pull-requests.ts";
import { createPermissions, createRepositories } from "../../src/adapters/github/repositories.ts";
import type { CheckReport } from "../../src/domain/github.ts";
import { createGitHubRig, type GitHubRig } from "../support/github-rig.ts";

const REPORT: CheckReport = { status: "in_progress", title: "Rendering", summary: "1 Application", text: "" };
const DONE: CheckReport = { ...REPORT, status: "completed", conclusion: "success", title: "No change" };

let rig: GitHubRig;

beforeAll(async () => {
  rig = await createGitHubRig();
});

afterAll(() => rig.github.close());

afterEach(() => {
  rig.github.faults.clear();
  // GitHub's own description agrees with every request, answer and webhook so far.
  expect(rig.github.violations).toEqual([]);
});

describe("repositories", () => {
  it("lists where the App is installed and finds one by its id", async () => {
    const repositories = createRepositories(rig.client);
    expect(await repositories.list()).toMatchObject([
      { id: rig.shop.id, owner: "octo", name: "shop", defaultBranch: "main", isPrivate: false },
    ]);
    const { installationId, id } = rig.repository;
    expect(await repositories.get(installationId, id)).toEqual(rig.repository);
    expect(await repositories.get(installationId, id + 1)).toBeUndefined();
  });

  it("finds a repository by its id after it was renamed", async () => {
    const repositories = createRepositories(rig.client);
    const { installationId, id } = rig.repository;
    await repositories.get(installationId, id);
    rig.github.rename(rig.shop, "store", "octo");
    expect(await repositories.get(installationId, id)).toMatchObject({ name: "store" });
    rig.github.rename(rig.shop, "shop", "octo");
  });

  it("T022 sees nothing of an installation that is suspended", async () => {
    const repositories = createRepositories(rig.client);
    const installation = rig.github.install(rig.shop);
    rig.github.suspend(installation);
    expect(await repositories.list()).toEqual([]);
    expect(await repositories.get(installation.id, rig.shop.id)).toBeUndefined();
    rig.github.unsuspend(installation);
    expect(await repositories.list()).toHaveLength(1);
  });

  it.for([
    ["alice", "write"],
    ["octo", "admin"],
    ["nobody-knows", "none"],
  ] as const)("T025 says what %s may do: %s", async ([login, permission]) => {
    expect(await createPermissions(rig.client).permissionOf(rig.repository, login)).toBe(permission);
  });

  it.for(["triage", "maintain", "read"] as const)("T027 tells %s from its neighbours", async (permission) => {
    rig.github.grant(rig.shop, "trudy", permission);
    expect(await createPermissions(rig.client).permissionOf(rig.repository, "trudy")).toBe(permission);
  });

  it("knows who the App itself is", async () => {
    expect(await createIdentity(rig.client)(rig.repository.installationId)).toEqual({
      appId: rig.github.app.id,
      slug: "plumbline",
      botLogin: "plumbline[bot]",
      botUserId: rig.github.app.bot.id,
    });
  });
});

describe("pull requests", () => {
  it("reads one as it is now", async () => {
    const { pull } = rig.pull;
    expect(await createPullRequests(rig.client).get(rig.repository, pull.number)).toMatchObject({
      number: pull.number,
      title: "More",
      state: "open",
      isMerged: false,
      isFork: false,
      mergeCommitSha: undefined,
      base: { branch: "main", sha: pull.base.sha },
      head: { branch: "more", sha: pull.headSha },
      authorId: pull.author.id,
    });
    expect(await createPullRequests(rig.client).get(rig.repository, 999)).toBeUndefined();
  });

  it("knows a fork", async () => {
    const fork = await rig.github.fork(rig.shop, "mallory");
    await rig.github.push(fork, { by: "mallory", branch: "evil", files: { "web.yaml": "replicas: 66\n" } });
    const wanted = { by: "mallory", title: "Evil", head: "evil", headRepository: fork };
    const { pull } = await rig.github.openPullRequest(rig.shop, wanted);
    expect(await createPullRequests(rig.client).get(rig.repository, pull.number)).toMatchObject({
      isFork: true,
    });
    await rig.github.editPullRequest({ repository: rig.shop, pull }, "mallory", { state: "closed" });
  });

  it("T268 lists what changed by one request that costs nothing while nothing does", async () => {
    const pullRequests = createPullRequests(rig.client);
    expect((await pullRequests.listUpdated(rig.repository, 0)).kind).toBe("changed");
    rig.github.requests.clear();
    expect(await pullRequests.listUpdated(rig.repository, 0)).toEqual({ kind: "unchanged" });
    expect(rig.github.requests.entries.map(({ status }) => status)).toEqual([304]);
    rig.clock.advance(2_000);
    const since = rig.clock.now() - 1_000;
    rig.github.comment(rig.pull, { by: "alice", body: "hello" });
    const list = await pullRequests.listUpdated(rig.repository, since);
    expect(list).toMatchObject({ kind: "changed", pullRequests: [{ number: rig.pull.pull.number }] });
  });

  it("finds the pull request that brought a commit to its branch", async () => {
    await rig.github.push(rig.shop, { by: "alice", branch: "less", files: { "less.yaml": "a: 1\n" } });
    const place = await rig.github.openPullRequest(rig.shop, { by: "alice", title: "Less", head: "less" });
    const sha = await rig.github.merge(place, "alice", "squash");
    const found = await createPullRequests(rig.client).listForCommit(rig.repository, sha);
    expect(found).toMatchObject([{ number: place.pull.number, isMerged: true, mergeCommitSha: sha }]);
  });
});

describe("comments", () => {
  it("writes, edits, reads and lists, and dates them by GitHub's clock", async () => {
    const writes = createCommentWrites(rig.client);
    const number = rig.pull.pull.number;
    const written = await writes.create(rig.repository, number, "first");
    expect(Math.abs(written.shownAt - rig.clock.now())).toBeLessThan(2_000);
    rig.clock.advance(5_000);
    const edited = await writes.update(rig.repository, written.id, "second");
    expect(edited?.shownAt).toBeGreaterThan(written.shownAt);
    const comments = createComments(rig.client);
    const read = await comments.get(rig.repository, written.id);
    expect(read).toMatchObject({
      body: "second",
      pullRequestNumber: number,
      authorId: rig.github.app.bot.id,
      authorType: "Bot",
      viaAppId: rig.github.app.id,
    });
    expect(read?.updatedAt).toBeGreaterThan(read?.createdAt ?? 0);
    expect((await comments.list(rig.repository, number, 0)).map(({ id }) => id)).toContain(written.id);
    expect(await comments.list(rig.repository, number, rig.clock.now() + 60_000)).toEqual([]);
  });

  it("says when a comment is gone", async () => {
    const comment = rig.github.comment(rig.pull, { by: "alice", body: "/help" });
    rig.github.deleteComment(rig.pull, comment.id, "alice");
    expect(await createComments(rig.client).get(rig.repository, comment.id)).toBeUndefined();
    expect(await createCommentWrites(rig.client).update(rig.repository, comment.id, "x")).toBeUndefined();
  });

  it("reacts once, however often it is told to", async () => {
    const comment = rig.github.comment(rig.pull, { by: "alice", body: "/help" });
    const writes = createCommentWrites(rig.client);
    await writes.react(rig.repository, comment.id, "eyes");
    await writes.react(rig.repository, comment.id, "eyes");
    expect(comment.reactions.map(({ content }) => content)).toEqual(["eyes"]);
    expect(comment.updatedAt).toBe(comment.createdAt);
  });

  it("says that a text is too long", async () => {
    const creation = createCommentWrites(rig.client).create(
      rig.repository,
      rig.pull.pull.number,
      "x".repeat(70_000),
    );
    await expect(creation).rejects.toMatchObject({ reason: "GitHubTextTooLong" });
  });
});

describe("check runs", () => {
  it("finds its own newest run on a commit", async () => {
    const { headSha } = rig.pull.pull;
    const checks = createCheckRuns(rig.client);
    const writes = createCheckRunWrites(rig.client);
    expect(await checks.find(rig.repository, headSha)).toBeUndefined();
    const { id } = await writes.create(rig.repository, headSha, { ...REPORT, externalId: "a" });
    expect(await checks.find(rig.repository, headSha)).toEqual({ id, isCompleted: false, externalId: "a" });
    await writes.update(rig.repository, id, DONE);
    expect(await checks.find(rig.repository, headSha)).toEqual({ id, isCompleted: true, externalId: "a" });
    const second = await writes.create(rig.repository, headSha, { ...DONE, externalId: "b" });
    expect(await checks.find(rig.repository, headSha)).toMatchObject({ id: second.id, externalId: "b" });
  });

  it("is refused a completed run that should run again", async () => {
    const { headSha } = rig.pull.pull;
    const writes = createCheckRunWrites(rig.client);
    const { id } = await writes.create(rig.repository, headSha, { ...DONE, externalId: "c" });
    await expect(writes.update(rig.repository, id, REPORT)).rejects.toMatchObject({
      reason: "GitHubRejected",
    });
  });
});

describe("commit statuses", () => {
  it("T058 writes under its own name, whatever others write", async () => {
    const sha = rig.pull.pull.headSha;
    const status = {
      context: "plumbline/web",
      state: "pending",
      description: "waits",
      targetUrl: "",
    } as const;
    rig.github.setStatus(rig.shop, { by: "alice", sha, context: "plumbline/web", state: "success" });
    await createCommitStatusWrites(rig.client).create(rig.repository, sha, status);
    expect(rig.shop.statuses.at(-1)).toMatchObject({ context: "plumbline/web", state: "pending" });
    expect(rig.shop.statuses.at(-1)?.creator).toBe(rig.github.app.bot);
  });
});
