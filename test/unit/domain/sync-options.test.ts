import { describe, expect, it } from "vitest";

import { hasCompareOption, resourceSyncOptions, syncOption } from "../../../src/domain/sync-options.ts";
import { targets } from "../../support/manifests.ts";

describe("syncOption", () => {
  it.for([
    { own: [], application: [], value: undefined },
    { own: ["Prune=false"], application: [], value: "false" },
    { own: [], application: ["Prune=confirm"], value: "confirm" },
    { own: ["Prune=true"], application: ["Prune=false"], value: "true" },
    { own: ["prune=false"], application: [], value: undefined },
    { own: ["PruneLast=true"], application: [], value: undefined },
    { own: ["Prune"], application: [], value: undefined },
    { own: ["Prune="], application: ["Prune=false"], value: "" },
  ])("Prune of $own and $application is $value", ({ own, application, value }) => {
    expect(syncOption("Prune", own, application)).toBe(value);
  });
});

describe("an object's options", () => {
  it("are a list with blanks that do not count", () => {
    const object = {
      metadata: { annotations: { "argocd.argoproj.io/sync-options": "Prune=false, Replace=true" } },
    };
    expect(resourceSyncOptions({ object })).toEqual(["Prune=false", "Replace=true"]);
  });

  it("for comparing are words", () => {
    const [target] = targets("ConfigMap/a{compare:IgnoreExtraneous}");
    expect(target && hasCompareOption(target, "IgnoreExtraneous")).toBe(true);
    expect(target && hasCompareOption(target, "Ignore")).toBe(false);
  });
});
