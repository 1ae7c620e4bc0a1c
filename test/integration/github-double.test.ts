import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createGitHubDouble, type GitHubDouble } from "../../src/sandbox/github/github-double.ts";
import type { RepositoryState } from "../../src/sandbox/github/model.ts";
import { createWebhookCatcher, type WebhookCatcher } from "../support/webhook-catcher.ts";

const run = promisify(execFile);

let github: GitHubDouble;
let app: WebhookCatcher;
let shop: RepositoryState;
let folder: string;
let count = 0;

beforeAll(async () => {
  github = await createGitHubDouble();
  app = await createWebhookCatcher(github);
  folder = await mkdtemp(join(tmpdir(), "plumbline-double-"));
});

afterAll(async () => {
  await app.close();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  count += 1;
  shop = await github.createRepository({
    owner: "octo",
    name: `shop-${count}`,
    files: { "web.yaml": "replicas: 1\n" },
  });
  github.createUser("alice");
  github.grant(shop, "alice", "write");
  await github.idle();
  app.received.length = 0;
});

afterEach(async () => {
  await github.idle();
  expect(github.violations).toEqual([]);
  expect(app.received.filter(({ isSigned }) => !isSigned)).toEqual([]);
});

/** Real Git, as a person has it. */
async function git(...args: readonly string[]): Promise<string> {
  const identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"];
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_GLOBAL: "/dev/null" };
  return (await run("git", [...identity, ...args], { cwd: folder, env })).stdout;
}

async function openMore() {
  await github.push(shop, { by: "alice", branch: "more", files: { "web.yaml": "replicas: 2\n" } });
  return github.openPullRequest(shop, { by: "alice", title: "More", head: "more" });
}

/** What the App heard, sorted: deliveries come in no order. */
async function heard(): Promise<readonly string[]> {
  await github.idle();
  return [...app.names()].sort();
}

describe("Git over HTTP", () => {
  it("clones and pushes as people do, and tells the App", async () => {
    const place = await openMore();
    const clone = join(folder, `clone-${count}`);
    await git("clone", "--quiet", github.cloneUrl(shop), clone);
    await git("-C", clone, "checkout", "--quiet", "more");
    await writeFile(join(clone, "web.yaml"), "replicas: 3\n");
    await git("-C", clone, "commit", "--quiet", "-am", "Three");
    await git("-C", clone, "push", "--quiet");
    await github.idle();
    const tip = (await git("-C", clone, "rev-parse", "HEAD")).trim();
    expect(place.pull.headSha).toBe(tip);
    expect(await heard()).toEqual(["pull_request.opened", "pull_request.synchronize", "push", "push"]);
    await git("-C", clone, "fetch", "--quiet", "origin", "refs/pull/1/head", "refs/pull/1/merge");
  });

  it("serves any commit by its SHA, but lets nobody push to refs/pull", async () => {
    const place = await openMore();
    const clone = join(folder, `clone-${count}`);
    await git("clone", "--quiet", "--branch", "main", "--single-branch", github.cloneUrl(shop), clone);
    await git("-C", clone, "fetch", "--quiet", "origin", place.pull.headSha);
    await expect(git("-C", clone, "push", "--quiet", "origin", "HEAD:refs/pull/1/head")).rejects.toThrow(
      /hidden|refus/i,
    );
  });

  it("asks for a token where the repository is private", async () => {
    const secret = await github.createRepository({
      owner: "octo",
      name: `vault-${count}`,
      isPrivate: true,
      files: { a: "1" },
    });
    await expect(git("ls-remote", github.cloneUrl(secret))).rejects.toThrow(/could not read|Authentication/i);
    const { token } = github.createUser("octo");
    const withToken = github.cloneUrl(secret).replace("http://", `http://octo:${token}@`);
    expect(await git("ls-remote", withToken)).toContain("refs/heads/main");
    await expect(
      git("ls-remote", github.cloneUrl(secret).replace("http://", "http://x:ghs_wrong@")),
    ).rejects.toThrow();
  });
});

describe("pull requests", () => {
  it.for(["merge", "squash", "rebase"] as const)("merges by %s as the button does", async (method) => {
    const place = await openMore();
    await github.push(shop, { by: "octo", branch: "main", files: { "other.yaml": "a: 1\n" } });
    const sha = await github.merge(place, "alice", method);
    const { git: store } = shop;
    expect(await store.resolve("refs/heads/main")).toBe(sha);
    expect((await store.describe(sha)).parents).toHaveLength(method === "merge" ? 2 : 1);
    expect(place.pull).toMatchObject({ state: "closed", merged: { sha } });
    expect(await heard()).toEqual(["pull_request.closed", "pull_request.opened", "push", "push", "push"]);
  });

  it("cannot merge a conflict, and says so", async () => {
    const place = await openMore();
    await github.push(shop, { by: "octo", branch: "main", files: { "web.yaml": "replicas: 9\n" } });
    await expect(github.merge(place, "alice")).rejects.toMatchObject({ status: 405 });
    const [repository] = (await github.snapshot()).repositories.filter(({ id }) => id === shop.id);
    expect(repository?.pullRequests).toMatchObject([{ state: "open", isMergeable: false }]);
  });

  it("counts commits that arrive on the base by hand as merged, and closes with the branch", async () => {
    const place = await openMore();
    const clone = join(folder, `clone-${count}`);
    await git("clone", "--quiet", github.cloneUrl(shop), clone);
    await git("-C", clone, "merge", "--quiet", "origin/more");
    await git("-C", clone, "push", "--quiet");
    await github.idle();
    expect(place.pull.merged).toBeDefined();
    await github.push(shop, { by: "alice", branch: "less", files: { "web.yaml": "replicas: 0\n" } });
    const other = await github.openPullRequest(shop, { by: "alice", title: "Less", head: "less" });
    await github.deleteBranch(shop, "less", "alice");
    expect(other.pull).toMatchObject({ state: "closed", merged: undefined });
  });

  it("takes a fork's head, which shares its objects", async () => {
    const fork = await github.fork(shop, "mallory");
    await github.push(fork, { by: "mallory", branch: "evil", files: { "web.yaml": "replicas: 66\n" } });
    await github.idle();
    app.received.length = 0;
    const wanted = { by: "mallory", title: "Evil", head: "evil", headRepository: fork };
    const place = await github.openPullRequest(shop, wanted);
    expect(await shop.git.resolve("refs/pull/1/head")).toBe(place.pull.headSha);
    await github.push(fork, { by: "mallory", branch: "evil", files: { "web.yaml": "replicas: 67\n" } });
    expect(await shop.git.resolve("refs/pull/1/head")).toBe(place.pull.headSha);
    // The App is not installed on the fork: it hears nothing of the pushes there.
    expect(await heard()).toEqual(["pull_request.opened", "pull_request.synchronize"]);
    expect(await readFile(join(fork.git.folder, "objects/info/alternates"), "utf8")).toContain(
      shop.git.folder,
    );
  });

  it("is edited, retargeted, made ready, closed and reopened", async () => {
    await github.push(shop, { by: "alice", branch: "next", files: { "next.yaml": "a: 1\n" } });
    await github.push(shop, { by: "alice", branch: "more", files: { "web.yaml": "replicas: 2\n" } });
    const place = await github.openPullRequest(shop, {
      by: "alice",
      title: "More",
      head: "more",
      isDraft: true,
    });
    await github.editPullRequest(place, "alice", { title: "Much more" });
    await github.editPullRequest(place, "alice", { baseBranch: "next" });
    await github.markReady(place, "alice");
    await github.editPullRequest(place, "alice", { state: "closed" });
    await github.editPullRequest(place, "alice", { state: "open" });
    expect(place.pull).toMatchObject({
      title: "Much more",
      state: "open",
      isDraft: false,
      base: { branch: "next" },
    });
    expect(await heard()).toEqual([
      "pull_request.closed",
      "pull_request.edited",
      "pull_request.edited",
      "pull_request.opened",
      "pull_request.ready_for_review",
      "pull_request.reopened",
      "push",
      "push",
    ]);
  });

  it("goes through the merge queue", async () => {
    const place = await openMore();
    const group = await github.addMergeGroup(place, "alice");
    expect(await heard()).toContain("merge_group.checks_requested");
    await github.finishMergeGroup(place, group, "alice");
    expect(await shop.git.resolve("refs/heads/main")).toBe(group.headSha);
    expect(place.pull.merged?.sha).toBe(group.headSha);
    expect(await heard()).toEqual(expect.arrayContaining(["merge_group.destroyed", "pull_request.closed"]));
  });
});

describe("what the App hears", () => {
  it("of comments, installations, names and checks that are to run again", async () => {
    const place = await openMore();
    const comment = github.comment(place, { by: "alice", body: "/sync" });
    github.editComment(place, comment.id, { by: "octo", body: "edited" });
    github.deleteComment(place, comment.id, "alice");
    github.rename(shop, `store-${count}`, "octo");
    github.rerequestCheckSuite(shop, place.pull.headSha, "alice");
    github.removeFromInstallation(shop);
    const installation = github.install(shop);
    github.suspend(installation);
    github.comment(place, { by: "alice", body: "not heard while suspended" });
    github.unsuspend(installation);
    expect(await heard()).toEqual([
      "check_suite.rerequested",
      "installation.suspend",
      "installation.unsuspend",
      "installation_repositories.added",
      "installation_repositories.removed",
      "issue_comment.created",
      "issue_comment.deleted",
      "issue_comment.edited",
      "pull_request.opened",
      "push",
      "repository.renamed",
    ]);
  });

  it("T244 is lost, doubled and turned around as a test wants", async () => {
    const place = await openMore();
    await github.idle();
    app.received.length = 0;
    github.webhooks.drop(1, "issue_comment");
    github.comment(place, { by: "alice", body: "lost" });
    github.webhooks.duplicate(1);
    github.comment(place, { by: "alice", body: "twice" });
    await github.idle();
    expect(app.bodies()).toEqual(["twice", "twice"]);
    expect(new Set(app.received.map(({ delivery }) => delivery)).size).toBe(1);
    const held = github.webhooks.hold();
    github.comment(place, { by: "alice", body: "first" });
    github.comment(place, { by: "alice", body: "second" });
    await github.idle();
    expect(app.bodies()).toEqual(["twice", "twice"]);
    held.release("reverse");
    await github.idle();
    expect([...app.bodies()].sort()).toEqual(["first", "second", "twice", "twice"]);
    const lost = github.webhooks.deliveries().find(({ statusCode }) => statusCode === 502);
    expect(github.webhooks.redeliver(lost?.id ?? 0)).toBe(true);
    await github.idle();
    expect(app.bodies()).toContain("lost");
  });
});

describe("what a page needs", () => {
  it("is there as plain data, and changes are told", async () => {
    const events: string[] = [];
    const stop = github.subscribe(({ event, action }) => void events.push([event, action].join(".")));
    const place = await openMore();
    github.comment(place, { by: "alice", body: "/help" });
    stop();
    const snapshot = JSON.parse(JSON.stringify(await github.snapshot())) as Awaited<
      ReturnType<GitHubDouble["snapshot"]>
    >;
    const repository = snapshot.repositories.find(({ id }) => id === shop.id);
    expect(repository).toMatchObject({
      fullName: `octo/shop-${count}`,
      branches: { more: { sha: place.pull.headSha } },
      pullRequests: [
        {
          number: 1,
          title: "More",
          author: "alice",
          state: "open",
          isMergeable: true,
          comments: [{ body: "/help", isBot: false }],
        },
      ],
    });
    expect(events).toEqual(["push.", "pull_request.opened", "issue_comment.created"]);
  });

  it("registers an App as the wizard asks", async () => {
    const response = await fetch(`${github.apiUrl}/app-manifests/some-code/conversions`, { method: "POST" });
    expect(response.status).toBe(201);
    const { id, slug, webhookSecret } = github.app;
    expect(await response.json()).toMatchObject({
      id,
      slug,
      webhook_secret: webhookSecret,
      pem: github.app.privateKey,
    });
  });

  it("refuses a request that GitHub would not take, and notices one that nobody describes", async () => {
    const { token } = github.createUser("alice");
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${github.apiUrl}${path}`, { ...init, headers: { authorization: `token ${token}` } });
    const post = { method: "POST", body: JSON.stringify({ body: "x".repeat(70_000) }) };
    await openMore();
    expect((await ask(`/repos/octo/shop-${count}/issues/1/comments`, post)).status).toBe(422);
    expect((await ask(`/repos/octo/shop-${count}`, {})).status).toBe(200);
    expect((await ask("/repos/octo/nothing")).status).toBe(404);
    expect(github.violations).toEqual([]);
    await ask("/nothing/like/this");
    await ask(`/repos/octo/shop-${count}/pulls?stat=open`);
    expect(github.violations).toEqual([
      "GET /nothing/like/this: not in the description",
      "GET /repos/{owner}/{repo}/pulls: query stat: no such parameter",
    ]);
    (github.violations as string[]).length = 0;
  });
});
