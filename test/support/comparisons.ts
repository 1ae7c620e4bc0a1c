import type { JsonObject } from "../../src/domain/json.ts";
import { liveManifestOf, manifestOf, withMetadata } from "../../src/domain/manifest.ts";
import { compareObject } from "../../src/domain/object-comparison.ts";
import { asApplied } from "./manifests.ts";

export const POD = { image: "web:1", name: "web" };

export function deployment(spec: JsonObject, container: JsonObject = {}): JsonObject {
  const template = { spec: { containers: [{ ...POD, ...container }] } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
    spec: { template, ...spec },
  };
}

export function object(kind: string, body: JsonObject, apiVersion = "v1"): JsonObject {
  return { apiVersion, kind, metadata: { name: "x", namespace: "shop" }, ...body };
}

/** `in sync`, `in sync, ours`, `undecided`, or the pointers of what differs. */
export function compareFieldsOf(
  target: JsonObject,
  live: JsonObject,
  ignored: readonly string[] = ["/status"],
): string {
  const { differing, isUndecided, ownsTarget } = compareObject(
    manifestOf(target),
    liveManifestOf(live),
    ignored,
  );
  if (differing.length > 0) return differing.join(" ");
  if (isUndecided) return "undecided";
  return ownsTarget ? "in sync, ours" : "in sync";
}

/** The live object once `applied` was applied by us and the server and others added `added` to it. */
export function appliedByUs(
  applied: JsonObject,
  change: (object: JsonObject) => JsonObject = (same) => same,
): JsonObject {
  const { managedFields } = asApplied(applied)["metadata"] as JsonObject;
  return withMetadata(change(applied), {
    managedFields: managedFields as JsonObject,
    uid: "u",
    resourceVersion: "1",
    creationTimestamp: "2024-01-01T00:00:00Z",
    generation: "1",
  });
}
