import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applicationYaml, CHART, type CliPlace, configMapYaml, createCliPlace } from "../support/cli.ts";

const project = (namespace: string) => `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{server: "*", namespace: ${namespace}}]
`;

interface Shown {
  readonly applications: readonly {
    readonly name: string;
    readonly definition: string;
    readonly objects?: readonly { readonly change: string }[];
    readonly problem?: { readonly reason: string };
  }[];
  readonly warnings: readonly { readonly reason: string }[];
}

describe("plumbline diff of what the repository itself defines", () => {
  let place: CliPlace;
  beforeEach(async () => {
    place = await createCliPlace();
    await place.repository.commit({
      "apps/web.yaml": applicationYaml({ name: "web", project: "shop" }),
      "apps/old.yaml": applicationYaml({ name: "old", project: "shop" }),
      "projects/shop.yaml": project("shop"),
      "plain/a.yaml": configMapYaml("a", "1"),
      // Text for Helm, though it says Application.
      "charts/x/Chart.yaml": CHART["chart/Chart.yaml"],
      "charts/x/templates/app.yaml": `{{ if .x }}\n${applicationYaml({ name: "templated" })}{{ end }}\n`,
    });
    await place.repository.git("checkout", "-q", "-b", "change");
  });
  afterEach(() => place.remove());

  async function diff(base = "main"): Promise<{ code: number; shown: Shown; stderr: string }> {
    const argv = ["diff", "--repo", "repo", "--base", base, "--head", "change", "-o", "json"];
    const { code, stdout, stderr } = await place.run(...argv);
    return { code, shown: JSON.parse(stdout) as Shown, stderr };
  }

  it("matches Applications by namespace and name, wherever they moved", async () => {
    await place.repository.commit({
      "apps/web.yaml": undefined,
      "apps/old.yaml": undefined,
      "elsewhere/web.yaml": applicationYaml({
        name: "web",
        project: "shop",
        syncOptions: ["PruneLast=true"],
      }),
      "apps/new.yaml": applicationYaml({ name: "new", project: "shop" }),
    });
    const { code, shown } = await diff();
    expect(code).toBe(1);
    expect(
      shown.applications.map(({ name, definition, objects }) => [name, definition, objects?.length]),
    ).toEqual([
      ["new", "added", 1],
      ["old", "removed", 1],
      ["web", "modified", 0],
    ]);
  });

  it("T172 judges by the base's AppProjects, whatever the head says of them", async () => {
    await place.repository.commit({
      "projects/shop.yaml": project('"*"'),
      "apps/web.yaml": applicationYaml({ name: "web", project: "shop", namespace: "elsewhere" }),
    });
    const { code, shown } = await diff();
    expect(code).toBe(2);
    expect(shown.applications.map(({ name, problem }) => [name, problem?.reason])).toEqual([
      ["web", "ProjectForbids"],
    ]);
  });

  it("takes a project that the base does not define for missing", async () => {
    await place.repository.commit({
      "projects/free.yaml": project('"*"').replace("name: shop", "name: free"),
      "apps/web.yaml": applicationYaml({ name: "web", project: "free" }),
    });
    const { code, shown } = await diff();
    expect(code).toBe(2);
    expect(shown.applications.map(({ problem }) => problem?.reason)).toEqual(["ProjectUnknown"]);
  });

  it("does not take a broken file for a removal, and is in trouble", async () => {
    await place.repository.commit({ "apps/web.yaml": "kind: [\n", "plain/a.yaml": configMapYaml("a", "2") });
    const { code, shown } = await diff();
    expect(code).toBe(2);
    expect(shown.applications.map(({ name, definition }) => [name, definition])).toEqual([
      ["old", "kept"],
      ["web", "kept"],
    ]);
    expect(shown.warnings.map(({ reason }) => reason)).toContain("DefinitionSyntax");
  });

  it("looks for Applications where the base's .github/plumbline.yml says, and nowhere else", async () => {
    await place.repository.git("checkout", "-q", "main");
    await place.repository.commit({ ".github/plumbline.yml": "applications: [apps/]\n" });
    await place.repository.git("checkout", "-q", "-b", "later");
    await place.repository.commit({
      ".github/plumbline.yml": "applications: [elsewhere/]\n",
      "elsewhere/sneaky.yaml": applicationYaml({ name: "sneaky", project: "shop" }),
      "plain/a.yaml": configMapYaml("a", "2"),
    });
    await place.repository.git("branch", "-f", "change", "later");
    const { code, shown } = await diff();
    expect(code).toBe(1);
    expect(shown.applications.map(({ name }) => name)).toEqual(["old", "web"]);
  });
});
