import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type LiveManifest, withMetadata } from "../../../src/domain/manifest.ts";
import {
  guardDigestOf,
  guardPrunes,
  type PruneCircumstances,
  pruneBudget,
} from "../../../src/domain/prune-guard.ts";
import { parseTrackingId, trackingOf } from "../../../src/domain/tracking.ts";
import { lives } from "../../support/manifests.ts";

const CALM: PruneCircumstances = {
  instanceName: "shop",
  targetCount: 10,
  lastSyncedCount: 11,
  allowsEmpty: false,
  staleKinds: [],
  clusterIdentity: "same",
  syncOptions: [],
};

function count(many: number): string {
  return Array.from({ length: many }, (_, index) => `ConfigMap/c${index}`).join(" ");
}

/** `a: EmptyTarget, b: ProtectedKind`: what is withheld. */
function guard(live: string, circumstances: Partial<PruneCircumstances> = {}): string {
  return guardPrunes(lives(live), { ...CALM, ...circumstances })
    .map((guarded) => `${guarded.live.key.name}: ${guarded.reason}`)
    .join(", ");
}

describe("guardPrunes", () => {
  it.for<{ name: string; live: string; circumstances?: Partial<PruneCircumstances>; withheld: string }>([
    { name: "nothing out of the ordinary", live: "ConfigMap/a Secret/b Deployment/c", withheld: "" },
    {
      name: "everything, should the target be empty",
      live: "ConfigMap/a ConfigMap/b",
      circumstances: { targetCount: 0 },
      withheld: "a: EmptyTarget, b: EmptyTarget",
    },
    {
      name: "nothing of an empty target that is allowed",
      live: count(40),
      circumstances: { targetCount: 0, allowsEmpty: true },
      withheld: "",
    },
    {
      name: "nothing up to five objects, however few there were",
      live: count(5),
      circumstances: { targetCount: 1, lastSyncedCount: 6 },
      withheld: "",
    },
    {
      name: "nothing up to a fifth of what was synced",
      live: count(20),
      circumstances: { targetCount: 80, lastSyncedCount: 100 },
      withheld: "",
    },
    {
      name: "everything where another cluster answers",
      live: "ConfigMap/a",
      circumstances: { clusterIdentity: "changed" },
      withheld: "a: ClusterIdentityChanged",
    },
    {
      name: "kinds whose state is out of date",
      live: "ConfigMap/a Secret/b",
      circumstances: { staleKinds: [{ group: "", kind: "Secret" }] },
      withheld: "b: StaleLiveState",
    },
    {
      name: "T281 kinds that hold what is lost with them",
      live: "Namespace/a PersistentVolume/b PersistentVolumeClaim/c StatefulSet/d",
      withheld: "a: ProtectedKind, b: ProtectedKind, c: ProtectedKind, d: ProtectedKind",
    },
    {
      name: "a foreign kind of a protected name: not",
      live: "StatefulSet/a{api:example.com/v1}",
      withheld: "",
    },
    {
      name: "what is to be confirmed",
      live: "ConfigMap/a{opt:Prune=confirm}",
      withheld: "a: ConfirmationRequired",
    },
    {
      name: "what is to be confirmed throughout",
      live: "ConfigMap/a",
      circumstances: { syncOptions: ["Prune=confirm"] },
      withheld: "a: ConfirmationRequired",
    },
    {
      name: "what another Application tracks for that, where all is withheld: nobody can confirm it",
      live: "ConfigMap/a{app:other} ConfigMap/b",
      circumstances: { clusterIdentity: "changed" },
      withheld: "a: OwnedByAnotherApplication, b: ClusterIdentityChanged",
    },
    {
      name: "what another Application tracks",
      live: "ConfigMap/a{app:other} ConfigMap/b{app:none}",
      withheld: "a: OwnedByAnotherApplication, b: OwnedByAnotherApplication",
    },
  ])("withholds $name", ({ live, circumstances, withheld }) => {
    expect(guard(live, circumstances)).toBe(withheld);
  });

  it.for([
    { many: 6, circumstances: { targetCount: 20, lastSyncedCount: 26 } },
    { many: 21, circumstances: { targetCount: 79, lastSyncedCount: 100 } },
    { many: 6, circumstances: { targetCount: 10, lastSyncedCount: undefined } },
  ])("withholds all of $many objects beyond the budget", ({ many, circumstances }) => {
    expect(guardPrunes(lives(count(many)), { ...CALM, ...circumstances })).toHaveLength(many);
    expect(guard(count(many), circumstances)).toMatch(/^c0: PruneBudgetExceeded, /);
  });

  it("withholds what another object owns, for its controller deletes it", () => {
    const owned = lives("ReplicaSet/a{api:apps/v1}").map(
      (live): LiveManifest => ({
        ...live,
        object: withMetadata(live.object, { ownerReferences: [{ kind: "Deployment", uid: "d" }] as never }),
      }),
    );
    expect(guardPrunes(owned, CALM).map(({ reason }) => reason)).toEqual(["OwnedByAnotherApplication"]);
  });

  it("withholds what a storage controller still holds on to", () => {
    const held = lives("ConfigMap/a").map(
      (live): LiveManifest => ({
        ...live,
        object: {
          ...live.object,
          metadata: {
            ...(live.object["metadata"] as object),
            finalizers: ["external-provisioner.volume.kubernetes.io/finalizer"],
          },
        },
      }),
    );
    expect(guardPrunes(held, CALM).map(({ reason }) => reason)).toEqual(["ProtectedKind"]);
  });

  it("T316 lets pass only what is ours, not protected, and within the budget; nothing of an empty render", () => {
    const kind = fc.constantFrom("ConfigMap", "StatefulSet", "Namespace", "Deployment");
    const owner = fc.constantFrom("shop", "shop", "shop", "other", "none");
    const objects = fc.array(fc.tuple(kind, owner), { maxLength: 40 });
    fc.assert(
      fc.property(
        objects,
        fc.nat(30),
        fc.option(fc.nat(200), { nil: undefined }),
        (tokens, targetCount, lastSyncedCount) => {
          const live = lives(tokens.map(([name, app], index) => `${name}/o${index}{app:${app}}`).join(" "));
          const withheld = new Set(
            guardPrunes(live, { ...CALM, targetCount, lastSyncedCount }).map((guarded) => guarded.live),
          );
          const pruned = live.filter((object) => !withheld.has(object));
          if (targetCount === 0) expect(pruned).toEqual([]);
          expect(pruned.length).toBeLessThanOrEqual(
            pruneBudget(lastSyncedCount ?? targetCount + live.length),
          );
          for (const object of pruned) {
            expect(trackingOf(object)?.instanceName).toBe("shop");
            expect(["ConfigMap", "Deployment"]).toContain(object.key.kind);
          }
        },
      ),
    );
  });
});

describe("guardDigestOf", () => {
  const guarded = (live: string) => guardPrunes(lives(live), CALM);

  it("names the set, in whatever order it comes", () => {
    const [a = "", b = ""] = ["StatefulSet/a Namespace/b", "Namespace/b StatefulSet/a"].map((live) =>
      guardDigestOf(guarded(live), "t"),
    );
    expect(a).toBe(b);
    expect(a).not.toBe(guardDigestOf(guarded("StatefulSet/a"), "t"));
    expect(a).not.toBe(guardDigestOf(guarded("StatefulSet/a Namespace/b"), "other target"));
  });

  it("is empty where nothing is withheld, or nothing that anybody may lift", () => {
    expect(guardDigestOf([], "t")).toBe("");
    expect(guardDigestOf(guarded("ConfigMap/a{app:other}"), "t")).toBe("");
  });

  it("names reasons, too", () => {
    const [first] = guarded("StatefulSet/a");
    const otherwise = first && guardDigestOf([{ ...first, reason: "EmptyTarget" }], "t");
    expect(first && guardDigestOf([first], "t")).not.toBe(otherwise);
  });
});

describe("the shorthand of these tables", () => {
  it("tracks objects as we would", () => {
    const [live] = lives("ConfigMap/a");
    expect(live && trackingOf(live)).toEqual(parseTrackingId("shop:/ConfigMap:shop/a"));
  });
});
