import { expect, it } from "vitest";

import {
  isEntryOfInterest,
  migratedManagedFields,
} from "../../../../src/adapters/kubernetes/managed-fields.ts";
import type { JsonObject, JsonValue } from "../../../../src/domain/json.ts";

/** `argocd-controller/Apply: a b` → an entry that owns `f:a` and `f:b`; a third part is the subresource. */
function entry(text: string): JsonObject {
  const [head = "", fields = ""] = text.split(": ");
  const [manager = "", operation = "", subresource] = head.split("/");
  const fieldsV1 = Object.fromEntries(fields.split(" ").map((field) => [`f:${field}`, {}]));
  return {
    manager,
    operation,
    apiVersion: "v1",
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function text(value: JsonValue): string {
  const { manager, operation, subresource, fieldsV1 } = value as Record<string, string> & {
    fieldsV1: JsonObject;
  };
  const head = [manager, operation, subresource].filter((part) => part !== undefined).join("/");
  return `${head}: ${Object.keys(fieldsV1)
    .map((field) => field.slice(2))
    .join(" ")}`;
}

it.for([
  { before: ["kubectl-client-side-apply/Update: a b"], after: ["argocd-controller/Apply: a b"] },
  { before: ["argocd-controller/Update: a"], after: ["argocd-controller/Apply: a"] },
  {
    before: ["argocd-controller/Apply: a", "kubectl-client-side-apply/Update: b", "hpa/Update: c"],
    after: ["argocd-controller/Apply: a b", "hpa/Update: c"],
  },
  {
    before: ["kubectl-client-side-apply/Update: a", "argocd-controller/Update: b"],
    after: ["argocd-controller/Apply: a b"],
  },
  { before: ["argocd-controller/Apply: a", "hpa/Update: c"], after: undefined },
  { before: ["kubectl-client-side-apply/Update/status: a"], after: undefined },
  { before: ["before-first-apply/Update: a"], after: undefined },
  { before: ["kubectl-client-side-apply/Apply: a"], after: undefined },
  { before: [], after: undefined },
])("$before becomes $after", ({ before, after }) => {
  const object = { metadata: { managedFields: before.map(entry) } };
  expect(migratedManagedFields(object)?.map(text)).toEqual(after);
});

it("lays nested fields over each other, list items by their keys", () => {
  const ours = { "f:spec": { "f:ports": { 'k:{"port":80}': { ".": {}, "f:port": {} } } } };
  const theirs = { "f:spec": { "f:replicas": {}, "f:ports": { 'k:{"port":80}': { "f:name": {} } } } };
  const managedFields = [
    { manager: "argocd-controller", operation: "Apply", apiVersion: "v1", fieldsV1: ours },
    { manager: "kubectl-client-side-apply", operation: "Update", apiVersion: "v1beta1", fieldsV1: theirs },
  ];
  expect(migratedManagedFields({ metadata: { managedFields } })).toEqual([
    {
      manager: "argocd-controller",
      operation: "Apply",
      apiVersion: "v1",
      fieldsV1: {
        "f:spec": {
          "f:ports": { 'k:{"port":80}': { ".": {}, "f:port": {}, "f:name": {} } },
          "f:replicas": {},
        },
      },
    },
  ]);
});

it.for([
  { of: "argocd-controller/Apply: a", isIt: true },
  { of: "argocd-controller/Update: a", isIt: true },
  { of: "kubectl-client-side-apply/Update: a", isIt: true },
  { of: "argocd-controller/Apply/status: a", isIt: false },
  { of: "kube-controller-manager/Update: a", isIt: false },
])("keeps in memory the entry $of: $isIt", ({ of, isIt }) => {
  expect(isEntryOfInterest(entry(of))).toBe(isIt);
});
