import { describe, expect, it } from "vitest";
import { liveManifestOf } from "../../../src/domain/manifest.ts";
import { withStaleAmong } from "../../../src/reconciler/observe-application.ts";

const CONFIG_MAP = { group: "", kind: "ConfigMap" };
const DEPLOYMENT = { group: "apps", kind: "Deployment" };
const WIDGET = { group: "example.test", kind: "Widget" };

describe("what of live state is out of date for an Application", () => {
  it("is what it wants, had, or was found with, whatever else the cluster suffers from", () => {
    const widget = liveManifestOf({ apiVersion: "example.test/v1", kind: "Widget", metadata: { name: "w" } });
    const stale = (objects: readonly (typeof widget)[]) =>
      withStaleAmong({ objects, staleKinds: [DEPLOYMENT, WIDGET] }, [CONFIG_MAP, DEPLOYMENT]).staleKinds;
    expect(stale([])).toEqual([DEPLOYMENT]);
    expect(stale([widget])).toEqual([DEPLOYMENT, WIDGET]);
  });
});
