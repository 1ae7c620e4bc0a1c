import { describe, expect, it } from "vitest";

import {
  builtInScopeOf,
  definedKind,
  isBuiltInGroup,
  scopesOf,
  withDefinedKinds,
} from "../../../src/domain/kind-scopes.ts";

const crd = (scope: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  spec: { group: "example.com", names: { kind: "Gadget" }, scope },
});

describe("builtInScopeOf", () => {
  it.for([
    ["", "Namespace", "Cluster"],
    ["", "ConfigMap", "Namespaced"],
    ["apps", "Deployment", "Namespaced"],
    ["rbac.authorization.k8s.io", "ClusterRole", "Cluster"],
    ["rbac.authorization.k8s.io", "Role", "Namespaced"],
    ["storage.k8s.io", "StorageClass", "Cluster"],
    ["storage.k8s.io", "CSIStorageCapacity", "Namespaced"],
    ["apiextensions.k8s.io", "CustomResourceDefinition", "Cluster"],
    ["networking.k8s.io", "IngressClass", "Cluster"],
    ["networking.k8s.io", "Ingress", "Namespaced"],
    ["policy", "PodDisruptionBudget", "Namespaced"],
    ["gateway.networking.k8s.io", "Gateway", undefined],
    ["example.com", "Gadget", undefined],
    ["constructor", "Gadget", undefined],
  ] as const)("%s/%s is %s", ([group, kind, scope]) => {
    expect(builtInScopeOf({ group, kind })).toBe(scope);
    expect(isBuiltInGroup(group)).toBe(scope !== undefined);
  });
});

describe("scopesOf", () => {
  const scopeOf = scopesOf({
    resources: [
      {
        group: "example.com",
        version: "v1",
        kind: "Gadget",
        resource: "gadgets",
        namespaced: false,
        verbs: [],
        preferred: true,
      },
      {
        group: "",
        version: "v1",
        kind: "Secret",
        resource: "secrets",
        namespaced: true,
        verbs: [],
        preferred: true,
      },
    ],
  });
  it("says what discovery says, and no more", () => {
    expect(scopeOf({ group: "example.com", kind: "Gadget" })).toBe("Cluster");
    expect(scopeOf({ group: "", kind: "Secret" })).toBe("Namespaced");
    expect(scopeOf({ group: "", kind: "ConfigMap" })).toBeUndefined();
  });
});

describe("definedKind", () => {
  it.for([
    { name: "a namespaced CRD", object: crd("Namespaced"), scope: "Namespaced" },
    { name: "a cluster-scoped CRD", object: crd("Cluster"), scope: "Cluster" },
    { name: "another kind of that group", object: { ...crd("Cluster"), kind: "Other" }, scope: undefined },
    {
      name: "a foreign kind of that name",
      object: { ...crd("Cluster"), apiVersion: "example.com/v1" },
      scope: undefined,
    },
    {
      name: "a CRD without names",
      object: { ...crd("Cluster"), spec: { group: "example.com" } },
      scope: undefined,
    },
  ])("of $name: $scope", ({ object, scope }) => {
    expect(definedKind(object)?.scope).toBe(scope);
  });
});

describe("withDefinedKinds", () => {
  const gadget = { group: "example.com", kind: "Gadget" };
  it("adds what the objects define, and believes the cluster first", () => {
    expect(withDefinedKinds(() => undefined, [crd("Cluster")])(gadget)).toBe("Cluster");
    expect(withDefinedKinds(() => "Namespaced", [crd("Cluster")])(gadget)).toBe("Namespaced");
    expect(withDefinedKinds(() => undefined, [])(gadget)).toBeUndefined();
  });
});
