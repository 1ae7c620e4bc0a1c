import { FIELD_MANAGER } from "../../domain/cluster.ts";
import { LAST_APPLIED_ANNOTATION } from "../../domain/field-ownership.ts";
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from "../../domain/json.ts";
import { type LiveManifest, liveManifestOf } from "../../domain/manifest.ts";
import { formatGroupKind, formatResourceKey, type GroupKind } from "../../domain/resource-key.ts";
import { trackingOf } from "../../domain/tracking.ts";
import { setAt } from "./json-edit.ts";
import type { LiveChanges } from "./live-changes.ts";
import type { ObjectStore, StoreEvent } from "./object-store.ts";

/** A kind that is watched, and what was seen of it. */
export interface WatchedKind {
  readonly kind: GroupKind;
  readonly objects: Map<string, LiveManifest>;
  /** Nothing is seen just now; what is there may be out of date. */
  isStale: boolean;
  /** How far the watch has come. */
  version: number;
}

/** The objects of watched kinds as they were last seen. */
export interface WatchedObjects {
  kind(kind: GroupKind): WatchedKind | undefined;
  kinds(): readonly WatchedKind[];
  /** Starts with nothing seen. */
  addKind(kind: GroupKind): WatchedKind;
  /** Takes a change in; changes of other kinds, and of stale ones, go by. */
  see(event: StoreEvent): void;
  /** Takes in everything of the kind that the store has. */
  list(watch: WatchedKind, store: ObjectStore): void;
  /** Takes in one object as its writer knows it. */
  observe(live: LiveManifest): void;
  ofInstance(name: string): Iterable<string>;
  find(id: string): LiveManifest | undefined;
}

export function createWatchedObjects(changes: LiveChanges): WatchedObjects {
  const watched = new Map<string, WatchedKind>();
  const instances = createInstanceIndex();

  function set(watch: WatchedKind, id: string, live: LiveManifest | undefined): void {
    changes.add(id, instances.move(id, watch.objects.get(id), live));
    if (live === undefined) watch.objects.delete(id);
    else watch.objects.set(id, live);
  }

  return {
    kind: (kind) => watched.get(formatGroupKind(kind)),
    kinds: () => [...watched.values()],
    addKind(kind) {
      const watch = { kind, objects: new Map<string, LiveManifest>(), isStale: true, version: 0 };
      watched.set(formatGroupKind(kind), watch);
      return watch;
    },
    see({ key, after, resourceVersion }) {
      const watch = watched.get(formatGroupKind(key));
      if (watch === undefined || watch.isStale) return;
      watch.version = resourceVersion;
      set(watch, formatResourceKey(key), after === undefined ? undefined : shownManifest(after.object));
    },
    list(watch, store) {
      const stored = new Map(store.list(watch.kind).map((found) => [formatResourceKey(found.key), found]));
      for (const id of [...watch.objects.keys()]) if (!stored.has(id)) set(watch, id, undefined);
      for (const [id, { object, resourceVersion }] of stored) {
        const isSeen = watch.objects.get(id)?.resourceVersion === String(resourceVersion);
        if (!isSeen) set(watch, id, shownManifest(object));
      }
      watch.version = store.nextVersion() - 1;
      watch.isStale = false;
    },
    observe(live) {
      const watch = watched.get(formatGroupKind(live.key));
      const id = formatResourceKey(live.key);
      const version = Number(live.resourceVersion);
      if (watch === undefined || version <= watch.version) return;
      if (version > Number(watch.objects.get(id)?.resourceVersion ?? 0)) {
        set(watch, id, shownManifest(live.object));
      }
    },
    ofInstance: instances.of,
    find: (id) =>
      [...watched.values()].map(({ objects }) => objects.get(id)).find((found) => found !== undefined),
  };
}

/** Which objects carry an instance's tracking ids. */
function createInstanceIndex() {
  const byName = new Map<string, Set<string>>();
  return {
    of: (name: string): Iterable<string> => byName.get(name) ?? [],
    /** @returns the instances it belonged to and belongs to now. */
    move(id: string, from: LiveManifest | undefined, to: LiveManifest | undefined): readonly string[] {
      const [before, after] = [instanceOf(from), instanceOf(to)];
      if (before !== undefined) byName.get(before)?.delete(id);
      if (after !== undefined) byName.set(after, (byName.get(after) ?? new Set()).add(id));
      return [before, after].filter((name) => name !== undefined);
    },
  };
}

function instanceOf(live: LiveManifest | undefined): string | undefined {
  return live === undefined ? undefined : trackingOf(live)?.instanceName;
}

/** As the port shows objects: without other managers' entries and kubectl's copy. */
function shownManifest(object: JsonObject): LiveManifest {
  const entries = arrayAt(object, "metadata", "managedFields").filter(isJsonObject).filter(isShown);
  const fields = entries.length === 0 ? undefined : entries;
  const shown = setAt(object, ["metadata", "managedFields"], fields);
  const hasCopy = Object.hasOwn(objectAt(object, "metadata", "annotations"), LAST_APPLIED_ANNOTATION);
  const copy = ["metadata", "annotations", LAST_APPLIED_ANNOTATION];
  return liveManifestOf(hasCopy ? setAt(shown, copy, undefined) : shown);
}

/** Our own entry, and those of client-side appliers. */
function isShown(entry: JsonObject): boolean {
  if (stringAt(entry, "subresource") !== undefined) return false;
  const manager = stringAt(entry, "manager") ?? "";
  if (manager === FIELD_MANAGER) return true;
  return (
    stringAt(entry, "operation") === "Update" &&
    (manager === "kubectl-client-side-apply" || manager === "before-first-apply")
  );
}
