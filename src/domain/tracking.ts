import { isJsonArray, objectAt, valueAt } from "./json.ts";
import { annotationOf, type LiveManifest, type Manifest, withMetadata } from "./manifest.ts";
import { formatResourceKey, type GroupKind, type ResourceKey } from "./resource-key.ts";

/** Says which Application an object belongs to, and which object that was said of (argocd-behaviour §4). */
export const TRACKING_ANNOTATION = "argocd.argoproj.io/tracking-id";

export interface TrackingId {
  readonly instanceName: string;
  /** Of the object it was written for. For cluster-scoped objects the namespace is the Application's destination. */
  readonly key: ResourceKey;
}

/** `<instance>:<group>/<kind>:<namespace>/<name>`; cluster-scoped objects carry the destination's namespace. */
export function trackingIdOf(instanceName: string, key: ResourceKey, destinationNamespace: string): string {
  const namespace = key.namespace === "" ? destinationNamespace : key.namespace;
  return `${instanceName}:${formatResourceKey({ ...key, namespace })}`;
}

/** The parts of a tracking id, or `undefined` for text that is none: such an object is nobody's. */
export function parseTrackingId(text: string): TrackingId | undefined {
  const [instanceName, groupKind, ...rest] = text.split(":");
  if (instanceName === undefined || groupKind === undefined || rest.length === 0) return undefined;
  const [group, kind, ...noKind] = groupKind.split("/");
  const [namespace, name, ...noName] = rest.join(":").split("/");
  if (group === undefined || kind === undefined || namespace === undefined || name === undefined)
    return undefined;
  if (noKind.length > 0 || noName.length > 0) return undefined;
  return { instanceName, key: { group, kind, namespace, name } };
}

/** The tracking id an object carries, or `undefined` where it carries none that can be read. */
export function trackingOf(manifest: Pick<Manifest, "object">): TrackingId | undefined {
  const text = annotationOf(manifest, TRACKING_ANNOTATION);
  return text === undefined ? undefined : parseTrackingId(text);
}

/**
 * Whether a live object's tracking id speaks of the object itself. One that operators copied from a parent does not:
 * such objects are neither compared, nor synced, nor pruned. Judged by the target's identity where there is one, so
 * that an object may move to another API group. Objects without a tracking id may be adopted.
 */
export function isSelfReferenced(live: Pick<Manifest, "key" | "object">, targetKey?: ResourceKey): boolean {
  const text = annotationOf(live, TRACKING_ANNOTATION);
  if (text === undefined) return true;
  const id = parseTrackingId(text);
  if (id === undefined) return false;
  const { group, kind, namespace, name } = targetKey ?? live.key;
  const { key } = id;
  if (key.group !== group || key.kind !== kind || key.name !== name) return false;
  return namespace === "" || key.namespace === namespace;
}

/** Whether an object is owned by another one: its controller deletes it, we never do. */
export function hasOwner(live: Pick<LiveManifest, "object">): boolean {
  const owners = valueAt(live.object, "metadata", "ownerReferences");
  return isJsonArray(owners) && owners.length > 0;
}

/** CustomResourceDefinitions carry no tracking: deleting one would delete every object of its kind. */
export function isTracked({ group, kind }: GroupKind): boolean {
  return !(group === "apiextensions.k8s.io" && kind === "CustomResourceDefinition");
}

/** The manifest with its tracking id set, whatever id it carried before. CRDs lose one they carry. */
export function withTracking<M extends Manifest>(
  manifest: M,
  { instanceName, namespace }: { readonly instanceName: string; readonly namespace: string },
): M {
  const annotations = { ...objectAt(manifest.object, "metadata", "annotations") };
  if (isTracked(manifest.key)) {
    annotations[TRACKING_ANNOTATION] = trackingIdOf(instanceName, manifest.key, namespace);
  } else if (Object.hasOwn(annotations, TRACKING_ANNOTATION)) {
    delete annotations[TRACKING_ANNOTATION];
  } else {
    return manifest;
  }
  return { ...manifest, object: withMetadata(manifest.object, { annotations }) };
}
