import { expect, it } from "vitest";

import { collectionPath, objectPath, query } from "../../../../src/adapters/kubernetes/resource-path.ts";

const of = (group: string, version: string, resource: string, namespaced: boolean) => ({
  group,
  version,
  resource,
  namespaced,
  kind: "",
  verbs: [],
  preferred: true,
});

it.for([
  { what: of("", "v1", "configmaps", true), namespace: "shop", path: "/api/v1/namespaces/shop/configmaps/a" },
  {
    what: of("apps", "v1", "deployments", true),
    namespace: "shop",
    path: "/apis/apps/v1/namespaces/shop/deployments/a",
  },
  { what: of("", "v1", "namespaces", false), namespace: "", path: "/api/v1/namespaces/a" },
  { what: of("", "v1", "nodes", false), namespace: "ignored", path: "/api/v1/nodes/a" },
])("an object is at $path", ({ what, namespace, path }) => {
  expect(objectPath(what, { namespace, name: "a" })).toBe(path);
});

it.for([
  { name: "My-Upper:Name", escaped: "My-Upper%3AName" },
  { name: "../../secrets/x", escaped: "..%2F..%2Fsecrets%2Fx" },
  { name: "a?dryRun=All", escaped: "a%3FdryRun%3DAll" },
  { name: "..", escaped: "%2E%2E" },
])("the name $name stays one step of the path", ({ name, escaped }) => {
  expect(objectPath(of("", "v1", "roles", false), { namespace: "", name })).toBe(`/api/v1/roles/${escaped}`);
});

it("all namespaces together are one collection", () => {
  expect(collectionPath(of("", "v1", "secrets", true), "")).toBe("/api/v1/secrets");
});

it("a query leaves out what is not given", () => {
  expect(query({ limit: 5, continue: undefined, fieldManager: "a b" })).toBe("?limit=5&fieldManager=a+b");
  expect(query({ dryRun: undefined })).toBe("");
});
