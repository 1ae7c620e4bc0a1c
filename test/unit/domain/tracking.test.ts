import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { manifestOf } from "../../../src/domain/manifest.ts";
import type { ResourceKey } from "../../../src/domain/resource-key.ts";
import {
  hasOwner,
  isSelfReferenced,
  isTracked,
  parseTrackingId,
  TRACKING_ANNOTATION,
  trackingIdOf,
  trackingOf,
  withTracking,
} from "../../../src/domain/tracking.ts";
import { lives, targets } from "../../support/manifests.ts";

/** `group/Kind:namespace/name`. */
function key(text: string): ResourceKey {
  const [, group = "", kind = "", namespace = "", name = ""] = /^(.*)\/(.*):(.*)\/(.*)$/.exec(text) ?? [];
  return { group, kind, namespace, name };
}

describe("trackingIdOf", () => {
  it.for([
    { object: "apps/Deployment:shop/web", id: "my:apps/Deployment:shop/web" },
    { object: "/ConfigMap:shop/web", id: "my:/ConfigMap:shop/web" },
    { object: "/Namespace:/n", id: "my:/Namespace:target/n" },
    {
      object: "rbac.authorization.k8s.io/ClusterRole:/system:x",
      id: "my:rbac.authorization.k8s.io/ClusterRole:target/system:x",
    },
  ])("writes $id", ({ object, id }) => {
    expect(trackingIdOf("my", key(object), "target")).toBe(id);
  });

  it("is read again by parseTrackingId", () => {
    const word = fc.stringMatching(/^[a-z0-9.-]{1,12}$/);
    fc.assert(
      fc.property(word, word, word, word, word, (instanceName, group, kind, namespace, name) => {
        const id = trackingIdOf(instanceName, { group, kind, namespace, name }, "elsewhere");
        expect(parseTrackingId(id)).toEqual({ instanceName, key: { group, kind, namespace, name } });
      }),
    );
  });
});

describe("parseTrackingId", () => {
  it.for([
    "",
    "app",
    "app:apps/Deployment",
    "app:Deployment:ns/n",
    "app:a/b/c:ns/n",
    "app:a/b:n",
    "app:a/b:x/y/z",
  ])("T320 takes %s for no id", (text) => {
    expect(parseTrackingId(text)).toBeUndefined();
  });

  it("keeps colons of names, as roles have them", () => {
    expect(parseTrackingId("a:g/Role:ns/system:x")?.key.name).toBe("system:x");
  });
});

describe("isSelfReferenced", () => {
  const live = (id: string | undefined, object = "apps/Deployment:shop/web") => ({
    key: key(object),
    object: { metadata: id === undefined ? {} : { annotations: { [TRACKING_ANNOTATION]: id } } },
  });

  it.for([
    { name: "its own id", id: "a:apps/Deployment:shop/web", is: true },
    { name: "another Application's id of itself", id: "b:apps/Deployment:shop/web", is: true },
    { name: "no id at all", id: undefined, is: true },
    { name: "an id copied from a Deployment of another name", id: "a:apps/Deployment:shop/api", is: false },
    { name: "an id copied from another kind", id: "a:apps/StatefulSet:shop/web", is: false },
    { name: "an id copied from another group", id: "a:extensions/Deployment:shop/web", is: false },
    { name: "an id copied from another namespace", id: "a:apps/Deployment:other/web", is: false },
    { name: "an id that cannot be read", id: "nonsense", is: false },
  ])("with $name: $is", ({ id, is }) => {
    expect(isSelfReferenced(live(id))).toBe(is);
  });

  it("goes by the target's identity, so that an object can move to another group", () => {
    const moved = live("a:extensions/Ingress:shop/web", "networking.k8s.io/Ingress:shop/web");
    expect(isSelfReferenced(moved)).toBe(false);
    expect(isSelfReferenced(moved, key("extensions/Ingress:shop/web"))).toBe(true);
  });

  it("does not look at the namespace of cluster-scoped objects", () => {
    expect(isSelfReferenced(live("a:/Namespace:target/n", "/Namespace:/n"))).toBe(true);
  });
});

describe("withTracking", () => {
  it("T159 replaces whatever id the manifest carries", () => {
    const [forged] = lives("ConfigMap/a{app:victim}");
    const own = forged && withTracking(forged, { instanceName: "shop", namespace: "shop" });
    expect(own && trackingOf(own)?.instanceName).toBe("shop");
  });

  it("leaves CRDs without one, and takes away one they carry", () => {
    const [crd] = targets("CustomResourceDefinition/widgets.example.com");
    expect(crd && trackingOf(crd)).toBeUndefined();
    const object = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "x", annotations: { [TRACKING_ANNOTATION]: "shop:a/b:c/d", kept: "yes" } },
    };
    const cleaned = withTracking(manifestOf(object), { instanceName: "shop", namespace: "shop" });
    expect(cleaned.object["metadata"]).toEqual({ name: "x", annotations: { kept: "yes" } });
  });
});

describe("isTracked", () => {
  it.for([
    ["apiextensions.k8s.io", "CustomResourceDefinition", false],
    ["apiextensions.k8s.io", "Other", true],
    ["example.com", "CustomResourceDefinition", true],
  ] as const)("%s %s: %s", ([group, kind, is]) => {
    expect(isTracked({ group, kind })).toBe(is);
  });
});

describe("hasOwner", () => {
  it("is true only where there is an owner", () => {
    expect(hasOwner({ object: { metadata: { ownerReferences: [{ uid: "1" }] } } })).toBe(true);
    expect(hasOwner({ object: { metadata: { ownerReferences: [] } } })).toBe(false);
    expect(hasOwner({ object: { metadata: {} } })).toBe(false);
  });
});
