import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { chart, configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

const PROJECT = `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: narrow, namespace: argocd }
spec:
  sourceRepos: ["*"]
  destinations: [{ server: "https://kubernetes.default.svc", namespace: elsewhere }]
  namespaceResourceBlacklist: [{ group: "", kind: Secret }]
`;

const KUSTOMIZATION = "resources: [config.yaml]\n";

describe("a pull request", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      files: {
        ...chart("web"),
        "base/config.yaml": configMap("base"),
        "base/kustomization.yaml": KUSTOMIZATION,
        "narrow/config.yaml": configMap("narrow"),
        "lost/config.yaml": configMap("lost"),
        "README.md": "shop\n",
      },
      applications: [
        { name: "web" },
        { name: "base" },
        { name: "narrow", project: "narrow", namespace: "elsewhere", automated: "" },
        { name: "lost", server: "https://nowhere.example" },
      ],
      controlPlane: () => ({ "project.yaml": PROJECT }),
    });
    await Promise.all(["web", "base"].map((name) => rig.arrives(name)));
    await rig.arrives("narrow", "OutOfSync", "Missing");
    await rig.settled();
  });
  afterAll(() => rig.close());

  /** What was written to GitHub while `work` was done, as `POST comments`. */
  async function written(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = rig.writes().length;
    await work();
    await rig.settled();
    const after = rig.writes().slice(before);
    // On a busy machine the check is shown as being in progress first; in the usual case it is not.
    const slow = after.filter(({ body }) => JSON.stringify(body).includes('"status":"in_progress"'));
    return after
      .filter((request) => !slow.includes(request))
      .map(({ method, path }) => `${method} ${/\/(comments|check-runs|statuses|reactions)/.exec(path)?.[1]}`)
      .map((write) => (slow.length > 0 && write === "PATCH check-runs" ? "POST check-runs" : write));
  }

  function check({ pull }: PullPlace): { readonly conclusion: string | undefined; readonly text: string } {
    const run = rig.checks(pull.headSha).at(-1);
    const { title, summary, text } = run?.output ?? {};
    return { conclusion: run?.conclusion, text: [title, summary, text].join("\n") };
  }

  it("gets one comment, edited by a push and made only once, with two writes a push", async () => {
    const { renders } = rig.server().renderCounts();
    let pull: PullPlace | undefined;
    const opened = await written(async () => {
      pull = await rig.propose(chart("web", "two"), "one");
    });
    expect(opened).toEqual(["POST check-runs", "POST comments"]);
    expect(rig.server().renderCounts().renders).toBe(renders + 1);
    const place = pull as unknown as PullPlace;
    const first = rig.sticky(place);
    expect(first?.body).toContain("web");
    expect(check(place)).toMatchObject({ conclusion: "success" });

    const pushed = await written(() => rig.push(chart("web", "three"), "one"));
    expect(pushed).toEqual(["POST check-runs", "PATCH comments"]);
    expect(rig.sticky(place)?.id).toBe(first?.id);
    expect(rig.sticky(place)?.body).toContain("three");
    expect(rig.server().renderCounts().renders).toBe(renders + 2);

    expect(await written(async () => rig.github.webhooks.redeliver(deliveryOf("pull_request")))).toEqual([]);
  });

  function deliveryOf(event: string): number {
    return rig.github.webhooks.deliveries().find((delivery) => delivery.event === event)?.id ?? 0;
  }

  it("gets a green check and no comment where no Application is affected", async () => {
    let pull: PullPlace | undefined;
    const { renders } = rig.server().renderCounts();
    const writes = await written(async () => {
      pull = await rig.propose({ "README.md": "new words\n" }, "readme");
    });
    expect(writes).toEqual(["POST check-runs"]);
    expect(check(pull as unknown as PullPlace).conclusion).toBe("success");
    expect(rig.server().renderCounts().renders).toBe(renders);
  });

  it("fails the check with the template's error, and shows the other Applications unharmed", async () => {
    const pull = await rig.propose(
      {
        "web/templates/config.yaml": '{{ fail "no such luck" }}\n',
        "base/config.yaml": configMap("base", "two"),
      },
      "broken",
    );
    await rig.settled();
    const { conclusion, text } = check(pull);
    expect(conclusion).toBe("failure");
    expect(text).toContain("no such luck");
    expect(rig.sticky(pull)?.body).toContain("no such luck");
    expect(rig.sticky(pull)?.body).toMatch(/^\+ two$/m);
  });

  it("fails the check for a kustomization that cannot be built", async () => {
    const pull = await rig.propose({ "base/kustomization.yaml": "resources: [gone.yaml]\n" }, "kustomize");
    await rig.settled();
    expect(check(pull).conclusion).toBe("failure");
    expect(check(pull).text).toContain("gone.yaml");
  });

  it("fails the check when the merge conflicts, and names the file", async () => {
    await rig.push({ "conflict/a.txt": "a\n" });
    const pull = await rig.propose({ "conflict/a.txt": "b\n", "web/values.yaml": "value: b\n" }, "conflict");
    await rig.settled();
    expect(check(pull).conclusion).toBe("success");
    await rig.push({ "conflict/a.txt": "c\n" });
    await rig.settled();
    expect(check(pull).conclusion).toBe("failure");
    expect(check(pull).text).toContain("conflict/a.txt");
  });

  it("fails the check for what the project forbids", async () => {
    const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: narrow }\nstringData: { a: b }\n";
    const pull = await rig.propose({ "narrow/secret.yaml": secret }, "forbidden");
    await rig.settled();
    expect(check(pull).conclusion).toBe("failure");
    expect(check(pull).text).toContain("narrow");
    expect(check(pull).text).toMatch(/does not permit|forbid/i);
  });

  it("fails the check for an Application whose cluster nobody knows", async () => {
    const pull = await rig.propose({ "lost/config.yaml": configMap("lost", "two") }, "lost");
    await rig.settled();
    expect(check(pull).text).toContain("https://nowhere.example");
    expect(check(pull).conclusion).toBe("failure");
  });

  it("is looked at again when its base moves, and the comment edited only if something else is true", async () => {
    const pull = await rig.propose({ "base/config.yaml": configMap("base", "moved") }, "moving");
    await rig.settled();
    const before = rig.sticky(pull);
    const body = before?.body;
    expect(await written(() => rig.push({ "unrelated.md": "words\n" }))).toEqual([]);
    expect(rig.sticky(pull)?.body).toBe(body);
    const related = "resources: [config.yaml]\nnamePrefix: pre-\n";
    expect(await written(() => rig.push({ "base/kustomization.yaml": related }))).toContain("PATCH comments");
    expect(rig.sticky(pull)?.body).toContain("pre-base");
    await rig.push({ "base/kustomization.yaml": KUSTOMIZATION });
    await rig.settled();
  });

  it("answers a merge group by rendering the commit it would merge", async () => {
    const good = await rig.propose({ "web/values.yaml": "value: queued\n" }, "queued");
    const bad = await rig.propose({ "web/templates/config.yaml": '{{ fail "never" }}\n' }, "queued-bad");
    await rig.settled();
    const [goodGroup, badGroup] = [
      await rig.github.addMergeGroup(good, "alice"),
      await rig.github.addMergeGroup(bad, "alice"),
    ];
    await rig.settled();
    expect(rig.checks(goodGroup.headSha).map(({ conclusion }) => conclusion)).toEqual(["success"]);
    expect(rig.checks(badGroup.headSha).map(({ conclusion }) => conclusion)).toEqual(["failure"]);
  });

  it("runs a check that is asked for again as a new run", async () => {
    const pull = await rig.propose({ "web/values.yaml": "value: again\n" }, "again");
    await rig.settled();
    const [first] = rig.checks(pull.pull.headSha);
    rig.github.rerequestCheckRun(rig.shop, first?.id ?? 0, "alice");
    await rig.settled();
    const runs = rig.checks(pull.pull.headSha);
    expect(runs.map(({ status, conclusion }) => `${status} ${conclusion}`)).toEqual([
      "completed success",
      "completed success",
    ]);
    expect(runs[1]?.id).not.toBe(first?.id);
  });

  it("T242 shows the newest head, whatever order deliveries come in", async () => {
    const held = rig.github.webhooks.hold();
    const pull = await rig.propose({ "web/values.yaml": "value: older\n" }, "order");
    const newest = await rig.push({ "web/values.yaml": "value: newest\n" }, "order");
    held.release("reverse");
    await rig.settled();
    expect(pull.pull.headSha).toBe(newest);
    expect(rig.sticky(pull)?.body).toContain("newest");
    expect(rig.checks(newest).map(({ conclusion }) => conclusion)).toEqual(["success"]);
  });

  it("T243 says nothing about a pull request that was closed meanwhile", async () => {
    const held = rig.github.webhooks.hold();
    const pull = await rig.propose({ "web/values.yaml": "value: closed\n" }, "closed");
    await rig.github.editPullRequest(pull, "alice", { state: "closed" });
    held.release("reverse");
    await rig.settled();
    expect(rig.sticky(pull)).toBeUndefined();
    expect(rig.checks(pull.pull.headSha)).toEqual([]);
  });

  it("T020 asks for nothing in the name of an installation that the repository is not of", async () => {
    const pull = await rig.propose({ "web/values.yaml": "value: foreign\n" }, "foreign");
    await rig.settled();
    const delivery = rig.github.webhooks.deliveries().find(({ event }) => event === "pull_request");
    const body = JSON.stringify({ ...delivery?.payload, installation: { id: 999_999 } });
    const signature = createHmac("sha256", rig.github.app.webhookSecret).update(body).digest("hex");
    const asked = rig.github.requests.entries.length;
    const answer = await fetch(rig.github.app.webhookUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": randomUUID(),
        "x-hub-signature-256": `sha256=${signature}`,
      },
      body,
    });
    expect(answer.ok).toBe(true);
    await rig.until("it is logged", () =>
      rig.log.find((line) => line.includes("belongs to another installation") && line.includes("999999")),
    );
    await rig.settled();
    const paths = rig.github.requests.entries.slice(asked).map(({ path }) => path);
    expect(
      paths.filter((path) => path.includes("999999") || path.includes(`/pulls/${pull.pull.number}`)),
    ).toEqual([]);
  });

  it("T127 writes no value of a Secret in any version of what it writes, not even in one that is edited away", async () => {
    const secret = (value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: base-secret }\nstringData: { password: ${value} }\n`;
    const before = rig.writes().length;
    const values = ["correct-horse-battery", "staple-horse-correct", "third-time-lucky-horse"];
    const kustomization = "resources: [config.yaml, secret.yaml]\n";
    await rig.propose(
      { "base/secret.yaml": secret(values[0] ?? ""), "base/kustomization.yaml": kustomization },
      "secret",
    );
    await rig.settled();
    for (const value of values.slice(1)) {
      await rig.push({ "base/secret.yaml": secret(value) }, "secret");
      await rig.settled();
    }
    await rig.push({ "base/secret.yaml": secret(`${values[2]}\n  broken: [`) }, "secret");
    await rig.settled();
    const written = rig
      .writes()
      .slice(before)
      .map(({ body }) => JSON.stringify(body));
    expect(written.filter((body) => body.includes("base-secret")).length).toBeGreaterThan(2);
    const spellings = values.flatMap((value) => [value, Buffer.from(value).toString("base64")]);
    expect(written.filter((body) => spellings.some((spelling) => body.includes(spelling)))).toEqual([]);
  });

  it("keeps to GitHub's own description of its API", () => {
    expect(rig.github.violations).toEqual([]);
  });
});
