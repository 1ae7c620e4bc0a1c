import { describe, expect, it } from "vitest";
import { readControlPlane } from "../../../src/config/control-plane.ts";
import { DEFAULT_SETTINGS } from "../../../src/domain/control-plane-settings.ts";
import { liveManifestOf } from "../../../src/domain/manifest.ts";
import { compareObject } from "../../../src/domain/object-comparison.ts";
import { DEFAULT_PROJECT } from "../../../src/domain/project.ts";
import { formatGroupKind, type GroupKind } from "../../../src/domain/resource-key.ts";
import {
  compareWithLive,
  type ObservePorts,
  type Place,
  withStaleAmong,
} from "../../../src/reconciler/observe-application.ts";
import { createRegistry } from "../../../src/reconciler/registry.ts";
import { application, scopeOf, showComparison } from "../../support/applications.ts";
import { lives, targets } from "../../support/manifests.ts";

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

describe("what is compared with live state", () => {
  /** An Application that had ConfigMaps and Deployments, on a cluster that has one of each besides. */
  async function lookAt(excluded: readonly string[]) {
    const watched: string[] = [];
    const live: Partial<Place["connection"]["live"]> = {
      watch: async (kinds: readonly GroupKind[]) => void watched.push(...kinds.map(formatGroupKind)),
      managed: () => ({ objects: lives("ConfigMap/a ConfigMap/old Deployment/old"), staleKinds: [] }),
    };
    const cluster = {
      name: "",
      server: "https://kube.test",
      namespaces: [],
      clusterResources: false,
      project: "",
    };
    const settings = {
      ...DEFAULT_SETTINGS,
      resourceExclusions: [{ apiGroups: ["apps"], kinds: [...excluded], clusters: [] }],
    };
    const ports: Partial<ObservePorts> = {
      registry: createRegistry({ ...readControlPlane([]), settings }),
      settle: async ({ comparison }) => comparison,
      formerKinds: () => [CONFIG_MAP, DEPLOYMENT],
      compare: compareObject,
      turns: { next: async () => undefined },
    };
    const observed = {
      application: application(),
      connection: { cluster, live },
      project: DEFAULT_PROJECT,
      scopeOf,
      targets: { state: { manifests: targets("ConfigMap/a") } },
    } as unknown as Parameters<typeof compareWithLive>[0];
    const { comparison } = await compareWithLive(observed, ports as ObservePorts);
    return { watched, found: showComparison(comparison) };
  }

  it("is all that it has, wanted or not", async () => {
    expect(await lookAt(["StatefulSet"])).toEqual({
      watched: ["ConfigMap", "Deployment.apps"],
      found: "a Synced, old OutOfSync (prune), old OutOfSync (prune)",
    });
  });

  it("holds nothing of a kind that is excluded by now, so that none of it is pruned", async () => {
    expect(await lookAt(["Deployment"])).toEqual({
      watched: ["ConfigMap"],
      found: "a Synced, old OutOfSync (prune)",
    });
  });
});
