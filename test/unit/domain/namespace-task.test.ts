import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../../src/domain/json.ts";
import { liveManifestOf } from "../../../src/domain/manifest.ts";
import { trackingOf } from "../../../src/domain/tracking.ts";
import {
  application,
  cluster,
  compare,
  type PlanScenario,
  plan,
  showPlaces,
} from "../../support/applications.ts";
import { asApplied } from "../../support/manifests.ts";

const EXISTING = liveManifestOf({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "shop", uid: "n", labels: { theirs: "1" } },
});
const MANAGED = { labels: { team: "a" }, annotations: { note: "b" } };
/** What a sync made of it. */
const OWNED = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: "shop",
    labels: { team: "a" },
    annotations: { note: "b", "argocd.argoproj.io/sync-options": "ServerSideApply=true" },
  },
};
const KEPT = liveManifestOf(asApplied(OWNED));

function places(
  scenario: Partial<PlanScenario> & {
    namespace?: typeof EXISTING;
    managed?: typeof MANAGED;
    destination?: string;
  },
): string {
  const { namespace, managed, destination = "shop", options = ["CreateNamespace=true"] } = scenario;
  const { tasks } = plan({
    target: "ConfigMap/a",
    input: { cluster: cluster({ namespace }) },
    application: {
      destination: { server: "https://kube.test", name: "", namespace: destination },
      syncPolicy: {
        syncOptions: options,
        ...(managed === undefined ? {} : { managedNamespaceMetadata: managed }),
      },
    },
    ...scenario,
  });
  return showPlaces(tasks);
}

describe("CreateNamespace", () => {
  it.for([
    {
      name: "creates the namespace first",
      scenario: {},
      places: "PreSync/0 create Namespace/shop, Sync/0 create ConfigMap/a",
    },
    {
      name: "creates it before a hook of an earlier wave",
      scenario: { target: "Job/h{hook:PreSync,wave:-2}" },
      places: "PreSync/-2 create Namespace/shop, PreSync/-2 create Job/h",
    },
    {
      name: "does nothing without the option",
      scenario: { options: [] },
      places: "Sync/0 create ConfigMap/a",
    },
    {
      name: "does nothing where it is false",
      scenario: { options: ["CreateNamespace=false"] },
      places: "Sync/0 create ConfigMap/a",
    },
    {
      name: "does nothing where the namespace exists",
      scenario: { namespace: EXISTING },
      places: "Sync/0 create ConfigMap/a",
    },
    {
      name: "gives way to a manifest in Git",
      scenario: { target: "Namespace/shop" },
      places: "Sync/0 create Namespace/shop",
    },
    {
      name: "does not give way to a manifest of another one",
      scenario: { target: "Namespace/other" },
      places: "PreSync/0 create Namespace/shop, Sync/0 create Namespace/other",
    },
    {
      name: "keeps managed metadata",
      scenario: { namespace: EXISTING, managed: MANAGED },
      places: "PreSync/0 update Namespace/shop, Sync/0 create ConfigMap/a",
    },
    {
      name: "has nothing to do where they are kept",
      scenario: { namespace: KEPT, managed: MANAGED },
      places: "PreSync/0 skip Namespace/shop: InSync, Sync/0 create ConfigMap/a",
    },
    {
      name: "has nothing to create without a destination namespace",
      scenario: { destination: "" },
      places: "Sync/0 create ConfigMap/a",
    },
  ])("$name", ({ scenario, places: expected }) => {
    expect(places(scenario)).toBe(expected);
  });

  it("leaves the namespace untracked, so that it is never pruned", () => {
    const [task] = plan({ target: "ConfigMap/a", options: ["CreateNamespace=true"] }).tasks;
    expect(task?.action === "create" && trackingOf(task.target)).toBeUndefined();
    expect(task?.action === "create" && task.target.object["metadata"]).toEqual({ name: "shop" });
  });
});

describe("managedNamespaceMetadata", () => {
  function syncOf(
    live: JsonObject | undefined,
    { target = "", managed = [MANAGED], options = ["CreateNamespace=true"] } = {},
  ) {
    const [managedNamespaceMetadata] = managed;
    const namespaces = live === undefined ? [] : [liveManifestOf(asApplied(live))];
    return compare(target, "", {
      application: application({
        syncPolicy: {
          syncOptions: options,
          ...(managedNamespaceMetadata === undefined ? {} : { managedNamespaceMetadata }),
        },
      }),
      live: { objects: namespaces, staleKinds: [] },
    });
  }

  it.for([
    { name: "as wanted", live: OWNED, sync: "Synced" },
    {
      name: "with a label changed",
      live: { ...OWNED, metadata: { ...OWNED.metadata, labels: { team: "z" } } },
      sync: "OutOfSync",
    },
    {
      name: "with a label that Git dropped",
      live: { ...OWNED, metadata: { ...OWNED.metadata, labels: { team: "a", old: "1" } } },
      sync: "OutOfSync",
    },
    { name: "that is missing", live: undefined, sync: "Synced" },
  ])("calls an Application with a namespace $name $sync", ({ live, sync }) => {
    expect(syncOf(live).sync).toBe(sync);
  });

  it("does not look at a namespace whose metadata is not managed, or not without CreateNamespace", () => {
    const other = { ...OWNED, metadata: { ...OWNED.metadata, labels: { team: "z" } } };
    expect(syncOf(other, { managed: [] }).sync).toBe("Synced");
    expect(syncOf(other, { options: [] }).sync).toBe("Synced");
  });

  it("counts the namespace for nothing but the sync status", () => {
    const { resources, health, destinationNamespace } = syncOf(
      { ...OWNED, metadata: { ...OWNED.metadata, labels: { team: "z" } } },
      { target: "ConfigMap/a" },
    );
    expect(resources.map(({ key }) => key.kind)).toEqual(["ConfigMap"]);
    expect(health.status).toBe("Missing");
    expect(destinationNamespace?.differingFields).toEqual(["/metadata/labels/team"]);
  });
});
