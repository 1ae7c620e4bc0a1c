import { createVerify, generateKeyPairSync } from "node:crypto";

import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createGitHubClient } from "../../../../src/adapters/github/client.ts";
import { createFakeClock, type FakeClock } from "../../../support/fake-clock.ts";

const BASE = "https://api.github.example";
const HOUR_MS = 3_600_000;
const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

let clock: FakeClock;

beforeEach(() => {
  nock.disableNetConnect();
  clock = createFakeClock();
});

afterEach(() => {
  const left = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(left).toEqual([]);
});

const client = () => createGitHubClient({ appId: 17, privateKey, baseUrl: BASE, clock, random: () => 0 });

/** GitHub hands out a token. */
function mints(token: string, lifetimeMs = HOUR_MS): nock.Scope {
  const body = { token, expires_at: new Date(clock.now() + lifetimeMs).toISOString() };
  return nock(BASE).post("/app/installations/3/access_tokens").reply(201, body);
}

function answers(status: number, body: unknown, headers: Record<string, string> = {}): nock.Scope {
  return nock(BASE)
    .get("/repos/octo/shop")
    .reply(status, body as nock.Body, headers);
}

/** Asks something as installation 3 while time goes on. */
async function ask(github = client()): Promise<unknown> {
  const asked = github
    .asInstallation(3)
    .rest.repos.get({ owner: "octo", repo: "shop" })
    .then(({ data }) => data.id);
  asked.catch(() => undefined);
  await until(asked);
  return asked;
}

/** Lets the clock run while something waits for it. */
async function until(settled: Promise<unknown>): Promise<void> {
  let isSettled = false;
  const mark = (): void => {
    isSettled = true;
  };
  settled.then(mark, mark);
  for (let turn = 0; turn < 200 && !isSettled; turn += 1) await clock.advance(clock.sleepers() > 0 ? 500 : 0);
}

describe("credentials", () => {
  it("proves to be the App by a token that GitHub can check, dated a minute back", async () => {
    let jwt = "";
    nock(BASE)
      .get("/app")
      .matchHeader("authorization", (value) => {
        jwt = String(value).replace("Bearer ", "");
        return true;
      })
      .reply(200, { id: 17 });
    await client().asApp().rest.apps.getAuthenticated();
    const [header = "", claims = "", signature = ""] = jwt.split(".");
    const verify = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    expect(verify.verify(publicKey, signature, "base64url")).toBe(true);
    const now = clock.now() / 1000;
    const { iat, exp, iss } = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<
      string,
      unknown
    >;
    expect(iat).toBe(now - 60);
    expect(exp).toBeLessThanOrEqual(now + 600);
    expect(iss).toBe("17");
  });

  it("mints one token for many requests, and another before it ends", async () => {
    const github = client();
    mints("ghs_one");
    nock(BASE)
      .get("/repos/octo/shop")
      .times(3)
      .matchHeader("authorization", "token ghs_one")
      .reply(200, { id: 5 });
    await Promise.all([ask(github), ask(github), ask(github)]);
    await clock.advance(HOUR_MS - 4 * 60_000);
    mints("ghs_two");
    nock(BASE).get("/repos/octo/shop").matchHeader("authorization", "token ghs_two").reply(200, { id: 5 });
    expect(await ask(github)).toBe(5);
  });

  it("T267 takes another token when one ends early, once", async () => {
    const github = client();
    mints("ghs_one");
    answers(401, { message: "Bad credentials" });
    mints("ghs_two");
    nock(BASE).get("/repos/octo/shop").matchHeader("authorization", "token ghs_two").reply(200, { id: 5 });
    expect(await ask(github)).toBe(5);
  });

  it("T267 tries no third credential", async () => {
    mints("ghs_one");
    answers(401, { message: "Bad credentials" });
    mints("ghs_two");
    answers(401, { message: "Bad credentials" });
    await expect(ask()).rejects.toMatchObject({ reason: "GitHubCredentialRefused", retryable: false });
  });

  it("T267 goes by GitHub's clock when GitHub refuses ours", async () => {
    const github = client();
    const ahead = clock.now() + 90_000;
    nock(BASE)
      .get("/app")
      .reply(401, { message: "'exp' is too far" }, { date: new Date(ahead).toUTCString() });
    nock(BASE)
      .get("/app")
      .matchHeader("authorization", (value) => {
        const claims = String(value).split(".")[1] ?? "";
        const { iat } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { iat: number };
        return iat === ahead / 1000 - 60;
      })
      .reply(200, { id: 17 });
    const { data } = await github.asApp().rest.apps.getAuthenticated();
    expect(data?.id).toBe(17);
  });
});

describe("failures", () => {
  it.for<[string, number, unknown, Record<string, string>, Record<string, unknown>]>([
    [
      "permission",
      403,
      { message: "Resource not accessible by integration" },
      { "x-accepted-github-permissions": "checks=write" },
      { reason: "GitHubForbidden", remedy: expect.stringContaining("checks=write") as string },
    ],
    [
      "suspension",
      403,
      { message: "This installation has been suspended" },
      {},
      { reason: "InstallationSuspended" },
    ],
    ["absence", 404, { message: "Not Found" }, {}, { reason: "GitHubNotFound" }],
    [
      "length",
      422,
      {
        message: "Validation Failed",
        errors: [{ message: "body is too long (maximum is 65536 characters)" }],
      },
      {},
      { reason: "GitHubTextTooLong" },
    ],
    [
      "nonsense",
      422,
      { message: "Validation Failed", errors: ["base is invalid"] },
      {},
      { reason: "GitHubRejected", remedy: expect.stringContaining("base is invalid") as string },
    ],
    [
      "secondary limit",
      403,
      { message: "secondary rate limit" },
      { "retry-after": "90" },
      { reason: "GitHubRateLimited", retryAfterMs: 90_000 },
    ],
    [
      "secondary limit without a word",
      429,
      { message: "slow down" },
      {},
      { reason: "GitHubRateLimited", retryAfterMs: 60_000 },
    ],
  ])("names the %s", async ([, status, body, headers, expected]) => {
    mints("ghs_one");
    answers(status, body, headers);
    await expect(ask()).rejects.toMatchObject(expected);
  });

  it("counts the primary limit's reset by GitHub's clock", async () => {
    mints("ghs_one");
    const theirs = clock.now() + 120_000;
    answers(
      403,
      { message: "API rate limit exceeded" },
      {
        date: new Date(theirs).toUTCString(),
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(theirs / 1000 + 1_800),
      },
    );
    await expect(ask()).rejects.toMatchObject({ reason: "GitHubRateLimited", retryAfterMs: 1_800_000 });
  });

  it("T262 reads again after 502, and gives up after three times", async () => {
    const github = client();
    mints("ghs_one");
    answers(502, "bad gateway");
    answers(503, "unavailable");
    answers(200, { id: 5 });
    expect(await ask(github)).toBe(5);
    for (const status of [502, 502, 504]) answers(status, "");
    await expect(ask(github)).rejects.toMatchObject({ reason: "GitHubUnavailable", retryable: true });
  });

  it("T263 does not write again by itself what may have been written", async () => {
    mints("ghs_one");
    nock(BASE).post("/repos/octo/shop/issues/7/comments").reply(502, "");
    const { issues } = client().asInstallation(3).rest;
    const creation = issues.createComment({ owner: "octo", repo: "shop", issue_number: 7, body: "x" });
    await expect(creation).rejects.toMatchObject({ reason: "GitHubUnavailable" });
  });

  it("says that there was no answer", async () => {
    mints("ghs_one");
    for (let time = 0; time < 3; time += 1) nock(BASE).get("/repos/octo/shop").replyWithError("ECONNRESET");
    await expect(ask()).rejects.toMatchObject({ title: "GitHub did not answer" });
  });

  it("shows no token in what it says", async () => {
    mints("ghs_canary");
    answers(403, { message: "no" });
    const error: unknown = await ask().catch((failure: unknown) => failure);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("canary");
    expect((error as Error).stack).not.toContain("canary");
  });

  it("hands a 304 back as an answer", async () => {
    mints("ghs_one");
    answers(304, "");
    const response = await client().asInstallation(3).rest.repos.get({ owner: "octo", repo: "shop" });
    expect(response.status).toBe(304);
  });
});
