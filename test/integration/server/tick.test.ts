import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

/** What one tick cost while nothing had changed. */
interface Cost {
  readonly renders: number;
  readonly cluster: number;
  readonly api: readonly string[];
  /** What Git asked; `ls-remote` begins with this one request. */
  readonly git: readonly string[];
}

async function rigOf(applications: number): Promise<ServerRig> {
  const names = Array.from({ length: applications }, (_, index) => `app-${index}`);
  const rig = await createServerRig({
    applications: names.map((name) => ({ name })),
    files: Object.fromEntries(names.map((name) => [`${name}/config.yaml`, configMap(name)])),
  });
  await Promise.all(names.map((name) => rig.arrives(name)));
  await rig.settled();
  // What the start left to be looked at once more.
  await rig.server().resync();
  await rig.settled();
  return rig;
}

async function costOfTick(rig: ServerRig): Promise<Cost> {
  const { requests } = rig.clusters.get("in-cluster").control;
  const { renders } = rig.server().renderCounts();
  requests.clear();
  rig.github.requests.clear();
  const gitRequests = rig.github.gitRequests.length;
  await rig.server().resync();
  await rig.settled();
  return {
    renders: rig.server().renderCounts().renders - renders,
    cluster: requests.count(),
    api: rig.github.requests.entries.map(
      ({ operation, isConditional, status }) =>
        `${operation} ${isConditional ? "conditional" : "plain"} ${status}`,
    ),
    git: rig.github.gitRequests.slice(gitRequests).filter((request) => request.startsWith("GET ")),
  };
}

describe("a tick while nothing has changed", () => {
  const rigs = new Map<number, ServerRig>();
  beforeAll(async () => {
    for (const applications of [5, 50]) rigs.set(applications, await rigOf(applications));
  });
  afterAll(async () => {
    for (const rig of rigs.values()) await rig.close();
  });

  it.for([5, 50])(
    "renders nothing, asks no cluster, and asks GitHub once a repository, with %i Applications",
    async (applications) => {
      const rig = rigs.get(applications);
      if (rig === undefined) throw new Error("no rig");
      expect(await costOfTick(rig)).toEqual({
        renders: 0,
        cluster: 0,
        api: ["GET /repos/{owner}/{repo}/pulls conditional 304"],
        git: ["GET /octo/shop.git/info/refs?service=git-upload-pack"],
      });
    },
  );
});

describe("the timer", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({ reconcileMs: 500 });
    await rig.arrives("web");
  });
  afterAll(() => rig.close());

  it("T244 brings a pull request, a push, a command and a merge to their ends with every delivery lost", async () => {
    rig.github.webhooks.drop(1_000_000);
    const pull = await rig.propose({ "web/config.yaml": configMap("web", "two") });
    await rig.until("the check is there", () => rig.checks(pull.pull.headSha).at(-1)?.conclusion);
    await rig.until("and the comment", () => /^\+ two$/m.exec(rig.sticky(pull)?.body ?? "") ?? undefined);

    const head = await rig.push({ "web/config.yaml": configMap("web", "three") }, "change");
    await rig.until("the new head has its check", () => rig.checks(head).at(-1)?.conclusion);

    const help = rig.say(pull, "/help", "eve");
    await rig.until("the command is answered", () => rig.reply(help));

    rig.later();
    const sha = await rig.github.merge(pull, "alice");
    await rig.until("the merge commit is told", () =>
      rig.statuses(sha).find((line) => line.startsWith("plumbline/web success")),
    );
    await rig.until("and the comment", () =>
      rig.sticky(pull)?.body.includes("1 Application is Synced and Healthy") === true ? true : undefined,
    );
  });

  it("finds a command that was written in the very second in which comments had been read", async () => {
    const pull = await rig.propose({ "web/config.yaml": configMap("web", "four") }, "again");
    await rig.until("the check is there", () => rig.checks(pull.pull.headSha).at(-1)?.conclusion);
    const first = rig.say(pull, "/help", "eve");
    await rig.until("the first is answered", () => rig.reply(first));
    // GitHub's clock stands where it is: the pull request's updated_at does not change by this one.
    const second = rig.github.comment(pull, { by: "eve", body: "/status" });
    await rig.until("the second is answered", () => rig.reply(second));
  });
});

describe("a timer that is faster than what it asks for", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({ reconcileMs: 100 });
    await rig.arrives("web");
  });
  afterAll(() => rig.close());

  it("does not interrupt a preview that takes longer than its interval", async () => {
    rig.github.faults.add({ effect: { kind: "slow", ms: 500 }, times: 1_000, path: /\/pulls\/\d+$/ });
    const pull = await rig.propose({ "web/config.yaml": configMap("web", "two") });
    await rig.until("the check is there", () => rig.checks(pull.pull.headSha).at(-1)?.conclusion);
    rig.github.faults.clear();
  });

  it("T247 has failed deliveries sent again, for nothing else tells of a merge group", async () => {
    const pull = await rig.propose({ "web/config.yaml": configMap("web", "three") }, "queued");
    rig.github.webhooks.drop(1, "merge_group");
    const { headSha } = await rig.github.addMergeGroup(pull, "alice");
    await rig.until("the group has its check", () => rig.checks(headSha).at(-1)?.conclusion);
    expect(rig.github.violations).toEqual([]);
  });
});
