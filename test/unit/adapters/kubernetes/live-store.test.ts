import { describe, expect, it } from "vitest";

import { compactObject, expandObject } from "../../../../src/adapters/kubernetes/compact-object.ts";
import { createLiveStore } from "../../../../src/adapters/kubernetes/live-store.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";

const KEY = "/ConfigMap:n/a";

function object(app: string, resourceVersion: string): JsonObject {
  const annotations = app === "" ? {} : { "argocd.argoproj.io/tracking-id": `${app}:/ConfigMap:n/a` };
  const metadata = { name: "a", namespace: "n", uid: "u", resourceVersion, annotations };
  return { apiVersion: "v1", kind: "ConfigMap", metadata };
}

describe("the store", () => {
  it.for([
    { acts: ["put shop 1"], changes: ["shop"], shop: 1 },
    { acts: ["put shop 1", "put shop 1"], changes: ["shop"], shop: 1 },
    { acts: ["put shop 1", "put shop 2"], changes: ["shop", "shop,shop"], shop: 1 },
    { acts: ["put shop 1", "put mall 2"], changes: ["shop", "shop,mall"], shop: 0 },
    { acts: ["put shop 1", "put - 2"], changes: ["shop", "shop"], shop: 0 },
    { acts: ["put - 1", "remove"], changes: ["", ""], shop: 0 },
    { acts: ["remove"], changes: [], shop: 0 },
  ])("$acts tells of $changes", ({ acts, changes, shop }) => {
    const told: string[] = [];
    const store = createLiveStore((key, names) => told.push(`${key === KEY ? "" : key}${names.join()}`));
    for (const act of acts) {
      const [verb, app = "", version = ""] = act.split(" ");
      if (verb === "remove") store.remove(KEY);
      else store.put(object(app === "-" ? "" : app, version));
    }
    expect(told).toEqual(changes);
    expect([...store.ofInstance("shop")]).toHaveLength(shop);
  });

  it("parses an object when it is first read", () => {
    const store = createLiveStore(() => undefined);
    store.put(object("shop", "1"));
    const stored = store.get(KEY);
    if (stored === undefined) throw new Error("not stored");
    const live = stored.manifest;
    expect(live).toMatchObject({ uid: "u", resourceVersion: "1", apiVersion: "v1" });
    expect(live.object).toEqual(object("shop", "1"));
    expect(live.object).toBe(live.object);
  });
});

describe("what is kept of an object", () => {
  const managedFields = [
    { manager: "argocd-controller", operation: "Apply", fieldsV1: { "f:data": {} } },
    { manager: "kube-controller-manager", operation: "Update", fieldsV1: { "f:status": {} } },
  ];
  const whole: JsonObject = {
    metadata: {
      managedFields,
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", note: "kept" },
    },
    data: { text: "blue ".repeat(1_000) },
    big: 9007199254740993n,
  };

  it.for(["frequent", "rare"] as const)("is all but what only the server reads, in %s use", (use) => {
    expect(expandObject(compactObject(whole, use))).toEqual({
      ...whole,
      metadata: { managedFields: managedFields.slice(0, 1), annotations: { note: "kept" } },
    });
  });

  it("is compressed where it is long and rarely read", () => {
    expect(typeof compactObject(whole, "frequent")).toBe("string");
    expect(typeof compactObject({ metadata: {} }, "rare")).toBe("string");
    expect((compactObject(whole, "rare") as Uint8Array).length).toBeLessThan(500);
  });
});
