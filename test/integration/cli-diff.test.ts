import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationYaml, CHART, type CliPlace, configMapYaml, createCliPlace } from "../support/cli.ts";

const SECRET = (password: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: ${password}}\n`;
const PROJECT = `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{server: "*", namespace: shop}]
`;

interface Shown {
  readonly verdict: string;
  readonly base: { readonly branch: string; readonly sha: string };
  readonly applicationsConsidered: number;
  readonly applications: readonly {
    readonly name: string;
    readonly definition: string;
    readonly objects?: readonly { readonly change: string; readonly kind: string; readonly name: string }[];
    readonly problem?: { readonly reason: string };
  }[];
  readonly problem?: { readonly reason: string };
}

describe("plumbline diff, on real Git and engines", () => {
  let place: CliPlace;
  beforeAll(async () => {
    place = await createCliPlace();
    const { repository } = place;
    await repository.commit({
      ...CHART,
      "plain/a.yaml": configMapYaml("a", "1"),
      "plain/s.yaml": SECRET("correct-horse"),
      "other/b.yaml": configMapYaml("b", "1"),
    });
    await repository.git("tag", "v1");
    await repository.git("branch", "production");
    await repository.git("checkout", "-q", "-b", "change");
    await repository.commit({
      "chart/values.yaml": "replicas: 3\n",
      "plain/s.yaml": SECRET("battery-staple"),
    });
    await repository.git("checkout", "-q", "-b", "conflict", "main");
    await repository.commit({ "plain/a.yaml": configMapYaml("a", "conflict") });
    await repository.git("checkout", "-q", "-b", "broken", "main");
    await repository.commit({
      "chart/templates/web.yaml": "{{ .Values.a.b }}\n",
      "plain/a.yaml": configMapYaml("a", "9"),
    });
    await repository.git("checkout", "-q", "main");
    // The base goes on: what it changes is nobody else's doing.
    await repository.commit({ "plain/a.yaml": configMapYaml("a", "2") });
    const apps = ["plain", "other"].map((path) => applicationYaml({ name: path, path, revision: "main" }));
    await place.write({
      "apps.yaml": [applicationYaml({ name: "web", path: "chart" }), ...apps].join("---\n"),
      "pinned.yaml": [
        applicationYaml({ name: "tag", path: "chart", revision: "v1" }),
        applicationYaml({ name: "production", path: "chart", revision: "production" }),
        applicationYaml({ name: "head", path: "chart", revision: "HEAD" }),
      ].join("---\n"),
      "judged.yaml": `${PROJECT}---\n${applicationYaml({ name: "web", path: "chart", project: "shop", namespace: "elsewhere" })}`,
    });
  });
  afterAll(() => place.remove());

  async function json(...argv: readonly string[]): Promise<{ code: number; shown: Shown; stderr: string }> {
    const { code, stdout, stderr } = await place.run("diff", "--repo", "repo", "-o", "json", ...argv);
    return { code, shown: JSON.parse(stdout) as Shown, stderr };
  }

  it("compares the base's tip with the merge result, never with the head alone", async () => {
    const { code, shown } = await json("-f", "apps.yaml", "--base", "main", "--head", "change");
    expect(code).toBe(1);
    expect(shown.base).toEqual({ branch: "main", sha: await place.repository.id("main") });
    expect(shown.applicationsConsidered).toBe(3);
    expect(shown.applications.map(({ name, objects }) => [name, objects?.map((one) => one.name)])).toEqual([
      ["plain", ["s"]],
      ["web", ["web"]],
    ]);
  });

  it("prints the comment as Markdown and the same for a terminal, Secrets masked", async () => {
    const argv = ["diff", "-f", "apps.yaml", "--repo", "repo", "--base", "main", "--head", "change", "-o"];
    const [markdown, text] = [await place.run(...argv, "markdown"), await place.run(...argv, "text")];
    for (const { code, stdout } of [markdown, text]) {
      expect(code).toBe(1);
      expect(stdout).not.toMatch(/correct-horse|battery-staple|Y29ycmVjdC1ob3JzZQ/);
      expect(stdout).toMatch(/- value [A-Z]\n.*\+ value [A-Z]/);
    }
    expect(markdown.stdout).toMatch(/^## 2 Applications change\n/);
    expect(markdown.stdout).not.toContain("<!-- plumbline:preview");
    expect(text.stdout).toContain("modified Deployment shop/web");
  });

  it("says that nothing differs", async () => {
    const { code, shown } = await json("-f", "apps.yaml", "--base", "main", "--head", "main");
    expect({ code, verdict: shown.verdict }).toEqual({ code: 0, verdict: "No Application is affected" });
  });

  it("follows HEAD and the base's branch, not pins and other branches; any branch where the base is none", async () => {
    const names = async (base: string) => {
      const { shown } = await json("-f", "pinned.yaml", "--base", base, "--head", "change");
      return shown.applications.map(({ name }) => name);
    };
    expect(await names("main")).toEqual(["head"]);
    expect(await names("production")).toEqual(["head", "production"]);
    expect(await names("v1")).toEqual(["head", "production"]);
  });

  it.for(["main", "refs/heads/main", "HEAD", "main~0", "@", "v1^0", "change~1", "main^"])(
    "finds revision %s",
    async (revision) => {
      const { shown } = await json("-f", "pinned.yaml", "--base", revision, "--head", revision);
      expect(shown.base.sha).toBe(await place.repository.id(`${revision}^{commit}`));
    },
  );

  it("finds commits by SHA, in full and cut short", async () => {
    const sha = await place.repository.id("main");
    for (const revision of [sha, sha.slice(0, 8)]) {
      const { shown } = await json("-f", "pinned.yaml", "--base", revision, "--head", revision);
      expect(shown.base.sha).toBe(sha);
    }
  });

  it.for<[string, string]>([
    ["nowhere", "RevisionNotFound: Revision `nowhere`"],
    ["main~99", "RevisionNotFound: Revision `main~99`"],
    ["main@{1}", "RevisionMalformed: `main@{1}`"],
    ["--upload-pack=x", "RevisionMalformed: "],
  ])("T054 refuses revision %s", async ([revision, words]) => {
    const argv = ["diff", "-f", "apps.yaml", "--repo", "repo", "--head", "main"];
    const { code, stdout, stderr } = await place.run(...argv, `--base=${revision}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`plumbline diff: ${words}`);
  });

  it("tells a conflict as the comment does", async () => {
    const { code, shown, stderr } = await json("-f", "apps.yaml", "--base", "main", "--head", "conflict");
    expect(code).toBe(2);
    expect(shown.problem?.reason).toBe("MergeConflict");
    expect(stderr).toContain("plumbline diff: MergeConflict: ");
    expect(stderr).toContain("`plain/a.yaml`");
  });

  it("shows what renders beside what does not", async () => {
    const { code, shown, stderr } = await json("-f", "apps.yaml", "--base", "main~1", "--head", "broken");
    expect(code).toBe(2);
    expect(shown.applications.map(({ name, problem }) => [name, problem?.reason])).toEqual([
      ["plain", undefined],
      ["web", "TemplateError"],
    ]);
    expect(stderr).toContain("plumbline diff: argocd/web: TemplateError: ");
  });

  it("fails what a project forbids, by the AppProjects beside the Applications", async () => {
    const { code, shown } = await json("-f", "judged.yaml", "--base", "main", "--head", "change");
    expect(code).toBe(2);
    expect(shown.applications.map(({ problem }) => problem?.reason)).toEqual(["ProjectForbids"]);
  });

  it("compares the folder one is in unless another is named, and warns of what is not committed", async () => {
    await place.write({ "repo/plain/new.yaml": "x: 1\n" });
    const surroundings = { workingDirectory: `${place.folder}/repo` };
    const argv = ["-f", "../apps.yaml", "--base", "main", "--head", "change"];
    const { code, stderr } = await place.runWith(surroundings, "diff", ...argv);
    await place.repository.git("clean", "-qfd");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warning: uncommitted changes in .*`plain\/new.yaml`$/);
  });

  it("is in trouble without an Application, a kubeconfig that was asked for, or a repository", async () => {
    await place.write({ "none.yaml": configMapYaml("x", "1") });
    const revisions = ["--base", "main", "--head", "change"];
    const none = await place.run("diff", "-f", "none.yaml", "--repo", "repo", ...revisions);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("ApplicationMissing") as string });
    const live = await place.run("diff", "-f", "apps.yaml", "--repo", "repo", "--live", ...revisions);
    expect(live).toMatchObject({ code: 2, stderr: expect.stringContaining("KubeconfigInvalid") as string });
    const nowhere = await place.run("diff", "-f", "apps.yaml", "--repo", ".", ...revisions);
    expect(nowhere).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("RepositoryDirectoryInvalid") as string,
    });
  });
});
