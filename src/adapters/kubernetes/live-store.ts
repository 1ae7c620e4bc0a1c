import { type JsonObject, stringAt } from "../../domain/json.ts";
import { type LiveManifest, resourceKeyOf } from "../../domain/manifest.ts";
import { formatResourceKey, type ResourceKey } from "../../domain/resource-key.ts";
import { trackingOf } from "../../domain/tracking.ts";
import { type CompactObject, compactObject, expandObject } from "./compact-object.ts";

/** What is kept of every watched object. */
export interface StoredObject {
  readonly key: ResourceKey;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Instance that its tracking id names, `""` for none. */
  readonly instanceName: string;
  /** The object as others see it; the same one as long as the version stays. */
  readonly manifest: LiveManifest;
}

/** Objects of a cluster by key and by instance, in memory. */
export interface LiveStore {
  get(formattedKey: string): StoredObject | undefined;
  /** Takes an object that is at least as new as the one it replaces; tells listeners unless nothing changed. */
  put(object: JsonObject): void;
  remove(formattedKey: string): void;
  ofInstance(instanceName: string): Iterable<StoredObject>;
}

/** Names of the instances concerned, and the object's key. */
export type OnStoreChange = (formattedKey: string, instanceNames: readonly string[]) => void;

export function createLiveStore(onChange: OnStoreChange): LiveStore {
  const objects = new Map<string, StoredObject>();
  const instances = new Map<string, Map<string, StoredObject>>();

  const unlink = (formattedKey: string, { instanceName }: StoredObject): void => {
    const members = instances.get(instanceName);
    members?.delete(formattedKey);
    if (members?.size === 0) instances.delete(instanceName);
  };
  const link = (formattedKey: string, stored: StoredObject): void => {
    if (stored.instanceName === "") return;
    const members = instances.get(stored.instanceName) ?? new Map<string, StoredObject>();
    members.set(formattedKey, stored);
    instances.set(stored.instanceName, members);
  };
  return {
    get: (formattedKey) => objects.get(formattedKey),
    put(object) {
      const stored = storedObject(object);
      const formattedKey = formatResourceKey(stored.key);
      const before = objects.get(formattedKey);
      if (before?.uid === stored.uid && before.resourceVersion === stored.resourceVersion) return;
      if (before !== undefined) unlink(formattedKey, before);
      objects.set(formattedKey, stored);
      link(formattedKey, stored);
      onChange(formattedKey, namesOf(before, stored));
    },
    remove(formattedKey) {
      const before = objects.get(formattedKey);
      if (before === undefined) return;
      objects.delete(formattedKey);
      unlink(formattedKey, before);
      onChange(formattedKey, namesOf(before));
    },
    ofInstance: (instanceName) => instances.get(instanceName)?.values() ?? [],
  };
}

/** `object` is parsed when it is read, and again only after the garbage collector took it. */
function liveManifestFrom(
  identity: Pick<LiveManifest, "key" | "apiVersion" | "uid" | "resourceVersion">,
  compact: CompactObject,
): LiveManifest {
  let parsed: WeakRef<JsonObject> | undefined;
  return {
    ...identity,
    get object() {
      const known = parsed?.deref();
      if (known !== undefined) return known;
      const object = expandObject(compact);
      parsed = new WeakRef(object);
      return object;
    },
  };
}

function storedObject(object: JsonObject): StoredObject {
  const instanceName = trackingOf({ object })?.instanceName ?? "";
  const key = resourceKeyOf(object);
  const uid = stringAt(object, "metadata", "uid") ?? "";
  const resourceVersion = stringAt(object, "metadata", "resourceVersion") ?? "";
  const apiVersion = stringAt(object, "apiVersion") ?? "";
  const compact = compactObject(object, instanceName === "" ? "rare" : "frequent");
  return {
    key,
    uid,
    resourceVersion,
    instanceName,
    manifest: liveManifestFrom({ key, apiVersion, uid, resourceVersion }, compact),
  };
}

function namesOf(...stored: readonly (StoredObject | undefined)[]): readonly string[] {
  return stored.flatMap((object) =>
    object === undefined || object.instanceName === "" ? [] : [object.instanceName],
  );
}
