import { FIELD_MANAGER } from "../../domain/cluster.ts";
import { type JsonObject, stringAt } from "../../domain/json.ts";
import type { LiveManifest, Manifest } from "../../domain/manifest.ts";
import { formatGroupKind, type ResourceKey } from "../../domain/resource-key.ts";
import type { ClusterWrites, DeleteOptions, WriteOptions } from "../../ports/cluster-writes.ts";
import { ApiFailure } from "./api-failure.ts";
import type { ApiServer, RequestContext } from "./api-server.ts";
import { liveManifest, type PortParts, placed } from "./cluster-reads.ts";
import { commitObject, withoutManagedFields } from "./commit-object.ts";
import { unionOf } from "./field-set.ts";
import { mergePatch } from "./json-edit.ts";
import { type FieldManager, withManager } from "./managed-fields.ts";
import type { StoredObject } from "./object-store.ts";
import { answered } from "./operation-errors.ts";
import { applyObject, factsOf } from "./server-dry-run.ts";

type Parts = PortParts & { readonly server: ApiServer };

/** Not the manager we apply as: what it owns by `Update` would be migrated, and then removed by the next apply. */
const METADATA_MANAGER = "plumbline";

/** Managers that own by `Update` what was applied client-side. */
const CLIENT_SIDE_APPLIERS: readonly string[] = [
  "kubectl-client-side-apply",
  "before-first-apply",
  FIELD_MANAGER,
];

/** {@link ClusterWrites} on an embedded cluster. */
export function createClusterWrites(parts: Parts): ClusterWrites {
  return {
    apply: (target, options) => applyObject(parts, target, { ...options, persistence: "stored" }),
    create: (target, options) => write(parts, target, { verb: "create", options }),
    replace: (target, options) => write(parts, target, { verb: "update", options }),
    delete: (key, options) => deleteObject(parts, key, options),
    patchMetadata: (key, patch) => patchMetadata(parts, key, patch),
    migrateOwnership: (live) => migrateOwnership(parts, live),
  };
}

function write(
  { server, gate, destination }: Parts,
  target: Manifest,
  { verb, options }: { readonly verb: "create" | "update"; readonly options: WriteOptions },
): Promise<LiveManifest> {
  return answered(factsOf(destination, verb, target), async () => {
    await gate.pass({ verb, kind: target.key, key: target.key });
    const context = contextOf(FIELD_MANAGER, options.validate);
    const stored =
      verb === "create" ? server.create(target.object, context) : server.replace(target.object, context);
    return liveManifest(stored, target.apiVersion);
  });
}

function deleteObject(
  { state, server, gate, destination }: Parts,
  key: ResourceKey,
  { uid, propagation }: DeleteOptions,
): Promise<"deleted" | "absent"> {
  return answered(keyFacts(destination, "delete", key), async () => {
    if (state.kinds.find(key) === undefined) return "absent";
    await gate.pass({ verb: "delete", kind: key, key });
    try {
      server.delete(placed(state, key), { uid, propagation });
      return "deleted";
    } catch (error) {
      if (error instanceof ApiFailure && ["NotFound", "Conflict"].includes(error.reason)) return "absent";
      throw error;
    }
  });
}

function patchMetadata(parts: Parts, key: ResourceKey, patch: JsonObject): Promise<LiveManifest> {
  const { server, gate, destination } = parts;
  return answered(keyFacts(destination, "patch", key), async () => {
    const live = mustFind(parts, key);
    await gate.pass({ verb: "patch", kind: key, key });
    const wanted = stringAt(patch, "resourceVersion");
    if (wanted !== undefined && wanted !== String(live.resourceVersion)) {
      throw new ApiFailure("Conflict", "the object has been modified");
    }
    const patched = server.change(live.key, contextOf(METADATA_MANAGER), (object) => ({
      ...object,
      metadata: mergePatch(object["metadata"], patch),
    }));
    return liveManifest(patched ?? live);
  });
}

function migrateOwnership(parts: Parts, { key, uid }: Pick<LiveManifest, "key" | "uid">): Promise<boolean> {
  const { state, gate, destination } = parts;
  return answered(keyFacts(destination, "patch", key), async () => {
    if (state.kinds.find(key) === undefined) return false;
    await gate.pass({ verb: "get", kind: key, key });
    const live = state.store.get(placed(state, key));
    const managers = live?.uid === uid ? migratedManagers(live.managers) : undefined;
    if (live === undefined || managers === undefined) return false;
    await gate.pass({ verb: "patch", kind: key, key });
    const owned = { object: withoutManagedFields(live), managers };
    commitObject(state, { kind: live.kind, live }, { owned, persistence: "stored", subresource: "" });
    return true;
  });
}

/** The entries with what client-side appliers own given to our own; `undefined` where there is nothing to give. */
function migratedManagers(managers: readonly FieldManager[]): readonly FieldManager[] | undefined {
  const moving = managers.filter(
    ({ manager, operation, subresource }) =>
      operation === "Update" && subresource === "" && CLIENT_SIDE_APPLIERS.includes(manager),
  );
  const [first] = moving;
  if (first === undefined) return undefined;
  const ours = managers.find(
    ({ manager, operation, subresource }) =>
      manager === FIELD_MANAGER && operation === "Apply" && subresource === "",
  );
  const fields = [...moving, ...(ours === undefined ? [] : [ours])].map((entry) => entry.fields);
  const entry: FieldManager = {
    ...(ours ?? first),
    manager: FIELD_MANAGER,
    operation: "Apply",
    fields: fields.reduce(unionOf),
  };
  return withManager(
    managers.filter((other) => !moving.includes(other)),
    entry,
  );
}

function mustFind({ state }: Parts, key: ResourceKey): StoredObject {
  if (state.kinds.find(key) === undefined) throw new ApiFailure("KindUnknown", `no matches for ${key.kind}`);
  const live = state.store.get(placed(state, key));
  if (live === undefined) throw new ApiFailure("NotFound", `"${key.name}" not found`);
  return live;
}

function contextOf(manager: string, validate: RequestContext["validate"] = "strict"): RequestContext {
  return { manager, persistence: "stored", validate };
}

function keyFacts(destination: string, verb: string, key: ResourceKey) {
  const what = `${verb} ${formatGroupKind(key)} objects`;
  return { destination, what, key, apiVersion: key.group, object: {} };
}
