import { describe, expect, it } from "vitest";

import { readControlPlane } from "../../../src/config/control-plane.ts";
import { readDefinitions } from "../../../src/config/read-definitions.ts";
import { admitDefinitions } from "../../../src/config/repository-definitions.ts";
import { applicationYaml, DESTINATION, SOURCE } from "../../support/definitions.ts";

const REPOSITORY = "https://github.com/acme/apps";

function app(name: string, project: string): string {
  return applicationYaml(`project: ${project}\n${SOURCE}\n${DESTINATION}`, `{name: ${name}}`);
}

const TEAM = [
  "apiVersion: argoproj.io/v1alpha1",
  "kind: AppProject",
  "metadata:",
  "  name: team",
  "  annotations: {plumbline.dev/definition-repos: 'https://github.com/acme/app*'}",
  "spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: shop}]}",
  "",
].join("\n");

function admit(files: Readonly<Record<string, string>>, repositoryUrl = REPOSITORY) {
  const controlPlane = readControlPlane([
    { file: "operator.yaml", text: `${TEAM}---\n${app("own", "default")}` },
  ]);
  const readings = Object.entries(files).map(([file, text]) => readDefinitions({ file, text }));
  const { applications, problems } = admitDefinitions(readings, { repositoryUrl, controlPlane });
  return {
    names: applications.map(({ value, problems: own }) => `${value.name}${own.length > 0 ? "!" : ""}`),
    said: problems.map(({ reason, file }) => `${file}: ${reason}`),
  };
}

describe("admitDefinitions", () => {
  it("takes Applications of a project that lists the repository", () => {
    expect(admit({ "b.yaml": app("web", "team"), "a.yaml": app("api", "team") })).toEqual({
      names: ["api", "web"],
      said: [],
    });
  });

  it.for([
    ["https://github.com/ACME/apps.git/", ["web"]],
    ["https://github.com:443/acme/apps", ["web"]],
    ["git@github.com:acme/apps.git", []],
  ] as const)("T163 compares the repository in canonical form: %s", ([url, names]) => {
    expect(admit({ "a.yaml": app("web", "team") }, url).names).toEqual(names);
  });

  it.for([
    ["another repository", app("web", "team"), "https://github.com/evil/apps"],
    ["a repository whose name begins alike", app("web", "team"), "https://github.com/acme/apps/../../evil/x"],
    ["project default, which admits none", app("web", "default"), REPOSITORY],
    ["an AppProject", TEAM.replace("team", "mine"), REPOSITORY],
    [
      "a cluster Secret",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: c, labels: {argocd.argoproj.io/secret-type: cluster}}\nstringData: {name: c, server: https://c}\n",
      REPOSITORY,
    ],
    ["settings", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {}\n", REPOSITORY],
  ] as const)("T160 does not take %s", ([, text, url]) => {
    expect(admit({ "a.yaml": text }, url)).toEqual({ names: [], said: ["a.yaml: DefinitionNotAdmitted"] });
  });

  it("leaves a name that the operator uses to the operator, and takes the first of two", () => {
    expect(
      admit({ "a.yaml": app("own", "team"), "b.yaml": app("web", "team"), "c.yaml": app("web", "team") }),
    ).toEqual({
      names: ["web"],
      said: ["a.yaml: DefinitionDuplicate", "c.yaml: DefinitionDuplicate"],
    });
  });

  it("keeps what is wrong with an Application in sight", () => {
    expect(admit({ "a.yaml": app("web", "nobody") })).toEqual({
      names: ["web!"],
      said: ["a.yaml: ProjectMissing"],
    });
    expect(admit({ "a.yaml": `foo: [\n---\n${app("web", "team")}` })).toEqual({
      names: ["web"],
      said: ["a.yaml: DefinitionSyntax"],
    });
  });
});
