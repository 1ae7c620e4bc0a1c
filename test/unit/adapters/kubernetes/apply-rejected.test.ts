import { describe, expect, it } from "vitest";

import { applyRejected } from "../../../../src/adapters/kubernetes/apply-rejected.ts";

const key = (kind: string, group = "") => ({ group, kind, namespace: "shop", name: "a" });

describe("what to do about a rejected object", () => {
  it.for([
    {
      what: "T294 says how a Job may be made anew",
      kind: key("Job", "batch"),
      message: "spec.template: Invalid value: {…}: field is immutable",
      remedy: /Force=true,Replace=true/,
    },
    {
      what: "T294 says so of a RoleBinding's role",
      kind: key("RoleBinding", "rbac.authorization.k8s.io"),
      message: "roleRef: Invalid value: {}: cannot change roleRef",
      remedy: /Force=true,Replace=true/,
    },
    {
      what: "T294 says that a claim is not deleted for it",
      kind: key("PersistentVolumeClaim"),
      message: "spec: Forbidden: spec is immutable after creation except resources.requests",
      remedy: /no sync deletes it/,
    },
    {
      what: "T294 says that a StatefulSet is not deleted for it",
      kind: key("StatefulSet", "apps"),
      message: "spec: Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
      remedy: /no sync deletes it/,
    },
    {
      what: "asks for a correction of everything else",
      kind: key("Job", "batch"),
      message: "spec.template.spec.restartPolicy: Required value",
      remedy: /Correct it in Git\.$/,
    },
  ])("$what", ({ kind, message, remedy }) => {
    expect(applyRejected(kind, message)).toMatchObject({
      reason: "ApplyRejected",
      remedy: expect.stringMatching(remedy) as string,
    });
  });
});
