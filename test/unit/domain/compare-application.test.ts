import { describe, expect, it } from "vitest";

import { settleResource, withSettledResources } from "../../../src/domain/compare-application.ts";
import { DEFAULT_SETTINGS } from "../../../src/domain/control-plane-settings.ts";
import { liveManifestOf, manifestOf, withMetadata } from "../../../src/domain/manifest.ts";
import { application, compare, showComparison } from "../../support/applications.ts";
import { asApplied, lives, targets } from "../../support/manifests.ts";

describe("compareApplication", () => {
  it.for([
    { name: "nothing at all", target: "", live: "", resources: "", sync: "Synced" },
    {
      name: "what is as wanted",
      target: "ConfigMap/a",
      live: "ConfigMap/a",
      resources: "a Synced",
      sync: "Synced",
    },
    {
      name: "what differs",
      target: "ConfigMap/a=2",
      live: "ConfigMap/a",
      resources: "a OutOfSync /data/content",
      sync: "OutOfSync",
    },
    { name: "what is missing", target: "ConfigMap/a", live: "", resources: "a OutOfSync", sync: "OutOfSync" },
    {
      name: "what is no longer wanted",
      target: "",
      live: "ConfigMap/a",
      resources: "a OutOfSync (prune)",
      sync: "OutOfSync",
    },
    {
      name: "what is no longer wanted, and says it does not matter",
      target: "",
      live: "ConfigMap/a{compare:IgnoreExtraneous}",
      resources: "a OutOfSync (prune)",
      sync: "Synced",
    },
    {
      name: "what is kept, but extra all the same",
      target: "",
      live: "ConfigMap/a{opt:Prune=false}",
      resources: "a OutOfSync (prune)",
      sync: "OutOfSync",
    },
    {
      name: "a hook, which has no status",
      target: "Job/a{hook:PreSync}",
      live: "Job/a=2{hook:PreSync}",
      resources: "a -",
      sync: "Synced",
    },
    {
      name: "a hook that is no longer wanted",
      target: "",
      live: "Job/a{hook:PreSync}",
      resources: "a -",
      sync: "Synced",
    },
    { name: "what is skipped", target: "Job/a{hook:Skip}", live: "", resources: "a -", sync: "Synced" },
    {
      name: "others' objects: not at all",
      target: "",
      live: "ConfigMap/a{app:other} ConfigMap/b{app:none}",
      resources: "",
      sync: "Synced",
    },
    {
      name: "targets first, in their order, then extras by key",
      target: "Secret/z ConfigMap/y",
      live: "ConfigMap/b ConfigMap/a",
      resources: "z OutOfSync, y OutOfSync, a OutOfSync (prune), b OutOfSync (prune)",
      sync: "OutOfSync",
    },
  ])("says of $name: $sync", ({ target, live, resources, sync }) => {
    const comparison = compare(target, live);
    expect(showComparison(comparison)).toBe(resources);
    expect(comparison.sync).toBe(sync);
  });

  it("does not compare what carries a copied tracking id", () => {
    const [own] = lives("ConfigMap/a");
    const copy = own && { ...own, key: { ...own.key, name: "copy" }, uid: "copy" };
    const objects = copy === undefined ? [] : [copy];
    const wanted = targets("ConfigMap/copy=2");
    expect(showComparison(compare("", "", { live: { objects, staleKinds: [] } }))).toBe("copy -");
    expect(showComparison(compare("", "", { targets: wanted, live: { objects, staleKinds: [] } }))).toBe(
      "copy -",
    );
  });

  it("leaves objects with owners to these", () => {
    const owned = lives("ConfigMap/a").map((live) =>
      liveManifestOf({
        ...live.object,
        metadata: { ...(live.object["metadata"] as object), ownerReferences: [{ uid: "x" }] },
      }),
    );
    expect(compare("", "", { live: { objects: owned, staleKinds: [] } }).resources).toEqual([]);
  });

  it("counts an object that two API groups show once", () => {
    const twice = lives("Ingress/a{uid:same} Ingress/a{api:extensions/v1beta1,uid:same}");
    const comparison = compare("Ingress/a", "", { live: { objects: twice, staleKinds: [] } });
    expect(comparison.resources).toHaveLength(1);
  });

  it("warns of an object that another Application tracks, naming both", () => {
    expect(compare("ConfigMap/a", "ConfigMap/a{app:other}").warnings).toEqual([
      "ConfigMap shop/a belongs to Applications shop and other.",
    ]);
    expect(compare("ConfigMap/a", "ConfigMap/a{app:none}").warnings).toEqual([]);
  });

  it("finds objects of unknown scope without a namespace too", () => {
    const objects = lives("Widget/a").map((live) => ({ ...live, key: { ...live.key, namespace: "" } }));
    const comparison = compare("Widget/a", "", {
      live: { objects, staleKinds: [] },
      scopeOf: () => undefined,
    });
    expect(comparison.resources.map(({ live }) => live !== undefined)).toEqual([true]);
    expect(compare("Widget/a", "", { live: { objects, staleKinds: [] } }).resources).toHaveLength(2);
  });

  it("is not known as a whole while a kind is out of date that it may have more objects of", () => {
    const live = { objects: lives("Secret/s"), staleKinds: [{ group: "", kind: "ConfigMap" }] };
    const { resources, sync } = compare("Secret/s", "", { live });
    expect([resources[0]?.status, sync]).toEqual(["Synced", "Unknown"]);
  });

  it("calls nothing Synced, Healthy or missing that it could not read lately", () => {
    const staleKinds = [{ group: "", kind: "ConfigMap" }];
    const comparison = compare("ConfigMap/a ConfigMap/b Secret/s", "", {
      live: { objects: lives("ConfigMap/a Secret/s"), staleKinds },
      assess: () => ({ status: "Healthy", message: "" }),
    });
    expect(showComparison(comparison)).toBe("a Unknown, b Unknown, s Synced");
    expect(comparison.sync).toBe("Unknown");
    expect(comparison.resources.map(({ health }) => health?.status)).toEqual([
      "Unknown",
      "Unknown",
      "Healthy",
    ]);
    expect(comparison.health.status).toBe("Unknown");
  });

  it("does not see what the project does not permit, and does not know its status", () => {
    const comparison = compare("Secret/a ConfigMap/b", "Secret/a Secret/x ConfigMap/b", {
      isPermitted: ({ kind }) => kind !== "Secret",
    });
    expect(showComparison(comparison)).toBe("a Unknown, b Synced");
    expect(comparison.sync).toBe("Unknown");
  });

  it("rolls health up, with Missing for what does not exist", () => {
    const comparison = compare("ConfigMap/a Deployment/b", "Deployment/b", {
      assess: () => ({ status: "Progressing", message: "2 of 3" }),
    });
    expect(comparison.resources.map(({ health }) => health?.status)).toEqual(["Missing", "Progressing"]);
    expect(comparison.health).toEqual({ status: "Progressing", message: "Deployment shop/b: 2 of 3" });
    expect(compare("ConfigMap/a", "").health.status).toBe("Missing");
  });

  it.for([
    { name: "its kind", rule: { group: "", kind: "ConfigMap" }, is: "Synced" },
    { name: "globs", rule: { group: "*", kind: "Config*" }, is: "Synced" },
    { name: "its name", rule: { group: "", kind: "ConfigMap", name: "a" }, is: "Synced" },
    { name: "another name", rule: { group: "", kind: "ConfigMap", name: "b" }, is: "OutOfSync" },
    {
      name: "another namespace",
      rule: { group: "", kind: "ConfigMap", namespace: "other" },
      is: "OutOfSync",
    },
    { name: "another group", rule: { group: "apps", kind: "ConfigMap" }, is: "OutOfSync" },
    { name: "another kind", rule: { group: "", kind: "Secret" }, is: "OutOfSync" },
  ])("ignores a field by a rule for $name: $is", ({ rule, is }) => {
    const ignoreDifferences = [{ name: "", namespace: "", ...rule, jsonPointers: ["/data/content"] }];
    const comparison = compare("ConfigMap/a=2", "ConfigMap/a", {
      application: application({ ignoreDifferences }),
    });
    expect(comparison.sync).toBe(is);
  });

  it.for([
    { name: "kept by default", kind: "ClusterRole", aggregates: true, ignores: false, is: "OutOfSync" },
    {
      name: "left to the controller on wish",
      kind: "ClusterRole",
      aggregates: true,
      ignores: true,
      is: "Synced",
    },
    {
      name: "only where they are aggregated",
      kind: "ClusterRole",
      aggregates: false,
      ignores: true,
      is: "OutOfSync",
    },
    { name: "only of ClusterRoles", kind: "Role", aggregates: true, ignores: true, is: "OutOfSync" },
  ])("compares rules as ignoreAggregatedRoles says: $name", ({ kind, aggregates, ignores, is }) => {
    const role = (verb: string) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind,
      metadata: { name: "a", ...(kind === "Role" ? { namespace: "shop" } : {}) },
      ...(aggregates ? { aggregationRule: { clusterRoleSelectors: [] } } : {}),
      rules: [{ verbs: [verb] }],
    });
    const { sync } = compare("", "", {
      targets: [{ ...manifestOf(role("get")), digest: "" }],
      live: { objects: [liveManifestOf(asApplied(role("list")))], staleKinds: [] },
      settings: { ...DEFAULT_SETTINGS, ignoreAggregatedRoles: ignores },
    });
    expect(sync).toBe(is);
  });

  it("ignores what the operator's settings say, for every Application", () => {
    const ignoreDifferences = [{ group: "*", kind: "*", jsonPointers: ["/data"] }];
    const settings = { ...DEFAULT_SETTINGS, ignoreDifferences };
    expect(compare("ConfigMap/a=2", "ConfigMap/a", { settings }).sync).toBe("Synced");
  });

  it.for([
    { setting: "all", kind: "Deployment", is: "Synced" },
    { setting: "all", kind: "Widget", is: "Synced" },
    { setting: "crd", kind: "Deployment", is: "OutOfSync" },
    { setting: "crd", kind: "Widget", is: "Synced" },
    { setting: "none", kind: "Widget", is: "OutOfSync" },
  ] as const)("with ignoreResourceStatusField $setting, a $kind's status: $is", ({ setting, kind, is }) => {
    const wanted = targets(`${kind}/a`).map((target) => ({
      ...target,
      object: { ...target.object, status: { x: 1 } },
    }));
    const settings = { ...DEFAULT_SETTINGS, ignoreResourceStatusField: setting };
    expect(
      compare("", "", { targets: wanted, live: { objects: lives(`${kind}/a`), staleKinds: [] }, settings })
        .sync,
    ).toBe(is);
  });

  it("takes Helm's tests for hooks, which have no status and warn of nothing", () => {
    const comparison = compare("Job/t{helm:test}", "Job/t{app:other}");
    expect(comparison.resources.map(({ isHook, status }) => [isHook, status])).toEqual([[true, undefined]]);
    expect(comparison.warnings).toEqual([]);
  });

  it("does not warn of a copied tracking id: the object is nobody's by it", () => {
    const copied = lives("ConfigMap/a{app:other}").map((live) => ({
      ...live,
      key: { ...live.key, name: "b" },
    }));
    const live = { objects: copied, staleKinds: [] };
    expect(compare("ConfigMap/b", "", { live }).warnings).toEqual([]);
  });
});

describe("settleResource", () => {
  const undecidedOf = () => {
    const comparison = compare("Deployment/a", "Deployment/a{api:apps/v1beta2}");
    const [resource] = comparison.resources;
    if (resource === undefined) throw new Error("no resource");
    return { comparison, resource };
  };
  const [live] = lives("Deployment/a");
  const answer = (content: string) => {
    if (live === undefined) throw new Error("no object");
    const result = {
      ...live,
      object: withMetadata({ ...live.object, spec: { content } }, { resourceVersion: "2" }),
    };
    return { live, result };
  };

  it("starts from an object that is undecided", () => {
    const { comparison, resource } = undecidedOf();
    expect([comparison.sync, resource.undecided]).toEqual(["Synced", true]);
  });

  it.for([
    { content: "1", status: "Synced", fields: [] },
    { content: "2", status: "OutOfSync", fields: ["/spec/content"] },
  ])("decides by what the server would make of it: $status", ({ content, status, fields }) => {
    const { comparison, resource } = undecidedOf();
    const settled = settleResource(resource, answer(content), []);
    expect(settled).toMatchObject({ status, differingFields: fields, undecided: false });
    expect(withSettledResources(comparison, [settled]).sync).toBe(status);
  });

  describe("with Validate=false", () => {
    const wanted = targets("Deployment/b{opt:Validate=false}").map((target) => ({
      ...target,
      object: { ...target.object, spec: { content: "1", replicass: 3 } },
    }));
    const found = lives("Deployment/b{opt:Validate=false}");
    const live = { objects: found, staleKinds: [] };
    const [held] = found;

    it.for([
      { name: "drops", result: { content: "1" }, status: "Synced" },
      { name: "would set", result: { content: "1", replicass: 3 }, status: "OutOfSync" },
    ])("a field that live lacks and the server $name makes it $status", ({ result, status }) => {
      const [resource] = compare("", "", { targets: wanted, live }).resources;
      if (resource === undefined || held === undefined) throw new Error("no object");
      expect(resource).toMatchObject({ status: "Synced", undecided: true });
      const answered = { live: held, result: { ...held, object: { ...held.object, spec: result } } };
      expect(settleResource(resource, answered, []).status).toBe(status);
    });

    it("another value is a difference as ever", () => {
      const [other] = lives("Deployment/b=2{opt:Validate=false}");
      const objects = other === undefined ? [] : [other];
      const { resources } = compare("", "", { targets: wanted, live: { objects, staleKinds: [] } });
      expect(resources[0]).toMatchObject({ status: "OutOfSync", undecided: false });
    });

    it("without it a field that live lacks is a difference", () => {
      const strict = targets("Deployment/b").map((target) => ({
        ...target,
        object: { ...target.object, spec: { content: "1", replicass: 3 } },
      }));
      const { resources } = compare("", "Deployment/b", { targets: strict });
      expect(resources[0]).toMatchObject({ status: "OutOfSync", undecided: false });
    });
  });

  it("leaves what has no target or no status alone", () => {
    const [extra] = compare("", "ConfigMap/a").resources;
    expect(extra && settleResource(extra, answer("2"), [])).toBe(extra);
  });

  it("makes nothing known that is not", () => {
    const { comparison, resource } = undecidedOf();
    const unknown = { ...comparison, sync: "Unknown" as const };
    expect(withSettledResources(unknown, [settleResource(resource, answer("1"), [])]).sync).toBe("Unknown");
  });
});
