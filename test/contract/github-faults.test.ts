import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createCheckRuns, createCheckRunWrites } from "../../src/adapters/github/check-runs.ts";
import { createComments, createCommentWrites } from "../../src/adapters/github/comments.ts";
import { createFailedDeliveries } from "../../src/adapters/github/failed-deliveries.ts";
import { createInstallationCredentials } from "../../src/adapters/github/installation-credential.ts";
import { createPullRequests } from "../../src/adapters/github/pull-requests.ts";
import { createPermissions, createRepositories } from "../../src/adapters/github/repositories.ts";
import type { CheckReport } from "../../src/domain/github.ts";
import { createClientFor, createGitHubRig, createNextRig, type GitHubRig } from "../support/github-rig.ts";
import { createWebhookCatcher, type WebhookCatcher } from "../support/webhook-catcher.ts";

const DONE: CheckReport = {
  status: "completed",
  conclusion: "success",
  title: "No change",
  summary: "s",
  text: "t",
};

let rig: GitHubRig;

beforeAll(async () => {
  rig = await createGitHubRig();
});

afterAll(() => rig.github.close());

beforeEach(async () => {
  rig = await createNextRig(rig);
});

afterEach(() => {
  rig.github.faults.clear();
  expect(rig.github.violations).toEqual([]);
});

describe("an answer that does not come", () => {
  it.for([
    ["after it was done", { kind: "status", status: 502, when: "after" }],
    ["before it was done", { kind: "status", status: 502, when: "before" }],
    ["because the connection broke after it was done", { kind: "reset", when: "after" }],
    ["because the connection broke before", { kind: "reset", when: "before" }],
  ] as const)("T263 leaves one comment: %s", async ([, effect]) => {
    rig.github.faults.add({ method: "POST", path: /comments$/, times: 1, effect });
    const number = rig.pull.pull.number;
    const written = await createCommentWrites(rig.client).create(
      rig.repository,
      number,
      "<!-- x -->\r\nhello\n",
    );
    expect([...rig.shop.comments.keys()]).toEqual([written.id]);
    expect(Math.abs(written.shownAt - rig.clock.now())).toBeLessThan(30_000);
  });

  it.for(["after", "before"] as const)("T263 leaves one check run: %s it was made", async (when) => {
    rig.github.faults.add({
      method: "POST",
      path: /check-runs$/,
      times: 1,
      effect: { kind: "status", status: 504, when },
    });
    const { headSha } = rig.pull.pull;
    const written = await createCheckRunWrites(rig.client).create(rig.repository, headSha, {
      ...DONE,
      externalId: "e",
    });
    expect([...rig.shop.checkRuns.keys()]).toEqual([written.id]);
    expect(await createCheckRuns(rig.client).find(rig.repository, headSha)).toMatchObject({ id: written.id });
  });

  it("T263 does not take somebody else's equal comment for its own", async () => {
    rig.github.comment(rig.pull, { by: "alice", body: "hello" });
    rig.github.faults.add({
      method: "POST",
      path: /comments$/,
      times: 1,
      effect: { kind: "status", status: 502, when: "before" },
    });
    const written = await createCommentWrites(rig.client).create(
      rig.repository,
      rig.pull.pull.number,
      "hello",
    );
    expect(rig.shop.comments.get(written.id)?.author).toBe(rig.github.app.bot);
  });

  it("T262 half of all answers are 502: what is done ends right, and is done once", async () => {
    const half = { kind: "status", status: 502, when: "after" } as const;
    rig.github.faults.add({ times: 1_000, share: 0.5, effect: half });
    const writes = createCommentWrites(rig.client);
    const number = rig.pull.pull.number;
    for (let index = 0; index < 10; index += 1)
      await untilDone(() => writes.create(rig.repository, number, `no ${index}`));
    rig.github.faults.clear();
    expect([...rig.shop.comments.values()].map(({ body }) => body)).toEqual(
      Array.from({ length: 10 }, (_, index) => `no ${index}`),
    );
    expect(await createPullRequests(rig.client).get(rig.repository, number)).toBeDefined();
  });
});

/** As the reconciler does: what may pass is tried again. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      expect(error).toMatchObject({ retryable: true });
    }
  }
}

describe("GitHub's limits", () => {
  it("T264 a short silence is waited for, a long one is reported with its length", async () => {
    const writes = createCommentWrites(rig.client);
    const number = rig.pull.pull.number;
    const limit = (retryAfterSeconds: number) =>
      rig.github.faults.add({
        method: "POST",
        times: 1,
        effect: { kind: "secondary-limit", status: 403, retryAfterSeconds },
      });
    limit(5);
    await writes.create(rig.repository, number, "waited for");
    limit(60);
    await expect(writes.create(rig.repository, number, "later")).rejects.toMatchObject({
      reason: "GitHubRateLimited",
      retryAfterMs: 60_000,
    });
    // Nothing is sent meanwhile.
    rig.github.requests.clear();
    const again = writes.create(rig.repository, number, "later");
    await expect(again).rejects.toMatchObject({ reason: "GitHubRateLimited" });
    expect(rig.github.requests.entries).toEqual([]);
    rig.clock.advance(61_000);
    await writes.create(rig.repository, number, "later");
    expect([...rig.shop.comments.values()].map(({ body }) => body)).toEqual(["waited for", "later"]);
  });

  it("T265 an installation without quota does not hold up another", async () => {
    const other = await rig.github.createRepository({
      owner: "acme",
      name: "api",
      files: { "a.yaml": "a: 1\n" },
    });
    const repositories = await createRepositories(rig.client).list();
    const acme = repositories.find(({ id }) => id === other.id);
    if (acme === undefined) throw new Error("not installed");
    rig.github.exhaustQuota(rig.repository.installationId, rig.clock.now() + 30 * 60_000);
    const pullRequests = createPullRequests(rig.client);
    const refused: unknown = await pullRequests.listOpen(rig.repository).catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: "GitHubRateLimited" });
    const { retryAfterMs = 0 } = refused as { retryAfterMs?: number };
    expect(retryAfterMs / 60_000).toBeGreaterThan(29);
    expect(retryAfterMs / 60_000).toBeLessThanOrEqual(30.1);
    expect(await pullRequests.listOpen(acme)).toEqual([]);
    expect((await createRepositories(rig.client).list()).map(({ id }) => id)).toContain(other.id);
  });

  it("stays within the limits by itself: two hundred comments are refused by nobody", async () => {
    const writes = createCommentWrites(rig.client);
    rig.github.requests.clear();
    for (let index = 0; index < 200; index += 1) {
      await untilDone(async () => {
        try {
          await writes.create(rig.repository, rig.pull.pull.number, `no ${index}`);
        } catch (error) {
          rig.clock.advance((error as { retryAfterMs?: number }).retryAfterMs ?? 0);
          throw error;
        }
      });
    }
    expect(rig.shop.comments.size).toBe(200);
    expect(rig.github.requests.entries.filter(({ status }) => status >= 400)).toEqual([]);
  });
});

describe("credentials", () => {
  it("T267 goes on with a new token when the old one is revoked", async () => {
    await createPullRequests(rig.client).listOpen(rig.repository);
    rig.github.revokeTokens();
    expect(await createPullRequests(rig.client).listOpen(rig.repository)).toHaveLength(1);
  });

  it("offers the installation's token to Git", async () => {
    const credential = await createInstallationCredentials(rig.client)(rig.repository);
    expect(credential).toMatchObject({
      username: "x-access-token",
      password: expect.stringMatching(/^ghs_/) as string,
    });
    expect(credential.expiresAt).toBeGreaterThan(rig.clock.now() + 50 * 60_000);
  });

  it("T022 says that an installation is suspended", async () => {
    rig.github.suspend(rig.github.install(rig.shop));
    const asked = createInstallationCredentials(createClientFor(rig.github, rig.clock))(rig.repository);
    await expect(asked).rejects.toMatchObject({ reason: "InstallationSuspended", retryable: false });
  });

  it.for([
    [403, "GitHubForbidden"],
    [502, "GitHubUnavailable"],
    [404, "none"],
  ] as const)(
    "T028 a permission that cannot be asked for is never taken for granted: %i",
    async ([status, expected]) => {
      rig.github.faults.add({
        path: /permission$/,
        times: 9,
        effect: { kind: "status", status, when: "before" },
      });
      const asked = createPermissions(rig.client).permissionOf(rig.repository, "alice");
      const outcome: unknown = await asked.catch((error: { reason: string }) => error.reason);
      expect(outcome).toBe(expected);
    },
  );

  it("T029 sees a right that was taken away a moment ago", async () => {
    const permissions = createPermissions(rig.client);
    expect(await permissions.permissionOf(rig.repository, "alice")).toBe("write");
    rig.github.grant(rig.shop, "alice", "read");
    expect(await permissions.permissionOf(rig.repository, "alice")).toBe("read");
  });
});

describe("many", () => {
  it("T268 sees all of 350 comments and of 101 check runs", async () => {
    for (let index = 0; index < 350; index += 1)
      rig.github.comment(rig.pull, { by: "alice", body: `no ${index}` });
    const comments = await createComments(rig.client).list(rig.repository, rig.pull.pull.number, 0);
    expect(comments.map(({ body }) => body)).toEqual(
      Array.from({ length: 350 }, (_, index) => `no ${index}`),
    );
    const writes = createCheckRunWrites(rig.client);
    const { headSha } = rig.pull.pull;
    let newest = 0;
    for (let index = 0; index < 101; index += 1) {
      newest = (await writes.create(rig.repository, headSha, { ...DONE, externalId: String(index) })).id;
    }
    expect(await createCheckRuns(rig.client).find(rig.repository, headSha)).toMatchObject({ id: newest });
  });

  it("T266 a stale read shows an older head: the caller sees the commit it got", async () => {
    const pullRequests = createPullRequests(rig.client);
    const { number } = rig.pull.pull;
    const before = (await pullRequests.get(rig.repository, number))?.head.sha;
    const pushed = await rig.github.push(rig.shop, {
      by: "alice",
      branch: "more",
      files: { "web.yaml": "replicas: 3\n" },
    });
    rig.github.faults.add({ path: /pulls\/\d+$/, times: 1, effect: { kind: "stale" } });
    expect((await pullRequests.get(rig.repository, number))?.head.sha).toBe(before);
    expect((await pullRequests.get(rig.repository, number))?.head.sha).toBe(pushed);
  });
});

describe("deliveries that failed", () => {
  let catcher: WebhookCatcher;

  beforeEach(async () => {
    catcher = await createWebhookCatcher(rig.github);
  });

  afterEach(() => catcher.close());

  it("T247 are sent again once, and only those", async () => {
    const failed = createFailedDeliveries(rig.client);
    await rig.github.idle();
    const start = rig.clock.now() + 1_000;
    rig.clock.advance(2_000);
    rig.github.comment(rig.pull, { by: "alice", body: "arrives" });
    rig.github.webhooks.drop(2);
    rig.github.comment(rig.pull, { by: "alice", body: "is lost" });
    rig.github.comment(rig.pull, { by: "alice", body: "is lost, too" });
    await rig.github.idle();
    expect(catcher.bodies()).toEqual(["arrives"]);
    expect(await failed.redeliver(start)).toBe(2);
    await rig.github.idle();
    expect(catcher.bodies()).toEqual(["arrives", "is lost", "is lost, too"]);
    expect(await failed.redeliver(start)).toBe(0);
    expect(new Set(catcher.received.map(({ delivery }) => delivery)).size).toBe(catcher.received.length);
  });
});
