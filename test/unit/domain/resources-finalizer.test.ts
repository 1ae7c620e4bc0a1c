import { describe, expect, it } from "vitest";

import { deletionPolicyOf, isDeletionApproved } from "../../../src/domain/resources-finalizer.ts";

describe("deletionPolicyOf", () => {
  it.for<[string, string[], string]>([
    ["no finalizer", [], "orphan"],
    ["the resources finalizer", ["resources-finalizer.argocd.argoproj.io"], "foreground"],
    ["one that says foreground", ["resources-finalizer.argocd.argoproj.io/foreground"], "foreground"],
    ["one that says background", ["resources-finalizer.argocd.argoproj.io/background"], "background"],
    ["one beside others", ["example.com/mine", "resources-finalizer.argocd.argoproj.io"], "foreground"],
    ["a word that it does not know", ["resources-finalizer.argocd.argoproj.io/later"], "orphan"],
    ["a name that only begins like it", ["resources-finalizer.argocd.argoproj.io.example.com"], "orphan"],
    ["somebody else's", ["foregroundDeletion"], "orphan"],
  ])("%s", ([, finalizers, policy]) => {
    expect(deletionPolicyOf({ finalizers })).toBe(policy);
  });
});

describe("isDeletionApproved", () => {
  it.for<[string, boolean]>([
    ["2026-11-23T10:00:00Z", true],
    ["", false],
    ["yes", false],
  ])("%s", ([text, approved]) => {
    expect(isDeletionApproved({ annotations: { "argocd.argoproj.io/deletion-approved": text } })).toBe(
      approved,
    );
  });

  it("not without the annotation", () => {
    expect(isDeletionApproved({ annotations: {} })).toBe(false);
  });
});
