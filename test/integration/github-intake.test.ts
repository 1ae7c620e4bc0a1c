import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createCheckRunWrites } from "../../src/adapters/github/check-runs.ts";
import { createCommentWrites } from "../../src/adapters/github/comments.ts";
import { requestKey } from "../../src/domain/reconcile-request.ts";
import { createGitHubRig, type GitHubRig } from "../support/github-rig.ts";
import { createIntakeRig, type IntakeRig } from "../support/intake-rig.ts";

let rig: GitHubRig;
let intake: IntakeRig;

beforeAll(async () => {
  [rig, intake] = await Promise.all([createGitHubRig(), createIntakeRig()]);
  intake.secrets = [rig.github.app.webhookSecret];
  rig.github.app.webhookUrl = intake.url;
  await rig.github.idle();
});

afterAll(async () => {
  await intake.close();
  await rig.github.close();
});

afterEach(() => {
  expect(rig.github.violations).toEqual([]);
  expect(intake.errors).toEqual([]);
});

/** Keys of what was asked for since the last time, without repetitions. */
async function asked(): Promise<readonly string[]> {
  await rig.github.idle();
  const keys = new Set(intake.accepted.map(requestKey));
  intake.accepted.length = 0;
  return [...keys].sort();
}

describe("what GitHub tells becomes requests to look", () => {
  it("of a push, a comment, a merge, a merge group and the re-run buttons", async () => {
    const { github, shop, pull, repository } = rig;
    const id = shop.id;
    await github.push(shop, { by: "alice", branch: "more", files: { "web.yaml": "replicas: 3\n" } });
    expect(await asked()).toEqual([`pull/${id}/1`, `ref/${id}/refs/heads/more`]);
    const comment = github.comment(pull, { by: "alice", body: "/sync web" });
    expect(await asked()).toEqual([`comment/${id}/${comment.id}`]);
    const { headSha } = pull.pull;
    const writes = createCheckRunWrites(rig.client);
    const done = { status: "completed", conclusion: "success", title: "t", summary: "s", text: "" } as const;
    const run = await writes.create(repository, headSha, { ...done, externalId: "e" });
    await asked();
    github.rerequestCheckRun(shop, run.id, "alice");
    expect(await asked()).toEqual([`check/${id}/${headSha}`]);
    github.rerequestCheckSuite(shop, headSha, "alice");
    expect(await asked()).toEqual([`check/${id}/${headSha}`]);
    const group = await github.addMergeGroup(pull, "alice");
    expect(await asked()).toEqual([`check/${id}/${group.headSha}`]);
    await github.finishMergeGroup(pull, group, "alice");
    expect(await asked()).toEqual([`pull/${id}/1`, `ref/${id}/refs/heads/main`]);
    github.rename(shop, "store", "octo");
    expect(await asked()).toEqual(["installations"]);
    expect(github.webhooks.deliveries().filter(({ statusCode }) => statusCode !== 202)).toHaveLength(
      // Those before the App listened.
      github.webhooks.deliveries().filter(({ status }) => status === "failed to connect to host").length,
    );
  });

  it("T047 T050 but not of what the App itself did", async () => {
    await asked();
    const writes = createCommentWrites(rig.client);
    const repository = { ...rig.repository, name: rig.shop.name };
    const written = await writes.create(repository, rig.pull.pull.number, "Say `/sync`, or\n/sync");
    await writes.update(repository, written.id, "/sync now");
    await writes.react(repository, written.id, "rocket");
    expect(await asked()).toEqual([]);
    const said = rig.github.webhooks.deliveries().filter(({ event }) => event === "issue_comment");
    expect(said.length).toBeGreaterThanOrEqual(2);
  });

  it("T002 and nothing of what another signs", async () => {
    const { webhookSecret } = rig.github.app;
    rig.github.app.webhookSecret = "another secret";
    rig.github.comment(rig.pull, { by: "alice", body: "/sync" });
    expect(await asked()).toEqual([]);
    expect(rig.github.webhooks.deliveries()[0]).toMatchObject({ statusCode: 401 });
    rig.github.app.webhookSecret = webhookSecret;
  });
});
