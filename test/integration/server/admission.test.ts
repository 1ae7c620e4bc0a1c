import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { applicationFile, configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

/** Admits Applications that the repository itself defines. */
const project = (cloneUrl: string): string => `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: team
  namespace: argocd
  annotations: { plumbline.dev/definition-repos: "${cloneUrl}" }
spec:
  sourceRepos: ["*"]
  destinations: [{ server: "https://kubernetes.default.svc", namespace: rig }]
  clusterResourceWhitelist: [{ group: "", kind: Namespace }]
`;

describe("Applications that a repository defines", () => {
  let rig: ServerRig;
  const define = (name: string, path = name, namespace = "rig"): string =>
    applicationFile({ name, path, project: "team", namespace }, rig.github.cloneUrl(rig.shop));
  beforeAll(async () => {
    rig = await createServerRig({
      applications: [],
      files: {
        ".github/plumbline.yml": "applications: [apps]\n",
        "one/config.yaml": configMap("one"),
        "two/config.yaml": configMap("two"),
        "three/config.yaml": configMap("three"),
      },
      controlPlane: (cloneUrl) => ({ "project.yaml": project(cloneUrl) }),
    });
    await rig.push({ "apps/one.yaml": define("one") });
    await rig.arrives("one");
    await rig.settled();
  });
  afterAll(() => rig.close());

  function check({ pull }: PullPlace): string {
    const run = rig.checks(pull.headSha).at(-1);
    return [run?.conclusion, run?.output.title, run?.output.summary, run?.output.text].join("\n");
  }

  function configMapOf(name: string, namespace = "rig") {
    return rig.clusters.get("in-cluster").control.get({ group: "", kind: "ConfigMap", namespace, name });
  }

  it("shows what adding one would create, and creates it after the merge", async () => {
    const pull = await rig.propose({ "apps/two.yaml": define("two") }, "add");
    await rig.settled();
    expect(check(pull)).toMatch(/^success/);
    expect(rig.sticky(pull)?.body).toContain("1 added");
    expect(rig.status("two")).toBeUndefined();
    rig.later();
    await rig.github.merge(pull, "alice");
    await rig.arrives("two");
  });

  it("explains by their definitions why they are affected", async () => {
    const pull = await rig.propose(
      { "apps/three.yaml": define("three"), "apps/one.yaml": undefined },
      "explain",
    );
    await rig.settled();
    const comment = rig.say(pull, "/explain");
    await rig.settled();
    expect(rig.reply(comment)?.body).toContain("**`three`** is affected: this pull request adds it.");
    expect(rig.reply(comment)?.body).toContain("**`one`** is affected: this pull request removes it.");
  });

  it("shows what changing one would change", async () => {
    const pull = await rig.propose({ "apps/one.yaml": define("one", "three") }, "change");
    await rig.settled();
    expect(check(pull)).toMatch(/^success/);
    const body = rig.sticky(pull)?.body;
    expect(body).toContain("1 added");
    expect(body).toContain("1 removed");
  });

  it("shows what removing one would leave behind, and leaves its objects alone", async () => {
    const pull = await rig.propose({ "apps/two.yaml": undefined }, "remove");
    await rig.settled();
    expect(check(pull)).toMatch(/^success/);
    expect(rig.sticky(pull)?.body).toContain("two");
    rig.later();
    const sha = await rig.github.merge(pull, "alice");
    await rig.until("it is removed", () => rig.status("two")?.removal);
    await rig.settled();
    expect(rig.sticky(pull)?.body).toContain("Merged: 1 Application is removed");
    expect(rig.statuses(sha).at(-1)).toBe("plumbline/two success Removed: its objects stay in the cluster");
    expect(rig.sticky(pull)?.body).toContain("its objects stay in the cluster");
    expect(configMapOf("two")).toBeDefined();
  });

  it("T287 says that removing one deletes its objects where its finalizer does, deletes them, and tells so", async () => {
    const finalizers = ["resources-finalizer.argocd.argoproj.io"];
    const text = applicationFile(
      { name: "three", project: "team", finalizers },
      rig.github.cloneUrl(rig.shop),
    );
    await rig.push({ "apps/three.yaml": text });
    await rig.arrives("three");
    const pull = await rig.propose({ "apps/three.yaml": undefined }, "remove-three");
    await rig.settled();
    expect(rig.sticky(pull)?.body).toContain("Its finalizer has its objects deleted after the merge");
    rig.later();
    const sha = await rig.github.merge(pull, "alice");
    await rig.until("it is told", () =>
      rig.statuses(sha).at(-1) === "plumbline/three success Removed: 1 object deleted" ? true : undefined,
    );
    await rig.settled();
    expect(configMapOf("three")).toBeUndefined();
    expect(rig.sticky(pull)?.body).toContain("1 object deleted");
  });

  it("leaves the objects of those alone whose file is no longer listed, or no longer admitted", async () => {
    const finalizers = ["resources-finalizer.argocd.argoproj.io"];
    const file = (name: string): string =>
      applicationFile(
        { name, path: "three", project: "team", finalizers, namespace: name },
        rig.github.cloneUrl(rig.shop),
      );
    await rig.define(
      "project.yaml",
      project(rig.github.cloneUrl(rig.shop)).replace("namespace: rig }", 'namespace: "*" }'),
    );
    await rig.push({ "apps/unlisted.yaml": file("unlisted") });
    await rig.arrives("unlisted");
    await rig.push({
      ".github/plumbline.yml": "applications: [apps/one.yaml, apps/withdrawn.yaml]\n",
      "apps/withdrawn.yaml": file("withdrawn"),
    });
    await rig.until("it is removed", () => rig.status("unlisted")?.removal);
    await rig.arrives("withdrawn");
    await rig.define("project.yaml", project("https://github.com/octo/other"));
    await rig.until("it is removed", () => rig.status("withdrawn")?.removal);
    await rig.settled();
    expect([configMapOf("three", "unlisted"), configMapOf("three", "withdrawn")]).not.toContain(undefined);
    await rig.define("project.yaml", project(rig.github.cloneUrl(rig.shop)));
    await rig.arrives("one");
  });

  it("fails the check of one that goes where its project may not", async () => {
    const pull = await rig.propose({ "apps/one.yaml": define("one", "one", "kube-system") }, "escape");
    await rig.settled();
    expect(check(pull)).toMatch(/^failure/);
    expect(check(pull)).toContain("kube-system");
  });

  it("fails the check of one that a pull request breaks, and does not call it removed", async () => {
    const broken = define("one").replace("https://kubernetes.default.svc", "https://nowhere.example");
    const pull = await rig.propose({ "apps/one.yaml": broken }, "break");
    await rig.settled();
    expect(check(pull)).toMatch(/^failure/);
    expect(check(pull)).toContain("https://nowhere.example");
    expect(rig.sticky(pull)?.body).not.toContain("removed");
  });

  it("takes settings from the base branch, never from the pull request", async () => {
    const pull = await rig.propose(
      { ".github/plumbline.yml": "applications: [apps, more]\n", "more/three.yaml": define("three") },
      "settings",
    );
    await rig.settled();
    expect(check(pull)).toMatch(/^success\nNo Application is affected/);
  });
});

describe("a pull request from a fork", () => {
  let rig: ServerRig;
  let pull: PullPlace;
  beforeAll(async () => {
    rig = await createServerRig({ files: { "web/config.yaml": configMap("web") } });
    await rig.arrives("web");
    await rig.settled();
    const fork = await rig.github.fork(rig.shop, "mallory");
    rig.later();
    await rig.github.push(fork, {
      by: "mallory",
      branch: "theirs",
      files: { "web/config.yaml": configMap("web", "theirs") },
    });
    pull = await rig.github.openPullRequest(rig.shop, {
      by: "mallory",
      title: "Theirs",
      head: "theirs",
      headRepository: fork,
    });
    await rig.settled();
  });
  afterAll(() => rig.close());

  function conclusions(): readonly (string | undefined)[] {
    return rig.checks(pull.pull.headSha).map(({ conclusion }) => conclusion);
  }

  it("T046 names what it affects, asks for action, and renders nothing", () => {
    expect(conclusions()).toEqual(["action_required"]);
    expect(rig.sticky(pull)?.body).toContain("`web`");
    expect(rig.sticky(pull)?.body).not.toContain("theirs");
    // The Application's own first render.
    expect(rig.server().renderCounts().renders).toBe(1);
  });

  it.for(["mallory", "eve"])("T046 is not rendered because %s says so", async (login) => {
    rig.say(pull, "/diff", login);
    await rig.settled();
    expect(conclusions()).toEqual(["action_required"]);
    expect(rig.server().renderCounts().renders).toBe(1);
  });

  it("T131 is rendered at exactly the commit that a writer allowed, and not at a later one", async () => {
    rig.say(pull, "/diff", "alice");
    await rig.settled();
    expect(conclusions().at(-1)).toBe("success");
    expect(rig.sticky(pull)?.body).toContain("theirs");
    const { renders } = rig.server().renderCounts();
    rig.later();
    await rig.github.push(pull.pull.head.repository, {
      by: "mallory",
      branch: "theirs",
      files: { "web/config.yaml": configMap("web", "swapped") },
    });
    await rig.settled();
    expect(conclusions()).toEqual(["action_required"]);
    expect(rig.server().renderCounts().renders).toBe(renders);
    expect(rig.sticky(pull)?.body).not.toContain("swapped");
  });

  async function proposed(branch: string, files: Readonly<Record<string, string>>): Promise<PullPlace> {
    const headRepository = pull.pull.head.repository;
    rig.later();
    await rig.github.push(headRepository, { by: "mallory", branch, files });
    const place = await rig.github.openPullRequest(rig.shop, {
      by: "mallory",
      title: branch,
      head: branch,
      headRepository,
    });
    await rig.settled();
    return place;
  }

  it("has nothing to wait for where it changes nothing that anybody reads", async () => {
    const place = await proposed("typo", { "README.md": "words\n" });
    expect(rig.checks(place.pull.headSha).at(-1)).toMatchObject({
      conclusion: "success",
      output: { title: "No Application is affected" },
    });
    expect(rig.sticky(place)).toBeUndefined();
  });

  it("is told that it conflicts with its base", async () => {
    const place = await proposed("conflicting", { "web/config.yaml": configMap("web", "conflicting") });
    await rig.push({ "web/config.yaml": configMap("web", "meanwhile") });
    await rig.settled();
    const run = rig.checks(place.pull.headSha).at(-1);
    expect(run?.conclusion).toBe("failure");
    expect(run?.output.summary).toContain("`web/config.yaml`");
  });

  it("keeps to GitHub's own description of its API", () => {
    expect(rig.github.violations).toEqual([]);
  });
});
