import { describe, expect, it } from "vitest";

import { servedBy } from "../../../src/domain/plan-problems.ts";
import { cluster, type PlanScenario, plan } from "../../support/applications.ts";

function problems(scenario: PlanScenario): string {
  return plan(scenario)
    .problems.map(({ kind }) => kind)
    .join(", ");
}

const NAMESPACED = cluster({ namespaces: ["shop"] });

describe("planProblems", () => {
  it.for<{ name: string; scenario: PlanScenario; kinds: string }>([
    { name: "nothing", scenario: { target: "ConfigMap/a" }, kinds: "" },
    {
      name: "what the project forbids",
      scenario: {
        target: "Secret/a ConfigMap/b",
        input: {
          judge: ({ kind }) => (kind === "Secret" ? { kind: "resource", what: "Secret shop/a" } : undefined),
        },
      },
      kinds: "ForbiddenByProject",
    },
    {
      name: "T315 a prune that the project forbids",
      scenario: {
        target: "ConfigMap/b",
        live: "Secret/a",
        input: {
          judge: ({ kind }) => (kind === "Secret" ? { kind: "resource", what: "Secret shop/a" } : undefined),
        },
      },
      kinds: "ForbiddenByProject",
    },
    {
      name: "T315 a hook that the project forbids",
      scenario: {
        target: "Job/b{hook:PreSync}",
        input: { judge: () => ({ kind: "resource", what: "Job shop/b" }) },
      },
      kinds: "ForbiddenByProject",
    },
    {
      name: "T152 a namespace to be created that the project forbids",
      scenario: {
        target: "ConfigMap/a",
        options: ["CreateNamespace=true"],
        input: {
          judge: ({ kind }) =>
            kind === "Namespace" ? { kind: "resource", what: "Namespace shop" } : undefined,
        },
      },
      kinds: "ForbiddenByProject",
    },
    {
      name: "nothing in what is left out anyway",
      scenario: {
        target: "ConfigMap/a",
        live: "ConfigMap/a",
        input: { judge: () => ({ kind: "resource", what: "anything" }) },
      },
      kinds: "",
    },
    {
      name: "a kind that the cluster does not know",
      scenario: { target: "Gadget/a{api:example.org/v1}" },
      kinds: "UnknownKind",
    },
    {
      name: "a kind that a CRD of the same sync defines: not",
      scenario: { target: "CustomResourceDefinition/gadgets.example.org Gadget/a{api:example.org/v1}" },
      kinds: "",
    },
    {
      name: "a kind that may be missing by the object's option: not",
      scenario: { target: "Gadget/a{api:example.org/v1,opt:SkipDryRunOnMissingResource=true}" },
      kinds: "",
    },
    {
      name: "a kind that may be missing by the Application's option: not",
      scenario: { target: "Gadget/a{api:example.org/v1}", options: ["SkipDryRunOnMissingResource=true"] },
      kinds: "",
    },
    {
      name: "a namespace that is not managed",
      scenario: { target: "ConfigMap/a{ns:other} ConfigMap/b", input: { cluster: NAMESPACED } },
      kinds: "NamespaceNotManaged",
    },
    {
      name: "cluster-scoped objects of a cluster managed by namespace",
      scenario: { target: "ClusterRole/a", input: { cluster: NAMESPACED } },
      kinds: "NamespaceNotManaged",
    },
    {
      name: "the same where they are managed: not",
      scenario: { target: "ClusterRole/a", input: { cluster: { ...NAMESPACED, clusterResources: true } } },
      kinds: "",
    },
    {
      name: "a shared object, unless it must not be: not",
      scenario: { target: "ConfigMap/a=2", live: "ConfigMap/a{app:other}" },
      kinds: "",
    },
    {
      name: "a shared object that must not be",
      scenario: {
        target: "ConfigMap/a=2",
        live: "ConfigMap/a{app:other}",
        options: ["FailOnSharedResource=true"],
      },
      kinds: "SharedResource",
    },
    {
      name: "a hook that would have to delete somebody else's object",
      scenario: { target: "Job/a{hook:Sync}", live: "Job/a{app:other}" },
      kinds: "SharedResource",
    },
    {
      name: "a hook that would have to delete nobody's object",
      scenario: { target: "Job/a{hook:Sync}", live: "Job/a{app:none}" },
      kinds: "SharedResource",
    },
    {
      name: "a hook that was ours: not",
      scenario: { target: "Job/a{hook:Sync}", live: "Job/a{hook:Sync}" },
      kinds: "",
    },
    {
      name: "an object of ours that must not be shared: not",
      scenario: {
        target: "ConfigMap/a=2 ConfigMap/b=2",
        live: "ConfigMap/a ConfigMap/b{app:none}",
        options: ["FailOnSharedResource=true"],
      },
      kinds: "",
    },
    {
      name: "other kinds of Argo's group, and kinds of that name in other groups: not",
      scenario: {
        target: "Rollout/a{api:argoproj.io/v1alpha1} Application/b{api:app.k8s.io/v1beta1}",
        input: { cluster: cluster({ serves: () => true }) },
      },
      kinds: "",
    },
    {
      name: "T160 Applications defined by an Application",
      scenario: { target: "Application/child", input: { cluster: cluster({ serves: () => true }) } },
      kinds: "NotSupported",
    },
  ])("finds $name", ({ scenario, kinds }) => {
    expect(problems(scenario)).toBe(kinds);
  });

  it("names the object and what is wrong", () => {
    const [problem] = plan({ target: "Gadget/a{api:example.org/v1}" }).problems;
    expect(problem?.message).toBe(
      "Gadget shop/a is of a kind that the cluster does not know: example.org/v1 Gadget.",
    );
  });
});

describe("servedBy", () => {
  const serves = servedBy({
    resources: [
      {
        group: "apps",
        version: "v1",
        kind: "Deployment",
        resource: "deployments",
        namespaced: true,
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
  it.for([
    ["apps/v1", "Deployment", true],
    ["apps/v1beta1", "Deployment", false],
    ["v1", "Secret", true],
    ["v1", "Deployment", false],
    ["v1/", "Secret", false],
    ["apps/v1", "deployment", false],
  ] as const)("T154 serves %s %s: %s", ([apiVersion, kind, is]) => {
    expect(serves(apiVersion, kind)).toBe(is);
  });
});
