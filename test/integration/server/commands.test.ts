import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseComment } from "../../../src/commands/parse-comment.ts";
import type { CommentState } from "../../../src/sandbox/github/model.ts";
import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { configMap, createServerRig, NAMESPACE, type ServerRig } from "../../support/server-rig.ts";

const MANUAL = ["bound", "confirmed", "queued", "rebased", "many"] as const;

describe("commands", () => {
  let rig: ServerRig;
  /** Never merged. */
  let open: PullPlace;
  beforeAll(async () => {
    const files = MANUAL.map((name) => [`${name}/config.yaml`, configMap(name)] as const);
    rig = await createServerRig({
      files: { ...Object.fromEntries(files), "confirmed/other.yaml": configMap("other") },
      applications: MANUAL.map((name) => ({ name, automated: "" })),
    });
    for (const [login, role] of [
      ["tess", "triage"],
      ["mara", "maintain"],
    ] as const) {
      rig.github.grant(rig.shop, login, role);
    }
    await Promise.all(MANUAL.map((name) => rig.arrives(name, "OutOfSync", "Missing")));
    open = await rig.propose({ "bound/config.yaml": configMap("bound", "open") }, "open");
    await rig.settled();
  });
  afterAll(() => rig.close());

  async function answered(comment: CommentState): Promise<{ reply: string; reactions: readonly string[] }> {
    await rig.settled();
    return { reply: rig.reply(comment)?.body ?? "", reactions: rig.reactions(comment) };
  }

  function operations(name: string): number {
    return rig.status(name)?.operation === undefined ? 0 : 1;
  }

  function live(name: string) {
    return rig.clusters
      .get("in-cluster")
      .control.get({ group: "", kind: "ConfigMap", namespace: NAMESPACE, name });
  }

  async function merged(
    files: Record<string, string | undefined>,
    branch: string,
    method?: "squash" | "rebase",
  ) {
    const pull = await rig.propose(files, branch);
    await rig.settled();
    await rig.push({ "notes.md": `before ${branch}\n` });
    await rig.settled();
    rig.later();
    const sha = await rig.github.merge(pull, "alice", method);
    await rig.settled();
    return { pull, sha };
  }

  it("answers /help once, naming what would be refused to whoever asks", async () => {
    const { reply, reactions } = await answered(rig.say(open, "Well.\n\n/help", "eve"));
    expect(reactions).toEqual(["eyes", "rocket"]);
    expect(reply).toContain("/sync");
    expect(reply).toContain("`read`");
  });

  it.for([
    ["eve", "read"],
    ["tess", "triage"],
  ] as const)("T025 T027 refuses /sync by %s, who has %s", async ([login, role]) => {
    const { reply, reactions } = await answered(rig.say(open, "/sync bound", login));
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain(`\`${role}\``);
    expect(operations("bound")).toBe(0);
  });

  it("T027 lets a maintainer do what a writer may", async () => {
    const { reactions } = await answered(rig.say(open, "/diff", "mara"));
    expect(reactions).toEqual(["eyes", "rocket"]);
  });

  it("refuses /sync before the merge", async () => {
    const { reply, reactions } = await answered(rig.say(open, "/sync"));
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain("not merged yet");
  });

  it("T029 judges by the permission of that moment", async () => {
    const held = rig.github.webhooks.hold();
    const comment = rig.say(open, "/diff", "mara");
    rig.github.grant(rig.shop, "mara", "read");
    held.release("as-is");
    expect((await answered(comment)).reactions).toEqual(["eyes", "-1"]);
    rig.github.grant(rig.shop, "mara", "maintain");
  });

  it.for([403, 404, 502])("T028 obeys nobody when the permission is answered with %i", async (status) => {
    rig.github.faults.add({
      effect: { kind: "status", status, when: "before" },
      times: 3,
      path: /\/permission/,
    });
    const comment = rig.say(open, "/diff", "alice");
    await rig.settled();
    rig.github.faults.clear();
    expect(rig.reactions(comment)).not.toContain("rocket");
  });

  it("T037 T039 refuses what was edited into a command, by whomever", async () => {
    const own = rig.say(open, "thanks");
    rig.later();
    rig.github.editComment(open, own.id, { by: "alice", body: "/diff" });
    const others = rig.say(open, "me too", "eve");
    rig.later();
    rig.github.editComment(open, others.id, { by: "alice", body: "/diff" });
    for (const comment of [own, others]) {
      const { reactions } = await answered(comment);
      expect(reactions).not.toContain("rocket");
    }
  });

  it("T040 reads nothing in quotes and code", async () => {
    const comment = rig.say(open, "> /diff\n\n```\n/sync\n```\n    /sync\n`/sync`");
    expect(await answered(comment)).toEqual({ reply: "", reactions: [] });
  });

  it("T042 T051 T054 says what is nearest, and runs nothing that only looks like a command", async () => {
    const { reply, reactions } = await answered(
      rig.say(open, "/snyc bound\n/sync --kubeconfig=/x\n/sync bound; rm"),
    );
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain("`/sync`");
    expect(operations("bound")).toBe(0);
  });

  it("T043 carries out several commands a comment, and refuses far too many", async () => {
    const several = await answered(rig.say(open, "/status\n/help"));
    expect(several.reactions).toEqual(["eyes", "rocket"]);
    const flood = await answered(rig.say(open, "/status\n".repeat(200)));
    expect(flood.reactions).toEqual(["eyes", "-1"]);
    expect(flood.reply).toContain("200");
  });

  it("T044 refuses /sync and /diff on a pull request that was closed without a merge", async () => {
    const pull = await rig.propose({ "bound/config.yaml": configMap("bound", "closed") }, "closed");
    await rig.settled();
    await rig.github.editPullRequest(pull, "alice", { state: "closed" });
    const { reply, reactions } = await answered(rig.say(pull, "/sync\n/diff"));
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain("is closed");
  });

  it("T045 knows no Application on a pull request whose base nobody tracks", async () => {
    await rig.push({ "notes.md": "a branch\n" }, "other-base");
    await rig.push({ "bound/config.yaml": configMap("bound", "elsewhere") }, "to-other");
    const pull = await rig.github.openPullRequest(rig.shop, {
      by: "alice",
      title: "Elsewhere",
      head: "to-other",
      base: "other-base",
    });
    await rig.settled();
    rig.later();
    await rig.github.merge(pull, "alice");
    await rig.settled();
    const { reply, reactions } = await answered(rig.say(pull, "/sync bound"));
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain("no such Application");
    expect(operations("bound")).toBe(0);
  });

  it("T047 ignores its own words, and those that carry its marker", async () => {
    rig.later();
    const own = rig.github.comment(open, {
      by: "plumbline[bot]",
      body: "/sync bound",
      viaAppId: rig.github.app.id,
    });
    rig.github.createUser("mirror[bot]");
    const copy = rig.say(open, "<!-- plumbline:reply 1 -->\n/sync bound", "mirror[bot]");
    for (const comment of [own, copy]) expect(await answered(comment)).toEqual({ reply: "", reactions: [] });
  });

  it("T049 refuses machines with the facts, once a pull request, and never so that they answer for ever", async () => {
    const pull = await rig.propose({ "bound/config.yaml": configMap("bound", "machines") }, "machines");
    await rig.settled();
    rig.github.createUser("ci[bot]");
    const ours = () =>
      [...rig.shop.comments.values()].filter(
        ({ pullNumber, author }) => pullNumber === pull.pull.number && author.id === rig.github.app.bot.id,
      );
    const before = ours().length;
    rig.later();
    const via = rig.github.comment(pull, { by: "alice", body: "/diff", viaAppId: 99 });
    expect((await answered(via)).reactions).toEqual(["-1"]);
    // A machine that has a command for whatever it is told.
    const echoes: CommentState[] = [];
    for (let said = 0; ours().length > said && echoes.length < 10; ) {
      said = ours().length;
      echoes.push(rig.say(pull, `/sync bound\n/help\n${ours().at(-1)?.body}`, "ci[bot]"));
      echoes.push(rig.github.comment(pull, { by: "ci[bot]", body: "/status" }));
      await rig.settled();
    }
    expect(echoes.map(rig.reactions)).toEqual(echoes.map(() => ["-1"]));
    expect(ours()).toHaveLength(before + 1);
    const reply = ours().at(-1)?.body ?? "";
    expect(reply).toContain("An App wrote it in the name of `alice`");
    expect(parseComment(reply)).toEqual({ kind: "none" });
    expect(operations("bound")).toBe(0);
  });

  it("T052 says the same of what does not exist and of what is out of reach", async () => {
    const { pull } = await merged({ "many/config.yaml": configMap("many", "seen") }, "reach");
    const replies: string[] = [];
    for (const name of ["nothing", "queued"]) {
      const { reply } = await answered(rig.say(pull, `/sync ${name}`));
      replies.push(reply.replace(/<!--.*-->/, "").replaceAll(name, "NAME"));
    }
    expect(replies[0]).toContain("no such Application");
    expect(replies[1]).toBe(replies[0]);
    for (const name of ["../../other", "prod/*", "__proto__"]) {
      expect((await answered(rig.say(pull, `/sync ${name}`))).reactions).toEqual(["eyes", "-1"]);
    }
    expect(operations("queued")).toBe(0);
  });

  it("T112 syncs what was shown, once, and refuses it after a later commit to the same files, naming that", async () => {
    const { pull } = await merged({ "bound/config.yaml": configMap("bound", "shown") }, "bound");
    const dryRun = await answered(rig.say(pull, "/sync bound --dry-run"));
    expect(dryRun.reply).toContain("Create");
    expect(live("bound")).toBeUndefined();
    const { reactions } = await answered(rig.say(pull, "/sync bound"));
    expect(reactions).toEqual(["eyes", "rocket"]);
    await rig.arrives("bound");
    expect(live("bound")).toMatchObject({ data: { value: "shown" } });

    const later = await rig.push({ "bound/config.yaml": configMap("bound", "not shown") });
    await rig.settled();
    const refused = await answered(rig.say(pull, "/sync bound"));
    expect(refused.reactions).toEqual(["eyes", "-1"]);
    expect(refused.reply).toContain(later.slice(0, 7));
    expect(live("bound")).toMatchObject({ data: { value: "shown" } });
  });

  it("still syncs what was shown after commits to other files", async () => {
    const { pull } = await merged({ "many/config.yaml": configMap("many", "two") }, "others");
    await rig.push({ "notes.md": "later\n" });
    await rig.settled();
    expect((await answered(rig.say(pull, "/sync"))).reactions).toEqual(["eyes", "rocket"]);
    await rig.arrives("many");
    expect(live("many")).toMatchObject({ data: { value: "two" } });
  });

  it("T019 makes one operation, one reply and one set of reactions of a thousand copies", async () => {
    const { pull } = await merged({ "many/config.yaml": configMap("many", "thousand") }, "copies");
    rig.github.webhooks.duplicate(1);
    const before = rig.writes().length;
    const comment = rig.say(pull, "/sync many");
    const id = rig.github.webhooks.deliveries().find(({ event }) => event === "issue_comment")?.id ?? 0;
    for (let copy = 0; copy < 1_000; copy += 1) rig.github.webhooks.redeliver(id);
    await rig.arrives("many");
    const { reactions } = await answered(comment);
    expect(reactions).toEqual(["eyes", "rocket"]);
    const replies = rig
      .writes()
      .slice(before)
      .filter(({ method, path }) => method === "POST" && /issues\/\d+\/comments/.test(path));
    expect(replies).toHaveLength(1);
    const started = rig.log.filter((line) => line.includes(`"operation":"comment-${comment.id}-`));
    expect(new Set(started.map((line) => /"operation":"([^"]+)"/.exec(line)?.[1])).size).toBe(1);
  });

  it("T017 refuses a command that is read a month after it was written, even with nothing remembered", async () => {
    const { pull } = await merged({ "many/config.yaml": configMap("many", "month") }, "month");
    const held = rig.github.webhooks.hold();
    rig.later(-30 * 24 * 3_600_000);
    const comment = rig.say(pull, "/sync many");
    rig.later(30 * 24 * 3_600_000);
    held.release("as-is");
    const { reply, reactions } = await answered(comment);
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain("read too late");
    expect(live("many")).toMatchObject({ data: { value: "thousand" } });
  });

  it.for(["squash", "rebase"] as const)(
    "T057 syncs the commit that a %s made on the base branch",
    async (method) => {
      const { pull, sha } = await merged(
        { "rebased/config.yaml": configMap("rebased", method) },
        method,
        method,
      );
      expect(sha).not.toBe(pull.pull.headSha);
      expect((await answered(rig.say(pull, "/sync rebased"))).reactions).toEqual(["eyes", "rocket"]);
      const { revisions } = await rig.arrives("rebased");
      expect(revisions).toEqual([sha]);
      expect(live("rebased")).toMatchObject({ data: { value: method } });
    },
  );

  it("T057 syncs what came through the merge queue", async () => {
    const pull = await rig.propose({ "queued/config.yaml": configMap("queued", "by queue") }, "queue");
    await rig.settled();
    const group = await rig.github.addMergeGroup(pull, "alice");
    await rig.settled();
    rig.later();
    await rig.github.finishMergeGroup(pull, group, "alice");
    await rig.settled();
    expect((await answered(rig.say(pull, "/sync queued"))).reactions).toEqual(["eyes", "rocket"]);
    expect((await rig.arrives("queued")).revisions).toEqual([group.headSha]);
  });

  it("T280 holds back what a guard protects, and does it with the digest that was shown, and no other", async () => {
    const first = await merged({ "confirmed/config.yaml": configMap("confirmed", "two") }, "guard-1");
    expect((await answered(rig.say(first.pull, "/sync"))).reactions).toEqual(["eyes", "rocket"]);
    await rig.arrives("confirmed");
    const { pull } = await merged(
      {
        "confirmed/config.yaml": undefined,
        "confirmed/other.yaml": undefined,
        "confirmed/left.txt": "left\n",
      },
      "guard-2",
    );
    const shown = await answered(rig.say(pull, "/sync confirmed --prune --dry-run"));
    const digest = /--confirm ([0-9a-f]+)/.exec(shown.reply)?.[1] ?? "";
    expect(digest).not.toBe("");
    const wrong = `0${digest.slice(1)}` === digest ? `1${digest.slice(1)}` : `0${digest.slice(1)}`;
    await answered(rig.say(pull, `/sync confirmed --prune --confirm ${wrong}`));
    expect(live("confirmed")).toBeDefined();
    await answered(rig.say(pull, "/sync confirmed --prune"));
    expect(live("confirmed")).toBeDefined();
    await answered(rig.say(pull, `/sync confirmed --prune --confirm ${digest}`));
    await rig.until("all is pruned", () =>
      live("confirmed") === undefined && live("other") === undefined ? true : undefined,
    );
  });

  it("/explain says of every Application why it is, or is not, affected", async () => {
    const pull = await rig.propose({ "bound/config.yaml": configMap("bound", "explained") }, "explained");
    await rig.settled();
    const { reply } = await answered(rig.say(pull, "/explain", "eve"));
    expect(reply).toContain("bound/config.yaml");
    expect(reply).toContain("many");
  });

  it("/explain tells after the merge what was shown before it", async () => {
    const { pull } = await merged({ "many/config.yaml": configMap("many", "explained") }, "explain-merged");
    const { reply } = await answered(rig.say(pull, "/explain", "eve"));
    expect(reply).toContain("**`many`** is affected");
    expect(reply).toMatch(/`bound`.*are not affected/);
  });

  it("does not say that it has done something where there is nothing to sync", async () => {
    const { pull } = await merged({ "README.md": "words\n" }, "nothing");
    const { reply, reactions } = await answered(rig.say(pull, "/sync"));
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain("there is nothing to sync");
  });

  it("answers a command that cannot be carried out with the reason", async () => {
    // Other pull requests changed the same line and were merged.
    const { reply, reactions } = await answered(rig.say(open, "/explain", "eve"));
    expect(reactions).toEqual(["eyes", "-1"]);
    expect(reply).toContain("conflicts with its base branch");
    expect(reply).toContain("bound/config.yaml");
  });

  it("keeps to GitHub's own description of its API", () => {
    expect(rig.github.violations).toEqual([]);
  });
});
