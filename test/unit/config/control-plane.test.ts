import { describe, expect, it } from "vitest";

import { assembleControlPlane, readControlPlane } from "../../../src/config/control-plane.ts";
import { readDefinitions } from "../../../src/config/read-definitions.ts";
import { applicationYaml, brief, DESTINATION, SOURCE } from "../../support/definitions.ts";

function app(
  name: string,
  { project = "default", destination = DESTINATION, namespace = "argocd", repo = "" } = {},
) {
  const source = repo === "" ? SOURCE : `source: {repoURL: '${repo}', path: web}`;
  return applicationYaml(
    `project: ${project}\n${source}\n${destination}`,
    `{name: ${name}, namespace: ${namespace}}`,
  );
}
function project(name: string, spec: string, namespace = "argocd") {
  return `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${spec}}\n`;
}
function secret(type: string, name: string, data: string) {
  const label = `{argocd.argoproj.io/secret-type: ${type}}`;
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: argocd, labels: ${label}}\nstringData: {${data}}\n`;
}
function read(...documents: readonly string[]) {
  return readControlPlane([{ file: "all.yaml", text: documents.join("---\n") }]);
}
const ALL = "sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]";

describe("readControlPlane", () => {
  it("holds the project default and the pod's own cluster without their being written", () => {
    const { projects, clusters, problems, settings, namespace } = read();
    expect(projects).toMatchObject([{ value: { name: "default", definitionRepos: [] }, file: "" }]);
    expect(clusters).toMatchObject([
      { cluster: { name: "in-cluster", server: "https://kubernetes.default.svc" } },
    ]);
    expect(clusters[0]?.credentials).toBeUndefined();
    expect({ problems, namespace, schemes: settings.helmValuesFileSchemes }).toEqual({
      problems: [],
      namespace: "argocd",
      schemes: ["http", "https"],
    });
  });

  it("reads everything from files in any order, sorted by name", () => {
    const files = [
      { file: "b/apps.yaml", text: `${app("z")}---\n${app("a")}` },
      {
        file: "a.yaml",
        text: `${project("team", ALL)}---\n${secret("repository", "r", "url: https://github.com/a/b")}`,
      },
      { file: "c.json", text: '{"apiVersion":"v1","kind":"List","items":[]}' },
    ];
    const snapshot = readControlPlane(files);
    expect(snapshot.applications.map(({ value, file, document }) => [value.name, file, document])).toEqual([
      ["a", "b/apps.yaml", 2],
      ["z", "b/apps.yaml", 1],
    ]);
    expect(snapshot.projects.map(({ value }) => value.name)).toEqual(["default", "team"]);
    expect(snapshot.repositories.map(({ url }) => url)).toEqual(["https://github.com/a/b"]);
    expect(snapshot.problems).toEqual([]);
    expect(readControlPlane(files.toReversed())).toEqual(snapshot);
  });

  it("lets a broken document hide none of the good ones", () => {
    const { applications, problems, incompleteFiles } = read(
      app("a"),
      "foo: [\n",
      app("b"),
      "- no object\n",
      "a: 1\n",
    );
    expect(applications.map(({ value }) => value.name)).toEqual(["a", "b"]);
    expect(problems.map(({ document, reason, severity }) => [document, reason, severity])).toEqual([
      [2, "DefinitionSyntax", "error"],
      [4, "FieldInvalid", "error"],
      [5, "DefinitionIgnored", "warning"],
    ]);
    expect(incompleteFiles).toEqual(["all.yaml"]);
  });

  it("reads the items of a List, as kubectl prints them", () => {
    const items = [app("a"), project("team", ALL)].map((text) => `- ${text.trim().replaceAll("\n", "\n  ")}`);
    const { applications, projects } = read(`apiVersion: v1\nkind: List\nitems:\n${items.join("\n")}\n`);
    expect(applications.map(({ value }) => value.name)).toEqual(["a"]);
    expect(projects).toHaveLength(2);
  });

  it("names ApplicationSets, and what is nothing of a control plane", () => {
    const { problems } = read(
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: many}\nspec: {}\n",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-server}\n",
      "apiVersion: app.k8s.io/v1beta1\nkind: Application\nmetadata: {name: other}\n",
      secret("scm-creds", "s", "a: b"),
    );
    expect(problems.map(({ reason, title }) => `${reason}: ${title}`)).toEqual([
      "ApplicationSetNotBuilt: ApplicationSet `many` generates nothing: ApplicationSets are not built yet",
      "DefinitionIgnored: Deployment `web` is nothing a control plane consists of",
      "DefinitionIgnored: Application `other` is nothing a control plane consists of",
      'FieldNotHonoured: `metadata.labels["argocd.argoproj.io/secret-type"]` is not honoured yet',
    ]);
  });

  it("takes the first of two definitions of one thing, and names the other", () => {
    const files = [
      { file: "b.yaml", text: app("web", { repo: "https://github.com/acme/second" }) },
      { file: "a.yaml", text: app("web", { repo: "https://github.com/acme/first" }) },
    ];
    const { applications, problems } = readControlPlane(files);
    expect(applications).toMatchObject([
      { file: "a.yaml", value: { sources: [{ repoURL: "https://github.com/acme/first" }] } },
    ]);
    expect(problems).toMatchObject([{ reason: "DefinitionDuplicate", file: "b.yaml" }]);
    expect(problems[0]?.remedy).toContain("`a.yaml`");
  });

  it("merges the settings of several ConfigMaps", () => {
    const { settings } = read(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {resource.compareoptions: 'ignoreResourceStatusField: crd'}\n",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-ssh-known-hosts-cm}\ndata: {ssh_known_hosts: h}\n",
    );
    expect(settings).toMatchObject({ ignoreResourceStatusField: "crd", sshKnownHosts: "h" });
  });
});

describe("the control plane's namespace", () => {
  it.for([
    ["nothing", [], "argocd"],
    ["the one of projects", [project("p", "", "gitops"), app("a")], "gitops"],
    [
      "the only one of Applications",
      [app("a", { namespace: "gitops" }), app("b", { namespace: "gitops" })],
      "gitops",
    ],
    ["Argo CD's, of several", [app("a", { namespace: "x" }), app("b", { namespace: "y" })], "argocd"],
  ] as const)("is told by %s", ([, documents, namespace]) => {
    expect(read(...documents).namespace).toBe(namespace);
  });

  it("decides by which name Applications are tracked", () => {
    const { applications } = read(
      project("default", `${ALL}, sourceNamespaces: ['*']`, "gitops"),
      app("a", { namespace: "gitops" }),
      app("b"),
    );
    expect(applications.map(({ value }) => value.instanceName)).toEqual(["argocd_b", "a"]);
  });
});

describe("checks across definitions", () => {
  const said = (...documents: readonly string[]) =>
    read(...documents).applications.map(({ value, problems }) => [value.name, brief(problems)]);

  it("T172 keeps an Application of a missing project, and does not fall back to default", () => {
    expect(said(app("web", { project: "team" }))).toEqual([
      ["web", ["error spec.project Application `argocd/web` names project `team`, which does not exist"]],
    ]);
    expect(said(app("web", { project: "team" }), project("team", ALL))).toEqual([["web", []]]);
  });

  it("asks the project for Applications of other namespaces", () => {
    const team = app("web", { project: "team", namespace: "team-a" });
    expect(said(team, project("team", ALL))).toEqual([
      ["web", ["error metadata.namespace Project `team` does not admit Applications of namespace `team-a`"]],
    ]);
    expect(said(team, project("team", `${ALL}, sourceNamespaces: [team-*]`))).toEqual([["web", []]]);
  });

  it("asks the project for repository and destination, all at once", () => {
    const rules =
      "sourceRepos: ['https://github.com/acme/other'], destinations: [{server: '*', namespace: x}]";
    const [[, problems] = []] = said(app("web", { project: "team" }), project("team", rules));
    expect(problems).toEqual([
      "error spec Project `team` does not permit the repository `https://github.com/acme/shop`",
      expect.stringContaining("error spec Project `team` does not permit"),
    ]);
  });

  it("permits a project the repositories that are reserved for it", () => {
    const rules = project("team", "destinations: [{server: '*', namespace: '*'}]");
    const own = secret("repository", "r", "url: https://github.com/acme/shop, project: team");
    expect(said(app("web", { project: "team" }), rules, own)).toEqual([["web", []]]);
    const other = secret("repository", "r", "url: https://github.com/acme/shop, project: others");
    expect(said(app("web", { project: "team" }), rules, other)[0]?.[1]).toHaveLength(1);
  });

  it("tells an Application what its project keeps from being synced", () => {
    const { applications } = read(
      app("web", { project: "team" }),
      project("team", `${ALL}, syncWindows: [{kind: deny}]`),
    );
    expect(applications[0]?.value.previewOnly).toMatchObject([
      { field: "AppProject team: spec.syncWindows" },
    ]);
  });

  const prod = secret("cluster", "prod", "name: prod, server: https://prod.example");

  it.for([
    ["destination: {server: 'https://PROD.example:443/'}", []],
    ["destination: {name: prod}", []],
    ["destination: {name: in-cluster}", []],
    ["destination: {name: staging}", ["error spec.destination No cluster is known by name `staging`"]],
    [
      "destination: {server: https://1.2.3.4}",
      ["error spec.destination No cluster is known by server `https://1.2.3.4`"],
    ],
    [
      "destination: {server: https://prod.example/x}",
      ["error spec.destination No cluster is known by server `https://prod.example/x`"],
    ],
  ] as const)("T162 resolves `%s`", ([destination, problems]) => {
    expect(said(app("web", { destination }), prod)).toEqual([["web", problems]]);
  });

  it("refuses a name that two clusters have", () => {
    const second = secret("cluster", "other", "name: prod, server: https://other.example");
    const { problems } = read(app("web", { destination: "destination: {name: prod}" }), prod, second);
    expect(problems).toMatchObject([{ reason: "DestinationAmbiguous", field: "spec.destination" }]);
    expect(problems[0]?.remedy).toContain("- `https://other.example`\n- `https://prod.example`");
  });

  it("T186 takes the first of two Secrets for one server, always, and names the other", () => {
    const weak = secret("cluster", "b", "name: weak, server: https://prod.example:443/, namespaces: a");
    const files = [
      { file: "2.yaml", text: weak },
      { file: "1.yaml", text: prod },
    ];
    for (const order of [files, files.toReversed()]) {
      const { clusters, problems } = readControlPlane(order);
      expect(clusters.map(({ cluster }) => cluster.name)).toEqual(["in-cluster", "prod"]);
      expect(problems).toMatchObject([{ reason: "ClusterDuplicate", file: "2.yaml", severity: "error" }]);
      expect(problems[0]?.remedy).toContain("`1.yaml`");
    }
  });

  it("lets a Secret describe the pod's own cluster, and the settings take it away", () => {
    const own = secret("cluster", "c", "name: here, server: https://kubernetes.default.svc");
    expect(read(own).clusters.map(({ cluster }) => cluster.name)).toEqual(["here"]);
    const settings =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {cluster.inClusterEnabled: 'false'}\n";
    expect(read(settings).clusters).toEqual([]);
    expect(read(settings, own).clusters).toHaveLength(1);
  });

  it("T187 leaves Applications of a deleted cluster Secret defined, with the reason", () => {
    const files = [
      readDefinitions({ file: "a.yaml", text: app("web", { destination: "destination: {name: prod}" }) }),
    ];
    const { applications } = assembleControlPlane(files);
    expect(applications).toMatchObject([
      { value: { name: "web" }, problems: [{ reason: "DestinationUnknown" }] },
    ]);
  });

  it("keeps what cannot be rendered in sight, by name", () => {
    const chart = applicationYaml(
      `source: {repoURL: https://charts.example, chart: web, targetRevision: 1.0.0}\n${DESTINATION}`,
    );
    const { applications, problems } = read(chart);
    expect(applications).toMatchObject([
      { value: { name: "web" }, problems: [{ reason: "FieldCannotBeRendered" }] },
    ]);
    expect(problems).toHaveLength(1);
  });
});
