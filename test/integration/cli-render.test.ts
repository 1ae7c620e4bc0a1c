import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationYaml, CHART, type CliPlace, configMapYaml, createCliPlace } from "../support/cli.ts";

describe("plumbline render, on real Git and engines", () => {
  let place: CliPlace;
  beforeAll(async () => {
    place = await createCliPlace();
    await place.repository.commit({
      ...CHART,
      "plain/a.yaml": configMapYaml("a", "1"),
      "plain/s.yaml":
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: correct-horse}\n",
      "kust/kustomization.yaml": "namePrefix: my-\nresources: [cm.yaml]\n",
      "kust/cm.yaml": configMapYaml("k", "1"),
    });
    await place.repository.git("tag", "v1");
    await place.repository.commit({ "plain/a.yaml": configMapYaml("a", "2") });
    await place.write({
      "plain.yaml": applicationYaml(),
      "chart.yaml": applicationYaml({ name: "web", path: "chart" }),
      "kust.yaml": applicationYaml({ name: "kust", path: "kust" }),
      "both.yaml": `${applicationYaml()}---\n${applicationYaml({ name: "web", path: "chart" })}`,
      "control-plane/apps/web.yaml": applicationYaml({ name: "web", path: "chart" }),
    });
  });
  afterAll(() => place.remove());

  async function objects(...argv: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    const { code, stdout, stderr } = await place.run("render", ...argv, "--repo", "repo", "-o", "json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Record<string, unknown>[];
  }

  it("renders a plain folder, Secrets as they are, without a tracking annotation", async () => {
    const { code, stdout } = await place.run("render", "-f", "plain.yaml", "--repo", "repo");
    expect(code).toBe(0);
    expect(stdout).toContain(btoa("correct-horse"));
    expect(stdout).toContain('v: "2"');
    expect(stdout).not.toContain("argocd.argoproj.io");
  });

  it("renders Helm and Kustomize", async () => {
    expect(await objects("-f", "chart.yaml")).toMatchObject([{ kind: "Deployment", spec: { replicas: 2 } }]);
    expect(await objects("-f", "kust.yaml")).toMatchObject([{ metadata: { name: "my-k" } }]);
  });

  it("builds with the options of an argocd-cm beside the Application", async () => {
    await place.repository.commit({
      "loose/kustomization.yaml": "configMapGenerator: [{name: g, files: [../plain/a.yaml]}]\n",
    });
    const application = applicationYaml({ name: "loose", path: "loose" });
    const settings =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\n" +
      "data: {kustomize.buildOptions: --load-restrictor LoadRestrictionsNone}\n";
    await place.write({ "loose.yaml": application, "with.yaml": `${application}---\n${settings}` });
    expect(await objects("-f", "with.yaml")).toMatchObject([{ kind: "ConfigMap" }]);
    const { code, stderr } = await place.run("render", "-f", "loose.yaml", "--repo", "repo");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("SourceRefused") as string });
  });

  it("renders another revision when asked", async () => {
    expect(await objects("-f", "plain.yaml", "--revision", "v1")).toMatchObject([{ data: { v: "1" } }, {}]);
  });

  it("renders the ancestor of a revision", async () => {
    await place.repository.commit({ "ahead/a.yaml": configMapYaml("older", "1") });
    await place.repository.commit({ "ahead/a.yaml": configMapYaml("newer", "1") });
    await place.write({ "ahead.yaml": applicationYaml({ name: "ahead", path: "ahead" }) });
    expect(await objects("-f", "ahead.yaml")).toMatchObject([{ metadata: { name: "newer" } }]);
    expect(await objects("-f", "ahead.yaml", "--revision", "main~1")).toMatchObject([
      { metadata: { name: "older" } },
    ]);
  });

  it("takes an Application by name from the control plane's folder, and one of several in a file", async () => {
    expect(await objects("web")).toMatchObject([{ kind: "Deployment" }]);
    expect(await objects("-f", "both.yaml", "web")).toMatchObject([{ kind: "Deployment" }]);
    expect(await objects("-f", "both.yaml", "argocd/web")).toMatchObject([{ kind: "Deployment" }]);
    const { code, stderr } = await place.run("render", "-f", "both.yaml", "--repo", "repo");
    expect(code).toBe(2);
    expect(stderr).toContain("ApplicationAmbiguous");
    expect(stderr).toContain("`argocd/shop`, `argocd/web`");
  });

  it("reads an Application from standard input, and from a kubectl-style List", async () => {
    const one = { standardInput: applicationYaml({ name: "web", path: "chart" }) };
    const { code, stdout } = await place.runWith(one, "render", "-f", "-", "--repo", "repo");
    expect({ code, kinds: stdout.match(/^kind: .*$/gm) }).toEqual({ code: 0, kinds: ["kind: Deployment"] });
    const item = applicationYaml({ name: "web", path: "chart" }).trimEnd().replaceAll("\n", "\n    ");
    const list = { standardInput: `apiVersion: v1\nkind: List\nitems:\n  - ${item}\n` };
    expect((await place.runWith(list, "render", "-f", "-", "--repo", "repo")).code).toBe(0);
  });

  it("takes one of the Applications of a folder", async () => {
    expect(await objects("-f", "control-plane")).toMatchObject([{ kind: "Deployment" }]);
    await place.write({
      "apps/a.yaml": applicationYaml(),
      "apps/deep/b.yaml": applicationYaml({ name: "web" }),
    });
    expect(await objects("-f", "apps", "shop")).toMatchObject([{ kind: "ConfigMap" }, { kind: "Secret" }]);
    const { code, stderr } = await place.run("render", "-f", "apps", "--repo", "repo");
    expect(code).toBe(2);
    expect(stderr).toContain("`argocd/shop`, `argocd/web`");
  });

  it("names a --repo URL=DIR that stands in for no source", async () => {
    const other = "git@git.example.test:acme/shop.git=repo";
    const { code, stderr } = await place.run("render", "-f", "plain.yaml", "--repo", "repo", "--repo", other);
    expect(code).toBe(0);
    expect(stderr).toBe(
      "warning: --repo: no source is at `git@git.example.test:acme/shop.git`; " +
        "the sources are at `https://git.example.test/acme/shop.git`",
    );
    const same = "https://git.example.test/ACME/shop=repo";
    expect(await place.run("render", "-f", "plain.yaml", "--repo", same)).toMatchObject({ stderr: "" });
  });

  it("names uncommitted changes, which are not rendered", async () => {
    await place.write({
      "repo/plain/a.yaml": configMapYaml("a", "uncommitted"),
      "repo/plain/new.yaml": "x: 1\n",
    });
    const { code, stdout, stderr } = await place.run("render", "-f", "plain.yaml", "--repo", "repo");
    await place.repository.git("checkout", "-q", "--", ".");
    await place.repository.git("clean", "-qfd");
    expect(code).toBe(0);
    expect(stdout).not.toContain("uncommitted");
    expect(stderr).toMatch(/^warning: uncommitted changes in .*`plain\/a.yaml`, `plain\/new.yaml`$/);
  });
});

describe("plumbline render, given what it cannot use", () => {
  let place: CliPlace;
  beforeAll(async () => {
    place = await createCliPlace();
    await place.repository.commit({
      "bad-chart/Chart.yaml": "apiVersion: v2\nname: bad\nversion: 0.1.0\n",
      "bad-chart/templates/a.yaml": "{{ .Values.a.b.c }}\n",
      "bad-kust/kustomization.yaml": "resources: [nowhere.yaml]\n",
      "plain/a.yaml": configMapYaml("a", "1"),
    });
    await place.write({
      "template.yaml": applicationYaml({ path: "bad-chart" }),
      "kustomization.yaml": applicationYaml({ path: "bad-kust" }),
      "path.yaml": applicationYaml({ path: "nowhere" }),
      "revision.yaml": applicationYaml({ revision: "nowhere" }),
      "host.yaml": applicationYaml({ repoURL: "http://127.0.0.1:9/acme/shop.git" }),
      "plugin.yaml": applicationYaml({ spec: "x: 1" }).replace(
        "path: plain",
        "path: plain\n    plugin: {name: p}",
      ),
      "broken.yaml": "kind: [\n",
      "half.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: half}\nspec: {}\n",
      "other.yaml": configMapYaml("no-application", "1"),
      "good.yaml": applicationYaml(),
    });
  });
  afterAll(() => place.remove());

  it.for<[string, readonly string[], string]>([
    ["a template error", ["-f", "template.yaml", "--repo", "repo"], "TemplateError: Helm could not render"],
    [
      "a broken kustomization",
      ["-f", "kustomization.yaml", "--repo", "repo"],
      "TemplateError: Kustomize could not",
    ],
    ["a missing path", ["-f", "path.yaml", "--repo", "repo"], "PathMissing: `nowhere`"],
    [
      "an unknown revision",
      ["-f", "revision.yaml", "--repo", "repo"],
      "RevisionNotFound: Revision `nowhere`",
    ],
    ["an unreachable Git host", ["-f", "host.yaml"], "RepositoryUnreachable: "],
    ["a file without -f", ["good.yaml"], "`good.yaml` is the name of a file: say -f good.yaml"],
    [
      "a folder that is no repository",
      ["-f", "good.yaml", "--repo", "control-plane"],
      "RepositoryDirectoryInvalid: ",
    ],
    ["a plugin", ["-f", "plugin.yaml", "--repo", "repo"], "DefinitionInvalid: "],
    ["no YAML", ["-f", "broken.yaml", "--repo", "repo"], "DefinitionInvalid: "],
    ["half an Application", ["-f", "half.yaml", "--repo", "repo"], "DefinitionInvalid: "],
    ["no Application", ["-f", "other.yaml", "--repo", "repo"], "ApplicationMissing: "],
    ["no file", ["-f", "nowhere.yaml", "--repo", "repo"], "FileUnreadable: `nowhere.yaml`"],
    ["a name nobody has", ["-f", "good.yaml", "api", "--repo", "repo"], "ApplicationMissing: "],
  ])("names %s", async ([, argv, words]) => {
    const { code, stdout, stderr } = await place.run("render", ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`plumbline render: ${words}`);
    expect(stderr.split("\n").length).toBeGreaterThan(1);
  });

  it("says that a clone can stand in for a repository that does not answer", async () => {
    const { stderr } = await place.run("render", "-f", "host.yaml");
    expect(stderr).toContain("A clone on this machine can stand in for it: `--repo URL=DIR`.");
  });

  it("refuses a control plane in Kubernetes by name", async () => {
    const surroundings = { environment: { PLUMBLINE_CONTROL_PLANE: "kubernetes:argocd" } };
    const { code, stderr } = await place.runWith(surroundings, "render", "shop");
    expect(code).toBe(2);
    expect(stderr).toContain("SettingsInvalid");
    expect(stderr).toContain("not built yet");
  });
});
