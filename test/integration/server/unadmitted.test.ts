import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PullPlace } from "../../../src/sandbox/github/present-pull-request.ts";
import { applicationFile, configMap, createServerRig, type ServerRig } from "../../support/server-rig.ts";

const NOT_ADMITTED = "may not be defined here";
/** Admits definitions, and Applications into no namespace of ours. */
const project = (cloneUrl: string): string => `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: team
  namespace: argocd
  annotations: { plumbline.dev/definition-repos: "${cloneUrl}" }
spec:
  sourceRepos: ["*"]
  destinations: [{ server: "https://kubernetes.default.svc", namespace: elsewhere }]
`;

describe("Applications that a repository defines, and no project admits", () => {
  let rig: ServerRig;
  const define = (name: string, projectName = "default"): string =>
    applicationFile({ name, project: projectName }, rig.github.cloneUrl(rig.shop));
  beforeAll(async () => {
    rig = await createServerRig({
      files: {
        ".github/plumbline.yml": "applications: [apps]\n",
        "web/config.yaml": configMap("web"),
      },
    });
    await rig.push({ "apps/old.yaml": define("old") });
    await rig.arrives("web");
    await rig.settled();
  });
  afterAll(() => rig.close());

  const summary = ({ pull }: PullPlace): string => {
    const run = rig.checks(pull.headSha).at(-1);
    return `${run?.conclusion}: ${run?.output.summary}`;
  };
  const times = (text: string, part: string): number => text.split(part).length - 1;

  it("are named where a pull request adds one", async () => {
    const pull = await rig.propose({ "apps/new.yaml": define("new") }, "add");
    await rig.settled();
    expect(summary(pull)).toMatch(/^success/);
    expect(summary(pull)).toContain("Application `argocd/new` may not be defined here");
    expect(times(summary(pull), NOT_ADMITTED)).toBe(1);
  });

  it("are nothing that a pull request hears of which does not touch them", async () => {
    const pull = await rig.propose({ "web/config.yaml": configMap("web", "two") }, "other");
    await rig.settled();
    expect(rig.sticky(pull)?.body).toContain("1 Application changes");
    expect(rig.sticky(pull)?.body).not.toContain(NOT_ADMITTED);
  });

  it("say what is wrong with an Application in one place", async () => {
    await rig.define("project.yaml", project(rig.github.cloneUrl(rig.shop)));
    const pull = await rig.propose({ "apps/mine.yaml": define("mine", "team") }, "mine");
    await rig.settled();
    expect(summary(pull)).toMatch(/^failure/);
    expect(times(rig.sticky(pull)?.body ?? "", "does not permit namespace")).toBe(1);
    expect(rig.sticky(pull)?.body).not.toContain("[!WARNING]");
  });
});
