import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { applicationFile, configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

describe("a push to one pull request's branch", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig();
  });
  afterAll(() => rig.close());

  it("asks nothing about the others, and once about its own", async () => {
    const other = await rig.propose({ "web/config.yaml": configMap("web", "other") }, "other");
    const own = await rig.propose({ "web/config.yaml": configMap("web", "first") }, "own");
    await rig.settled();
    // What was never followed is looked at once; from here on its tip is known.
    await rig.push({ "web/config.yaml": configMap("web", "second") }, "own");
    await rig.settled();
    rig.github.requests.clear();
    await rig.push({ "web/config.yaml": configMap("web", "third") }, "own");
    await rig.settled();
    const reads = (number: number) =>
      rig.github.requests.entries.filter(({ path }) => path === `/repos/octo/shop/pulls/${number}`).length;
    expect([reads(other.pull.number), reads(own.pull.number)]).toEqual([0, 1]);
  });
});

describe("what the operator changes", () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await createServerRig({
      applications: [{ name: "web", project: "team" }],
      controlPlane: () => ({ "team.yaml": project("") }),
    });
    await rig.arrives("web");
    await rig.settled();
  });
  afterAll(() => rig.close());

  function project(forbidden: string): string {
    return `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: team, namespace: argocd }
spec:
  sourceRepos: ["*"]
  destinations: [{ server: "*", namespace: "*" }]
  clusterResourceWhitelist: [{ group: "*", kind: "*" }]
  namespaceResourceBlacklist: [${forbidden}]
`;
  }

  it("is seen on open pull requests without a push", async () => {
    const { pull } = await rig.propose({ "web/config.yaml": configMap("web", "two") });
    await rig.settled();
    const concludes = (conclusion: string) =>
      rig.until(conclusion, () =>
        rig.checks(pull.headSha).at(-1)?.conclusion === conclusion ? true : undefined,
      );
    await concludes("success");
    await rig.define("team.yaml", project('{ group: "", kind: ConfigMap }'));
    await concludes("failure");
    await rig.define("team.yaml", project(""));
    await concludes("success");
  });

  it("is seen where it is the Application itself", async () => {
    const place = await rig.propose({ "other/config.yaml": configMap("other") }, "other");
    await rig.settled();
    expect(rig.sticky(place)).toBeUndefined();
    await rig.define(
      "web.yaml",
      applicationFile({ name: "web", path: "other" }, rig.github.cloneUrl(rig.shop)),
    );
    await rig.until("it is affected", () => rig.sticky(place));
    expect(rig.sticky(place)?.body).toContain("`web`");
  });
});
