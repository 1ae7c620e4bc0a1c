import { describe, expect, it } from "vitest";

import { parseProject } from "../../../src/config/project-manifest.ts";
import { brief, manifest } from "../../support/definitions.ts";

function parse(spec: string, metadata = "{name: team}") {
  return parseProject(
    manifest(`apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: ${metadata}\nspec: ${spec}\n`),
  );
}

describe("parseProject", () => {
  it("reads a project that permits nothing", () => {
    const { project, problems } = parse("{}");
    expect(problems).toEqual([]);
    expect(project).toEqual({
      name: "team",
      description: "",
      sourceRepos: [],
      destinations: [],
      clusterResourceWhitelist: [],
      clusterResourceBlacklist: [],
      namespaceResourceBlacklist: [],
      sourceNamespaces: [],
      permitOnlyProjectScopedClusters: false,
      definitionRepos: [],
      previewOnly: [],
    });
  });

  it("refuses a pattern of kinds that would match none", () => {
    const { project, problems } = parse("{namespaceResourceBlacklist: [{group: ''}, {kind: Secret}]}");
    expect(project).toBeUndefined();
    expect(brief(problems)).toEqual(["error spec.namespaceResourceBlacklist[0].kind is missing"]);
  });

  it("reads every rule", () => {
    const { project, problems } = parse(
      [
        "{description: d, sourceRepos: ['https://github.com/acme/*', '!https://github.com/acme/secret']",
        "destinations: [{server: 'https://Prod.example/', namespace: 'a*'}, {name: '!prod', server: '!https://X.y:443', namespace: '*'}]",
        "clusterResourceWhitelist: [{group: '', kind: Namespace, name: 'a-*'}]",
        "clusterResourceBlacklist: [{group: rbac.authorization.k8s.io, kind: '*'}]",
        "namespaceResourceWhitelist: [{group: apps, kind: Deployment}]",
        "namespaceResourceBlacklist: [{group: '', kind: ResourceQuota}]",
        "sourceNamespaces: [team-*], permitOnlyProjectScopedClusters: true",
        "roles: [{name: ci, policies: ['p, proj:team:ci, applications, sync, team/*, allow']}]}",
      ].join(", "),
      "{name: team, annotations: {plumbline.dev/definition-repos: 'https://github.com/acme/apps, https://github.com/acme/more-*'}}",
    );
    expect(problems).toEqual([]);
    expect(project).toEqual({
      name: "team",
      description: "d",
      sourceRepos: ["https://github.com/acme/*", "!https://github.com/acme/secret"],
      destinations: [
        { server: "https://prod.example", name: "", namespace: "a*" },
        { server: "!https://x.y", name: "!prod", namespace: "*" },
      ],
      clusterResourceWhitelist: [{ group: "", kind: "Namespace", name: "a-*" }],
      clusterResourceBlacklist: [{ group: "rbac.authorization.k8s.io", kind: "*", name: "" }],
      namespaceResourceWhitelist: [{ group: "apps", kind: "Deployment", name: "" }],
      namespaceResourceBlacklist: [{ group: "", kind: "ResourceQuota", name: "" }],
      sourceNamespaces: ["team-*"],
      permitOnlyProjectScopedClusters: true,
      definitionRepos: ["https://github.com/acme/apps", "https://github.com/acme/more-*"],
      previewOnly: [],
    });
  });

  it("tells an absent list of namespaced kinds from an empty one", () => {
    expect(parse("{}").project?.namespaceResourceWhitelist).toBeUndefined();
    expect(parse("{namespaceResourceWhitelist: null}").project?.namespaceResourceWhitelist).toBeUndefined();
    expect(parse("{namespaceResourceWhitelist: []}").project?.namespaceResourceWhitelist).toEqual([]);
  });

  it.for([
    "syncWindows: [{kind: deny, schedule: '* * * * *', duration: 1h, applications: ['*']}]",
    "destinationServiceAccounts: [{server: '*', namespace: '*', defaultServiceAccount: a}]",
    "signatureKeys: [{keyID: ABCD}]",
    "sourceIntegrity: {git: {policies: []}}",
  ])("keeps Applications from being synced by `%s`", (spec) => {
    const { project, problems } = parse(`{${spec}}`);
    expect(project?.previewOnly.map(({ field }) => field)).toEqual([`spec.${spec.split(":")[0]}`]);
    expect(problems).toMatchObject([{ reason: "FieldKeepsFromSync", severity: "warning" }]);
  });

  it("does not mind protective fields that are empty", () => {
    expect(parse("{syncWindows: [], signatureKeys: [], sourceIntegrity: {}}").project?.previewOnly).toEqual(
      [],
    );
  });

  it.for([
    ["{sourceRepos: ['!*']}", "error spec.sourceRepos[0] denies everything by `!*`"],
    [
      "{destinations: [{server: '*', namespace: '!*'}]}",
      "error spec.destinations[0] denies everything by `!*`",
    ],
    ["{sourceRepos: 'https://x'}", "error spec.sourceRepos is not a list of texts, but a text"],
    ["{destinations: [{namespace: 1}]}", "error spec.destinations[0].namespace is not a text, but a number"],
  ] as const)("refuses %s", ([spec, said]) => {
    const { project, problems } = parse(spec);
    expect(project).toBeUndefined();
    expect(brief(problems)).toEqual([said]);
  });

  it.for([
    ["orphanedResources: {warn: true}", "warning spec.orphanedResources is not honoured yet"],
    ["sourceRepo: ['*']", "warning spec.sourceRepo is not a field that is known here"],
  ] as const)("warns of `%s`", ([spec, said]) => {
    const { project, problems } = parse(`{${spec}}`);
    expect(project).toBeDefined();
    expect(brief(problems)).toEqual([said]);
  });

  it("lets project default admit no definitions", () => {
    const { project, problems } = parse(
      "{}",
      "{name: default, annotations: {plumbline.dev/definition-repos: '*'}}",
    );
    expect(project?.definitionRepos).toEqual([]);
    expect(problems).toMatchObject([{ reason: "FieldNotHonoured" }]);
  });

  it("refuses a project without a name", () => {
    expect(brief(parse("{}", "{}").problems)).toEqual(["error metadata.name is missing"]);
  });
});
