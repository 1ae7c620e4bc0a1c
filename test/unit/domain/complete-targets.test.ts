import { describe, expect, it } from "vitest";

import { completeTargets } from "../../../src/domain/complete-targets.ts";
import { DEFAULT_SETTINGS } from "../../../src/domain/control-plane-settings.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { annotationOf } from "../../../src/domain/manifest.ts";
import { formatResourceKey } from "../../../src/domain/resource-key.ts";
import { TRACKING_ANNOTATION } from "../../../src/domain/tracking.ts";
import { application, scopeOf } from "../../support/applications.ts";

const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };

function complete(
  objects: readonly JsonObject[],
  options: { namespace?: string; settings?: typeof DEFAULT_SETTINGS } = {},
) {
  const { namespace = "shop", settings = DEFAULT_SETTINGS } = options;
  return completeTargets({
    application: application({ destination: { server: "https://kube.test", name: "", namespace } }),
    documents: objects.map((object, index) => ({ object, digest: `digest${index}` })),
    scopeOf,
    excluded: { ...settings, server: "https://kube.test" },
  });
}

function keys(objects: readonly JsonObject[], options?: Parameters<typeof complete>[1]): string {
  return complete(objects, options)
    .manifests.map(({ key }) => formatResourceKey(key))
    .join(", ");
}

describe("completeTargets", () => {
  it.for([
    {
      name: "puts namespaced objects into the destination's namespace",
      object: configMap,
      key: "/ConfigMap:shop/a",
    },
    {
      name: "keeps a namespace that is written",
      object: { ...configMap, metadata: { name: "a", namespace: "own" } },
      key: "/ConfigMap:own/a",
    },
    {
      name: "takes the namespace from cluster-scoped objects",
      object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "n", namespace: "x" } },
      key: "/Namespace:/n",
    },
    {
      name: "treats unknown kinds as namespaced",
      object: { apiVersion: "un.known/v1", kind: "Thing", metadata: { name: "t" } },
      key: "un.known/Thing:shop/t",
    },
  ])("$name", ({ object, key }) => {
    expect(keys([object])).toBe(key);
  });

  it("goes by the scope of a CRD among the targets", () => {
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "things.un.known" },
      spec: { group: "un.known", names: { kind: "Thing" }, scope: "Cluster" },
    };
    const thing = { apiVersion: "un.known/v1", kind: "Thing", metadata: { name: "t" } };
    expect(keys([thing, crd])).toBe(
      "un.known/Thing:/t, apiextensions.k8s.io/CustomResourceDefinition:/things.un.known",
    );
  });

  it("T151 finds a namespaced object without any namespace a problem, and never puts it into `default`", () => {
    const { manifests, problems } = complete([configMap], { namespace: "" });
    expect(manifests).toEqual([]);
    expect(problems).toEqual([
      {
        kind: "MissingNamespace",
        message: "ConfigMap a has no namespace, and neither has the Application's destination.",
      },
    ]);
  });

  it("lets the last of several with one key count, across sources", () => {
    const { manifests, warnings } = complete([
      { ...configMap, data: { n: "1" } },
      { ...configMap, metadata: { name: "b" } },
      { ...configMap, data: { n: "1" } },
      { ...configMap, metadata: { name: "a", namespace: "shop" }, data: { n: "2" } },
    ]);
    expect(manifests.map(({ object }) => object["data"])).toEqual([undefined, { n: "2" }]);
    expect(warnings).toEqual(["ConfigMap shop/a is rendered more than once: the last one counts."]);
  });

  it("keeps every hook that has a generateName, and refuses other objects without a name", () => {
    const hook = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { generateName: "x-", annotations: { "argocd.argoproj.io/hook": "Sync" } },
    };
    expect(complete([hook, hook]).manifests).toHaveLength(2);
    const { manifests, problems } = complete([
      { apiVersion: "batch/v1", kind: "Job", metadata: { generateName: "x-" } },
    ]);
    expect(manifests).toEqual([]);
    expect(problems).toEqual([
      {
        kind: "InvalidObject",
        message: "An object of kind Job has no metadata.name; only hooks may have a generateName instead.",
      },
    ]);
  });

  it.for([
    { name: "no kind", object: { apiVersion: "v1", metadata: { name: "a" } } },
    { name: "no apiVersion", object: { kind: "ConfigMap", metadata: { name: "a" } } },
    { name: "no name", object: { apiVersion: "v1", kind: "ConfigMap" } },
  ])("refuses an object with $name", ({ object }) => {
    expect(complete([object]).problems.map(({ kind }) => kind)).toEqual(["InvalidObject"]);
  });

  it("T159 overwrites a tracking id forged in Git, and says so", () => {
    const forged = {
      ...configMap,
      metadata: { name: "a", annotations: { [TRACKING_ANNOTATION]: "victim:/ConfigMap:shop/a" } },
    };
    const { manifests, warnings } = complete([forged]);
    expect(manifests.map((manifest) => annotationOf(manifest, TRACKING_ANNOTATION))).toEqual([
      "shop:/ConfigMap:shop/a",
    ]);
    expect(warnings).toHaveLength(1);
  });

  it("T156 leaves out owners that Git names", () => {
    const owned = {
      ...configMap,
      metadata: { name: "a", ownerReferences: [{ uid: "1", kind: "Node", name: "n" }] },
    };
    const { manifests, warnings } = complete([owned]);
    expect(JSON.stringify(manifests[0]?.object)).not.toContain("ownerReferences");
    expect(warnings).toHaveLength(1);
  });

  it.for([
    { name: "of an aggregated ClusterRole", aggregated: true, rules: [], sent: undefined },
    { name: "that are null", aggregated: true, rules: null, sent: undefined },
    { name: "that say something", aggregated: true, rules: [{ verbs: ["get"] }], sent: [{ verbs: ["get"] }] },
    { name: "of any other ClusterRole", aggregated: false, rules: [], sent: [] },
  ])("sends empty rules only where they are meant: those $name", ({ aggregated, rules, sent }) => {
    const { manifests } = complete([
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "a" },
        ...(aggregated ? { aggregationRule: { clusterRoleSelectors: [] } } : {}),
        rules,
      },
    ]);
    expect(manifests[0]?.object["rules"]).toEqual(sent);
  });

  it("leaves out what only an API server writes", () => {
    const exported = {
      ...configMap,
      metadata: {
        name: "a",
        uid: "u",
        resourceVersion: "7",
        creationTimestamp: null,
        managedFields: [],
        generation: 2,
      },
    };
    const [manifest] = complete([exported]).manifests;
    expect(Object.keys((manifest?.object["metadata"] ?? {}) as JsonObject).sort()).toEqual([
      "annotations",
      "name",
      "namespace",
    ]);
  });

  it.for([
    { name: "Events", object: { apiVersion: "v1", kind: "Event", metadata: { name: "e" } }, is: true },
    {
      name: "Leases",
      object: { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "e" } },
      is: true,
    },
    {
      name: "metrics",
      object: { apiVersion: "metrics.k8s.io/v1", kind: "PodMetrics", metadata: { name: "e" } },
      is: true,
    },
    {
      name: "excluded groups",
      object: { apiVersion: "batch/v1", kind: "Job", metadata: { name: "e" } },
      is: true,
    },
    { name: "anything else not", object: configMap, is: false },
  ])("leaves out $name with a warning", ({ object, is }) => {
    const settings = {
      ...DEFAULT_SETTINGS,
      resourceExclusions: [{ apiGroups: ["bat*"], kinds: ["Job"], clusters: ["https://kube.*"] }],
    };
    const { manifests, warnings } = complete([object], { settings });
    expect([manifests.length, warnings.length]).toEqual(is ? [0, 1] : [1, 0]);
  });

  it("matches any entry of any list of an exclusion", () => {
    const exclusion = {
      apiGroups: ["apps", "batch"],
      kinds: ["CronJob", "Job"],
      clusters: ["https://other", "https://kube.test"],
    };
    const settings = { ...DEFAULT_SETTINGS, resourceExclusions: [exclusion] };
    const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "j" } };
    const elsewhere = {
      ...DEFAULT_SETTINGS,
      resourceExclusions: [{ ...exclusion, clusters: ["https://other"] }],
    };
    expect(keys([job, configMap], { settings })).toBe("/ConfigMap:shop/a");
    expect(keys([job], { settings: elsewhere })).toBe("batch/Job:shop/j");
  });

  it("leaves out what no inclusion names, and lets exclusions win", () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      resourceInclusions: [{ apiGroups: ["", "batch"], kinds: [], clusters: [] }],
      resourceExclusions: [{ apiGroups: ["batch"], kinds: [], clusters: [] }],
    };
    const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "j" } };
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "r" } };
    expect(keys([configMap, job, role], { settings })).toBe("/ConfigMap:shop/a");
  });

  it("encodes stringData, where it wins over data", () => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      data: { a: "b2xk", b: "a2VwdA==" },
      stringData: { a: "nëw", n: null },
    };
    const [manifest] = complete([secret]).manifests;
    expect(manifest?.object["data"]).toEqual({ a: "bsOrdw==", b: "a2VwdA==", n: "" });
    expect(manifest?.object).not.toHaveProperty("stringData");
  });
});

describe("lists", () => {
  it.for([
    { name: "List", list: { apiVersion: "v1", kind: "List", items: [configMap] }, key: "/ConfigMap:shop/a" },
    {
      name: "ConfigMapList whose items have no kind",
      list: { apiVersion: "v1", kind: "ConfigMapList", items: [{ metadata: { name: "x" } }] },
      key: "/ConfigMap:shop/x",
    },
    {
      name: "any object with items",
      list: { apiVersion: "example.com/v1", kind: "Bundle", items: [configMap] },
      key: "/ConfigMap:shop/a",
    },
    {
      name: "list in a list",
      list: {
        apiVersion: "v1",
        kind: "List",
        items: [{ apiVersion: "v1", kind: "List", items: [configMap] }],
      },
      key: "/ConfigMap:shop/a",
    },
    { name: "empty List", list: { apiVersion: "v1", kind: "List", items: [] }, key: "" },
    { name: "List of null", list: { apiVersion: "v1", kind: "List", items: null }, key: "" },
    {
      name: "null items beside a spec (no list)",
      list: { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, items: null, spec: {} },
      key: "example.com/Widget:shop/w",
    },
    {
      name: "ConfigMapList whose items say what they are",
      list: {
        apiVersion: "v1",
        kind: "ConfigMapList",
        items: [{ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } }],
      },
      key: "/Secret:shop/s",
    },
    {
      name: "null items beside a status (no list)",
      list: {
        apiVersion: "example.com/v1",
        kind: "Widget",
        metadata: { name: "w" },
        items: null,
        status: {},
      },
      key: "example.com/Widget:shop/w",
    },
  ])("flattens a $name", ({ list, key }) => {
    expect(keys([list])).toBe(key);
  });
});

describe("lists among other objects", () => {
  it("are flattened where they stand", () => {
    const list = { apiVersion: "v1", kind: "List", items: [{ ...configMap, metadata: { name: "b" } }] };
    const last = { ...configMap, metadata: { name: "c" } };
    expect(keys([configMap, list, last])).toBe("/ConfigMap:shop/a, /ConfigMap:shop/b, /ConfigMap:shop/c");
  });

  it("are taken apart eight deep and no further", () => {
    const nest = (depth: number): JsonObject =>
      depth === 0 ? configMap : { apiVersion: "v1", kind: "List", items: [nest(depth - 1)] };
    expect(keys([nest(8)])).toBe("/ConfigMap:shop/a");
    expect(complete([nest(9)]).problems.map(({ kind }) => kind)).toEqual(["InvalidObject"]);
  });
});

describe("a target's digest", () => {
  const digests = (namespace: string) =>
    complete([configMap, { ...configMap, metadata: { name: "b" } }], { namespace }).manifests.map(
      ({ digest }) => digest,
    );

  it("is the same for the same text in the same place, and begins with the document's", () => {
    expect(digests("shop")).toEqual(digests("shop"));
    expect(digests("shop")[0]).toMatch(/^digest0/);
  });

  it("differs between texts and between places", () => {
    expect(new Set([...digests("shop"), ...digests("other")]).size).toBe(4);
  });

  it("differs where only the tracking id does, which names the destination of what has no namespace", () => {
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "a" } };
    const [one, other] = ["shop", "other"].map((namespace) => complete([role], { namespace }).manifests[0]);
    expect(one?.object).not.toEqual(other?.object);
    expect(one?.digest).not.toBe(other?.digest);
  });

  it("tells the items of a list apart", () => {
    const { manifests } = complete([
      { apiVersion: "v1", kind: "List", items: [configMap, { ...configMap, metadata: { name: "b" } }] },
    ]);
    expect(new Set(manifests.map(({ digest }) => digest)).size).toBe(2);
  });
});
