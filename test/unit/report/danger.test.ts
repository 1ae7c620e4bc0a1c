import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/domain/json.ts";
import { dangersOf } from "../../../src/report/danger.ts";
import { diffs, manifest } from "./support.ts";

/** Dangers of an object that changes from one set of fields to another; `undefined` where it does not exist. */
function dangers(kind: string, before: JsonObject | undefined, after: JsonObject | undefined): string {
  const side = (fields: JsonObject | undefined) =>
    fields === undefined ? [] : [manifest(kind, "x", fields)];
  return diffs(side(before), side(after)).flatMap(dangersOf).join("; ");
}

describe("dangersOf", () => {
  it.for([
    { kind: "PersistentVolumeClaim", says: "data of its volume" },
    { kind: "Namespace", says: "everything that is in it" },
    { kind: "apps/v1 StatefulSet", says: "may hold data" },
    { kind: "apiextensions.k8s.io/v1 CustomResourceDefinition", says: "every object of its kind" },
  ])("warns when a $kind goes", ({ kind, says }) => {
    expect(dangers(kind, {}, undefined)).toContain(says);
    expect(dangers(kind, undefined, {})).toBe("");
  });

  it("is calm when what goes is never pruned", () => {
    const annotations = { "argocd.argoproj.io/sync-options": "Validate=false,Prune=false" };
    const metadata = { name: "x", namespace: "shop", annotations };
    expect(dangers("Namespace", { metadata }, undefined)).toBe("");
  });

  it.for(["ConfigMap", "apps/v1 Deployment", "example.com/v1 Namespace"])(
    "is calm when a %s goes",
    (kind) => {
      expect(dangers(kind, {}, undefined)).toBe("");
    },
  );

  it.for<{ kind: string; before: JsonObject; after: JsonObject; field: string }>([
    {
      kind: "apps/v1 Deployment",
      before: { spec: { selector: { matchLabels: { app: "a" } } } },
      after: { spec: { selector: { matchLabels: { app: "b" } } } },
      field: "spec.selector",
    },
    {
      kind: "apps/v1 StatefulSet",
      before: { spec: { volumeClaimTemplates: [{ spec: { size: 1 } }] } },
      after: { spec: { volumeClaimTemplates: [{ spec: { size: 2 } }] } },
      field: "spec.volumeClaimTemplates",
    },
    {
      kind: "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
      before: { roleRef: { name: "a" } },
      after: { roleRef: { name: "b" } },
      field: "roleRef",
    },
    {
      kind: "ConfigMap",
      before: { immutable: true, data: { a: "1" } },
      after: { data: { a: "2" } },
      field: "data",
    },
    { kind: "Secret", before: { type: "Opaque" }, after: { type: "kubernetes.io/tls" }, field: "type" },
  ])("warns that $field of a $kind cannot be changed", ({ kind, before, after, field }) => {
    expect(dangers(kind, before, after)).toContain(`changes \`${field}\`, which cannot be changed in place`);
  });

  it.for<{ name: string; kind: string; before: JsonObject; after: JsonObject; is: string }>([
    {
      name: "replicas to 0",
      kind: "apps/v1 Deployment",
      before: { spec: { replicas: 2 } },
      after: { spec: { replicas: 0 } },
      is: "is scaled to 0 replicas",
    },
    {
      name: "replicas to 1",
      kind: "apps/v1 Deployment",
      before: { spec: { replicas: 0 } },
      after: { spec: { replicas: 1 } },
      is: "",
    },
    {
      name: "a field whose name only begins alike",
      kind: "apps/v1 Deployment",
      before: { spec: { selectorHint: "a" } },
      after: { spec: { selectorHint: "b" } },
      is: "",
    },
    {
      name: "other Pods behind a Service",
      kind: "Service",
      before: { spec: { selector: { app: "a" } } },
      after: { spec: { selector: { app: "b" } } },
      is: "selects other Pods from now on",
    },
    { name: "data", kind: "ConfigMap", before: { data: { a: "1" } }, after: { data: { a: "2" } }, is: "" },
  ])("says '$is' of $name", ({ kind, before, after, is }) => {
    expect(dangers(kind, before, after)).toBe(is);
  });

  it("warns of a new administrator", () => {
    const binding = { roleRef: { name: "cluster-admin" }, subjects: [{ name: "ci" }] };
    expect(dangers("rbac.authorization.k8s.io/v1 ClusterRoleBinding", undefined, binding)).toBe(
      "makes ci administrator of the whole cluster",
    );
  });
});
