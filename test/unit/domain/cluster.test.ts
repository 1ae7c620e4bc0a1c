import { expect, it } from "vitest";

import { type ApiResource, apiVersionsOf, findResource } from "../../../src/domain/cluster.ts";

/** `apps/v1 Deployment`, with `*` behind it for the preferred version. */
function resource(text: string): ApiResource {
  const [groupVersion = "", kind = "", star] = text.split(" ");
  const [group = "", version = ""] = groupVersion.includes("/")
    ? groupVersion.split("/")
    : ["", groupVersion];
  return { group, version, kind, resource: "", namespaced: true, verbs: [], preferred: star === "*" };
}

const resources = ["v1 Pod *", "apps/v1 Deployment *", "apps/v1beta1 Deployment", "apps/v1beta1 Old"].map(
  resource,
);

it.for([
  { kind: "apps Deployment", version: undefined, found: "v1" },
  { kind: "apps Deployment", version: "v1beta1", found: "v1beta1" },
  { kind: "apps Deployment", version: "v2", found: undefined },
  { kind: "apps Old", version: undefined, found: "v1beta1" },
  { kind: "apps Pod", version: undefined, found: undefined },
  { kind: " Pod", version: undefined, found: "v1" },
])("finds '$kind' in version $version as $found", ({ kind, version, found }) => {
  const [group = "", name = ""] = kind.split(" ");
  expect(findResource({ resources }, { group, kind: name }, version)?.version).toBe(found);
});

it("names API versions as Helm's capabilities do, sorted", () => {
  expect(apiVersionsOf({ resources })).toEqual([
    "apps/v1",
    "apps/v1/Deployment",
    "apps/v1beta1",
    "apps/v1beta1/Deployment",
    "apps/v1beta1/Old",
    "v1",
    "v1/Pod",
  ]);
});
