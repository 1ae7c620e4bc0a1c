import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_PROJECT, type Project, type ResourcePattern } from "../../../src/domain/project.ts";
import {
  forbiddenBy,
  permitsApplicationNamespace,
  permitsResource,
} from "../../../src/domain/project-rules.ts";
import type { ResourceKey } from "../../../src/domain/resource-key.ts";
import { application, scopeOf } from "../../support/applications.ts";

const STRICT: Project = {
  ...DEFAULT_PROJECT,
  name: "team-a",
  sourceRepos: ["https://github.com/acme/*"],
  destinations: [{ server: "https://kube.test", name: "", namespace: "team-a-*" }],
  clusterResourceWhitelist: [],
};

/** `group/Kind` or `group/Kind:name`. */
function patterns(...texts: readonly string[]): readonly ResourcePattern[] {
  return texts.map((text) => {
    const [, group = "", kind = "", name = ""] = /^(.*)\/([^:]*):?(.*)$/.exec(text) ?? [];
    return { group, kind, name };
  });
}

describe("permitsResource", () => {
  it.for([
    {
      name: "no cluster-scoped kind where the list is empty",
      rules: {},
      kind: "rbac.authorization.k8s.io/ClusterRole",
      scope: "Cluster",
      is: false,
    },
    {
      name: "a cluster-scoped kind that is listed",
      rules: { clusterResourceWhitelist: patterns("/Namespace") },
      kind: "/Namespace",
      scope: "Cluster",
      is: true,
    },
    {
      name: "a cluster-scoped kind of a listed name",
      rules: { clusterResourceWhitelist: patterns("/Namespace:team-*") },
      kind: "/Namespace:team-b",
      scope: "Cluster",
      is: true,
    },
    {
      name: "no cluster-scoped kind of another name",
      rules: { clusterResourceWhitelist: patterns("/Namespace:team-*") },
      kind: "/Namespace:kube-system",
      scope: "Cluster",
      is: false,
    },
    {
      name: "T164 nothing that both lists name",
      rules: { clusterResourceWhitelist: patterns("*/*"), clusterResourceBlacklist: patterns("/Node") },
      kind: "/Node",
      scope: "Cluster",
      is: false,
    },
    {
      name: "every namespaced kind where the list is absent",
      rules: {},
      kind: "apps/Deployment",
      scope: "Namespaced",
      is: true,
    },
    {
      name: "no namespaced kind where the list is empty",
      rules: { namespaceResourceWhitelist: [] },
      kind: "apps/Deployment",
      scope: "Namespaced",
      is: false,
    },
    {
      name: "only listed namespaced kinds",
      rules: { namespaceResourceWhitelist: patterns("apps/*") },
      kind: "batch/Job",
      scope: "Namespaced",
      is: false,
    },
    {
      name: "no denied namespaced kind",
      rules: { namespaceResourceBlacklist: patterns("/Secret") },
      kind: "/Secret",
      scope: "Namespaced",
      is: false,
    },
    {
      name: "T154 no denied kind under its former group",
      rules: { namespaceResourceBlacklist: patterns("networking.k8s.io/Ingress") },
      kind: "extensions/Ingress",
      scope: "Namespaced",
      is: false,
    },
    {
      name: "T154 no denied kind under its new group",
      rules: { namespaceResourceBlacklist: patterns("extensions/Deployment") },
      kind: "apps/Deployment",
      scope: "Namespaced",
      is: false,
    },
    {
      name: "T154 no denied cluster-scoped kind under its former group",
      rules: {
        clusterResourceWhitelist: patterns("*/*"),
        clusterResourceBlacklist: patterns("policy/PodSecurityPolicy"),
      },
      kind: "extensions/PodSecurityPolicy",
      scope: "Cluster",
      is: false,
    },
    {
      name: "T154 no denied Event under its other group",
      rules: { namespaceResourceBlacklist: patterns("/Event") },
      kind: "events.k8s.io/Event",
      scope: "Namespaced",
      is: false,
    },
    {
      name: "T154 a kind of the same name in a foreign group",
      rules: { namespaceResourceBlacklist: patterns("networking.k8s.io/Ingress") },
      kind: "traefik.io/Ingress",
      scope: "Namespaced",
      is: true,
    },
    {
      name: "no kind that only looks similar to a pattern",
      rules: { namespaceResourceWhitelist: patterns("apps/Deploy*") },
      kind: "apps/ReplicaSet",
      scope: "Namespaced",
      is: false,
    },
  ] as const)("permits $name", ({ rules, kind, scope, is }) => {
    const [resource = { group: "", kind: "", name: "" }] = patterns(kind);
    expect(permitsResource({ ...STRICT, ...rules }, { ...resource, name: resource.name || "x" }, scope)).toBe(
      is,
    );
  });
});

describe("permitsApplicationNamespace", () => {
  it.for([
    { entries: [], namespace: "argocd", is: true },
    { entries: [], namespace: "team-a", is: false },
    { entries: ["team-*"], namespace: "team-a", is: true },
    { entries: ["team-a"], namespace: "team-a-evil", is: false },
    { entries: ["/^team-[ab]$/"], namespace: "team-b", is: true },
    { entries: ["/^team-[ab]$/"], namespace: "team-bc", is: false },
    { entries: ["/(/"], namespace: "team-a", is: false },
    { entries: ["/"], namespace: "/", is: true },
  ])("T168 with $entries: $namespace $is", ({ entries, namespace, is }) => {
    expect(permitsApplicationNamespace({ sourceNamespaces: entries }, namespace, "argocd")).toBe(is);
  });
});

describe("forbiddenBy", () => {
  const context = {
    cluster: { name: "main", server: "https://kube.test", project: "" },
    scopeOf,
    controlPlaneNamespace: "argocd",
  };
  const key = (kind: string, namespace: string, group = ""): ResourceKey => ({
    group,
    kind,
    namespace,
    name: "x",
  });
  const shop = application({
    project: "team-a",
    destination: { server: "https://kube.test", name: "", namespace: "team-a-web" },
  });
  const judge = (objects: readonly ResourceKey[], overrides = {}) =>
    forbiddenBy({ application: { ...shop, ...overrides }, project: STRICT }, context, objects).map(
      ({ kind, what }) => `${kind}: ${what}`,
    );

  it.for([
    { name: "nothing wrong", objects: [key("ConfigMap", "team-a-web")], found: [] },
    {
      name: "T148 another team's namespace",
      objects: [key("ConfigMap", "team-b")],
      found: ["resource: ConfigMap team-b/x (namespace `team-b` on cluster `main`)"],
    },
    {
      name: "T151 a kind that nobody knows, in another team's namespace",
      objects: [key("Gadget", "team-a-web", "example.org"), key("Gadget", "team-b", "example.org")],
      found: ["resource: Gadget team-b/x (namespace `team-b` on cluster `main`)"],
    },
    {
      name: "T150 a cluster-scoped kind",
      objects: [key("Namespace", "")],
      found: ["resource: Namespace x (a cluster-scoped kind that it does not allow)"],
    },
    {
      name: "T150 a ClusterRole, however its namespace is written",
      objects: [key("ClusterRole", "team-a-web", "rbac.authorization.k8s.io")],
      found: ["resource: ClusterRole team-a-web/x (a cluster-scoped kind that it does not allow)"],
    },
    {
      name: "T168 a namespace that only begins alike",
      objects: [key("ConfigMap", "team-a")],
      found: ["resource: ConfigMap team-a/x (namespace `team-a` on cluster `main`)"],
    },
    {
      name: "all of them at once",
      objects: [key("Secret", "team-b"), key("Node", "")],
      found: [
        "resource: Secret team-b/x (namespace `team-b` on cluster `main`)",
        "resource: Node x (a cluster-scoped kind that it does not allow)",
      ],
    },
  ])("finds $name", ({ objects, found }) => {
    expect(judge(objects)).toEqual(found);
  });

  it("finds the source, the destination and the definition's namespace, without credentials in its words", () => {
    const [source] = shop.sources;
    const sources =
      source === undefined ? [] : [{ ...source, repoURL: "https://user:token@evil.test/acme/x" }];
    const found = judge([], {
      sources,
      namespace: "team-x",
      destination: { server: "https://kube.test", name: "", namespace: "kube-system" },
    });
    expect(found).toEqual([
      "namespace: Applications defined in namespace `team-x`",
      "source: the repository `https://evil.test/acme/x`",
      "destination: namespace `kube-system` on cluster `main`",
    ]);
  });

  it("T152 judges the namespace to be created as any cluster-scoped object", () => {
    const mayCreate = { ...STRICT, clusterResourceWhitelist: patterns("/Namespace:team-a-*") };
    const named = (name: string): ResourceKey => ({ group: "", kind: "Namespace", namespace: "", name });
    const found = (name: string) =>
      forbiddenBy({ application: shop, project: mayCreate }, context, [named(name)]);
    expect(found("team-a-web")).toEqual([]);
    expect(found("kube-system")).toHaveLength(1);
  });

  it("T315 permits no more after a refusal is added, and the same for target, live, hook and prune", () => {
    const word = fc.constantFrom("", "apps", "batch", "*");
    const kind = fc.constantFrom("Deployment", "Job", "Secret", "Namespace", "*");
    const pattern = fc.record({ group: word, kind, name: fc.constant("") });
    fc.assert(
      fc.property(
        fc.array(pattern),
        fc.array(pattern),
        pattern,
        fc.constantFrom("Cluster", "Namespaced"),
        (allowed, denied, added, scope) => {
          const before = {
            ...STRICT,
            clusterResourceWhitelist: allowed,
            namespaceResourceWhitelist: allowed,
            clusterResourceBlacklist: denied,
            namespaceResourceBlacklist: denied,
          };
          const after = {
            ...before,
            clusterResourceBlacklist: [...denied, added],
            namespaceResourceBlacklist: [...denied, added],
          };
          for (const resource of [
            { group: "apps", kind: "Deployment", name: "x" },
            { group: "", kind: "Namespace", name: "x" },
          ]) {
            const isPermittedAfter = permitsResource(after, resource, scope as "Cluster" | "Namespaced");
            expect(
              !isPermittedAfter || permitsResource(before, resource, scope as "Cluster" | "Namespaced"),
            ).toBe(true);
          }
        },
      ),
    );
  });
});
