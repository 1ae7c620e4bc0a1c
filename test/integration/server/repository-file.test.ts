import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

const NAMES = ["one", "two", "three"] as const;

describe("what .github/plumbline.yml says", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      files: Object.fromEntries(NAMES.map((name) => [`${name}/config.yaml`, configMap(name)])),
      applications: NAMES.map((name) => ({ name })),
    });
    await Promise.all(NAMES.map((name) => rig.arrives(name)));
    await rig.settled();
  });
  afterAll(() => rig.close());

  async function says(text: string): Promise<void> {
    await rig.push({ ".github/plumbline.yml": text });
    await rig.settled();
  }

  async function changing(
    branch: string,
    names: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<PullPlace> {
    const files = Object.fromEntries(
      names.map((name) => [`${name}/config.yaml`, configMap(name, branch)] as const),
    );
    const pull = await rig.propose({ ...files, ...more }, branch);
    await rig.settled();
    return pull;
  }

  /** Checks on the head, by name: the newest of each. */
  function checks({ pull }: PullPlace): Readonly<Record<string, string>> {
    const runs = [...rig.shop.checkRuns.values()].filter(({ headSha }) => headSha === pull.headSha);
    return Object.fromEntries(
      runs.map(({ name, conclusion, output }) => [name, `${conclusion} ${output.title}`]),
    );
  }

  it("comment.when never: the check alone, before and after the merge, and replies to who asks", async () => {
    await says("comment: { when: never }\n");
    const pull = await changing("never", ["one"]);
    expect(checks(pull)).toEqual({ plumbline: "success 1 Application changes: 1 modified" });
    rig.later();
    const sha = await rig.github.merge(pull, "alice");
    await rig.until("the commit is told", () =>
      rig.statuses(sha).find((line) => line.startsWith("plumbline/one success")),
    );
    await rig.settled();
    const help = rig.say(pull, "/status");
    await rig.settled();
    expect(rig.reply(help)?.body).toContain("`one`");
    expect(rig.sticky(pull)).toBeUndefined();
  });

  it("comment.when always: also where no Application is affected", async () => {
    await says("comment: { when: always }\n");
    const pull = await changing("always", [], { "README.md": "words\n" });
    expect(rig.sticky(pull)?.body).toContain("No Application is affected");
  });

  it("counts as the base branch has it, not the pull request", async () => {
    await says("comment: { when: affected }\n");
    const pull = await changing("own-rules", ["one"], {
      ".github/plumbline.yml": "comment: { when: never }\n",
    });
    expect(rig.sticky(pull)?.body).toContain("1 Application changes");
  });

  it("check.perApplication: a check for each, that is over when the Application is not affected any more", async () => {
    await says("check: { perApplication: true }\n");
    const pull = await changing("each", ["one", "two"]);
    expect(checks(pull)).toEqual({
      plumbline: "success 2 Applications change: 2 modified",
      "plumbline: one": "success 1 modified",
      "plumbline: two": "success 1 modified",
    });
    const writes = rig.writes().length;
    rig.say(pull, "/diff");
    await rig.settled();
    const again = rig
      .writes()
      .slice(writes)
      .filter(({ path }) => path.includes("check-runs"));
    expect(again).toEqual([]);
    await rig.restart();
    await rig.push({ "two/config.yaml": configMap("two", "each") });
    await rig.until("it is over", () =>
      checks(pull)["plumbline: two"] === "success Not affected any more" ? true : undefined,
    );
    await rig.settled();
    expect(Object.keys(checks(pull))).toHaveLength(3);
  });

  it("limits.applicationsMax: holds what affects more until exactly that is confirmed, and shows all of it", async () => {
    await says("limits: { applicationsMax: 2 }\n");
    expect(checks(await changing("few", ["one", "two"]))["plumbline"]).toMatch(/^success/);
    const pull = await changing("many", NAMES);
    expect(checks(pull)["plumbline"]).toMatch(
      /^action_required 3 Applications change, more than the 2 that pass unasked: 3 modified$/,
    );
    for (const name of NAMES) expect(rig.sticky(pull)?.body).toContain(`>${name}<`);
    const digest = /--confirm ([0-9a-f]{12})/.exec(rig.sticky(pull)?.body ?? "")?.[1] ?? "";

    const wrong = rig.say(pull, `/diff --confirm ${"0".repeat(12)}`);
    await rig.settled();
    expect(rig.reactions(wrong)).toEqual(["eyes", "-1"]);
    expect(rig.reply(wrong)?.body).toContain("not the digest of the newest preview");
    const reader = rig.say(pull, `/diff --confirm ${digest}`, "eve");
    await rig.settled();
    expect(rig.reactions(reader)).toEqual(["eyes", "-1"]);
    expect(checks(pull)["plumbline"]).toMatch(/^action_required/);

    const right = rig.say(pull, `/diff --confirm ${digest}`);
    await rig.settled();
    expect(rig.reactions(right)).toEqual(["eyes", "rocket"]);
    expect(checks(pull)["plumbline"]).toMatch(/^success 3 Applications change: 3 modified/);

    await rig.push({ "one/config.yaml": configMap("one", "other") }, "many");
    await rig.settled();
    expect(checks(pull)["plumbline"]).toMatch(/^action_required/);
  });

  it("says what is wrong with the file, and goes on by the defaults", async () => {
    await says("coment: { when: never }\n");
    const pull = await changing("broken-file", ["three"]);
    expect(rig.sticky(pull)?.body).toContain("`coment` is not a known setting");
    expect(checks(pull)["plumbline"]).toMatch(/^success/);
  });

  it("keeps to GitHub's own description of its API", () => {
    expect(rig.github.violations).toEqual([]);
  });
});
