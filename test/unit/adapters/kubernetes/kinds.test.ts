import { describe, expect, it } from "vitest";

import { createKinds } from "../../../../src/adapters/kubernetes/kinds.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { createFakeClock } from "../../../support/fake-clock.ts";
import { createFakeApiServer } from "./fake-api-server.ts";

const list = (items: readonly JsonObject[]): JsonObject => ({ kind: "APIGroupDiscoveryList", items });
const group = (name: string, ...versions: readonly JsonObject[]): JsonObject => ({
  metadata: { name },
  versions,
});
const serving = (version: string, ...kinds: readonly string[]): JsonObject => ({
  version,
  freshness: "Current",
  resources: kinds.map((kind) => ({
    resource: `${kind.toLowerCase()}s`,
    responseKind: { group: "", version: "", kind },
    scope: "Namespaced",
    verbs: ["get", "list"],
  })),
});

/** A cluster whose kinds can change. */
function createCluster() {
  const groups = [group("apps", serving("v1", "Deployment"), serving("v1beta1", "Deployment", "Old"))];
  const clock = createFakeClock();
  const api = createFakeApiServer((path) => {
    if (path === "/version") return { gitVersion: "v1.36.3-gke.100+abc" };
    if (path === "/api") return list([group("", serving("v1", "ConfigMap"))]);
    return path === "/apis" ? list(groups) : undefined;
  });
  return { groups, clock, api, kinds: createKinds(api, clock) };
}

describe("discovery", () => {
  it("strips the version of what vendors add, and prefers the first version of a group", async () => {
    const { kinds } = createCluster();
    const { kubeVersion, resources } = await kinds.api();
    expect(kubeVersion).toBe("1.36.3");
    const shown = resources.map(
      ({ group: name, version, kind, preferred }) => `${name}/${version} ${kind}${preferred ? " *" : ""}`,
    );
    expect(shown).toEqual([
      "/v1 ConfigMap *",
      "apps/v1 Deployment *",
      "apps/v1beta1 Deployment",
      "apps/v1beta1 Old",
    ]);
  });

  it("lists a group as unavailable where its server does not answer", async () => {
    const { kinds, groups } = createCluster();
    groups.push(group("metrics.k8s.io", { version: "v1", freshness: "Stale" }));
    expect((await kinds.api()).unavailableGroups).toEqual(["metrics.k8s.io"]);
  });
});

describe("kinds", () => {
  it("are asked for once, also by many at the same time", async () => {
    const { kinds, api } = createCluster();
    await Promise.all([kinds.api(), kinds.api(), kinds.find({ group: "apps", kind: "Deployment" })]);
    await kinds.api([{ group: "", kind: "ConfigMap" }]);
    expect(api.paths).toHaveLength(3);
  });

  it.for([
    { version: undefined, found: "v1" },
    { version: "v1", found: "v1" },
    { version: "v1beta1", found: "v1beta1" },
  ])("are found in version $version as $found", async ({ version, found }) => {
    const { kinds } = createCluster();
    expect((await kinds.find({ group: "apps", kind: "Deployment" }, version))?.version).toBe(found);
  });

  it("are found in another version where the preferred one does not serve them", async () => {
    const { kinds } = createCluster();
    expect((await kinds.find({ group: "apps", kind: "Old" }))?.version).toBe("v1beta1");
  });

  it("are looked for again, once for all who miss one, and not at once again", async () => {
    const { kinds, api, groups, clock } = createCluster();
    await kinds.api();
    const widget = { group: "example.com", kind: "Widget" };
    groups.push(group("example.com", serving("v1", "Widget")));
    const found = Promise.all([kinds.find(widget), kinds.find(widget), kinds.api([widget])]);
    await clock.advance(499);
    expect(api.paths).toHaveLength(3);
    await clock.advance(1);
    expect((await found)[0]?.resource).toBe("widgets");
    expect(api.paths).toHaveLength(6);
  });

  it("are asked for anew after they were forgotten, and after a failure", async () => {
    const { kinds, api } = createCluster();
    await kinds.api();
    kinds.forget();
    await kinds.api();
    expect(api.paths).toHaveLength(6);
    let isUp = false;
    const flaky = createKinds(
      createFakeApiServer((path) =>
        isUp ? (path === "/version" ? { gitVersion: "v1.2.3" } : list([])) : 503,
      ),
      createFakeClock(),
    );
    await expect(flaky.api()).rejects.toThrow("ClusterUnreachable");
    isUp = true;
    expect((await flaky.api()).kubeVersion).toBe("1.2.3");
  });
});
