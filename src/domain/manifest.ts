import { isJsonObject, type JsonObject, objectAt, stringAt } from "./json.ts";
import { groupOf, type ResourceKey } from "./resource-key.ts";

/** One Kubernetes object as text would describe it: what Git says (target) or what the cluster says (live). */
export interface Manifest {
  readonly key: ResourceKey;
  readonly apiVersion: string;
  readonly object: JsonObject;
}

/** A manifest that came out of a render. */
export interface TargetManifest extends Manifest {
  /**
   * Stands for the rendered text of `object` and where it was put: equal digests, equal objects, without parsing or
   * comparing. Begins with the hex SHA-256 of the rendered document.
   */
  readonly digest: string;
}

/** A manifest read from a cluster. */
export interface LiveManifest extends Manifest {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** The key of a Kubernetes object; absent parts are `""`. */
export function resourceKeyOf(object: JsonObject): ResourceKey {
  return {
    group: groupOf(stringAt(object, "apiVersion") ?? ""),
    kind: stringAt(object, "kind") ?? "",
    namespace: stringAt(object, "metadata", "namespace") ?? "",
    name: stringAt(object, "metadata", "name") ?? "",
  };
}

export function manifestOf(object: JsonObject): Manifest {
  return { key: resourceKeyOf(object), apiVersion: stringAt(object, "apiVersion") ?? "", object };
}

/** A live object as the API server returned it. */
export function liveManifestOf(object: JsonObject): LiveManifest {
  return {
    ...manifestOf(object),
    uid: stringAt(object, "metadata", "uid") ?? "",
    resourceVersion: stringAt(object, "metadata", "resourceVersion") ?? "",
  };
}

/** Annotations that are strings; anything else in their place is ignored. */
export function annotationsOf({ object }: Pick<Manifest, "object">): Readonly<Record<string, string>> {
  return stringsOf(objectAt(object, "metadata", "annotations"));
}

export function annotationOf({ object }: Pick<Manifest, "object">, name: string): string | undefined {
  return stringAt(object, "metadata", "annotations", name);
}

export function labelsOf({ object }: Pick<Manifest, "object">): Readonly<Record<string, string>> {
  return stringsOf(objectAt(object, "metadata", "labels"));
}

/** The object with some of its metadata replaced; `undefined` removes a field. */
export function withMetadata(
  object: JsonObject,
  changes: Readonly<Record<string, JsonObject | string | undefined>>,
): JsonObject {
  const metadata = { ...objectAt(object, "metadata") };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete metadata[name];
    else metadata[name] = value;
  }
  return { ...object, metadata };
}

function stringsOf(object: JsonObject): Readonly<Record<string, string>> {
  if (!isJsonObject(object)) return {};
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
