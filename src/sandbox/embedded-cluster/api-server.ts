import { equalJson, isJsonObject, type JsonObject, objectAt, stringAt, valueAt } from "../../domain/json.ts";
import type { ResourceKey } from "../../domain/resource-key.ts";
import { ApiFailure } from "./api-failure.ts";
import { toStorageVersion } from "./api-versions.ts";
import { commitObject, type Persistence, withoutManagedFields } from "./commit-object.ts";
import { type Deletion, deleteObject } from "./delete-object.ts";
import { setAt } from "./json-edit.ts";
import type { KnownKind } from "./kind-registry.ts";
import { afterUpdate, type FieldManager, withoutServerFields } from "./managed-fields.ts";
import type { StoredObject } from "./object-store.ts";
import { type PreparedObject, prepareObject, type ServerState, timestamp } from "./prepare-object.ts";
import { decodeObject, refuseUntyped } from "./read-request.ts";
import { keyIn, requireNamespace, requireSame, servedKind } from "./request-checks.ts";
import { serverSideApply } from "./server-side-apply.ts";
import { changedFields } from "./typed-fields.ts";
import { withoutNulls } from "./typed-values.ts";

/** Who asks, and how the request is to be taken. */
export interface RequestContext {
  readonly manager: string;
  readonly persistence: Persistence;
  readonly validate: "strict" | "ignore";
}

/** The requests an API server answers, one object each. All throw {@link ApiFailure}. */
export interface ApiServer {
  readonly state: ServerState;
  apply(object: JsonObject, context: RequestContext, conflicts: "forced" | "polite"): StoredObject;
  create(object: JsonObject, context: RequestContext): StoredObject;
  /** The whole object. A `resourceVersion` or `uid` in it must be the live one's. */
  replace(object: JsonObject, context: RequestContext): StoredObject;
  /**
   * Changes a live object; `change` is given it without managedFields. By way of `status` only the status and
   * annotations change. Nothing happens where there is no such object.
   */
  change(
    key: ResourceKey,
    context: RequestContext & { readonly subresource?: "status" | "scale" },
    change: (object: JsonObject) => JsonObject,
  ): StoredObject | undefined;
  delete(key: ResourceKey, deletion: Deletion): void;
}

export function createApiServer(state: ServerState): ApiServer {
  return {
    state,
    apply: (object, context, conflicts) => apply(state, object, { ...context, conflicts }),
    create: (object, context) => create(state, object, context),
    replace: (object, context) => replace(state, object, context),
    change(key, context, change) {
      const live = state.store.get(key);
      if (live === undefined) return undefined;
      return update(state, { live, change, subresource: context.subresource ?? "" }, context);
    },
    delete: (key, deletion) => deleteObject(state, key, deletion),
  };
}

function apply(
  state: ServerState,
  object: JsonObject,
  context: RequestContext & { readonly conflicts: "forced" | "polite" },
): StoredObject {
  const kind = servedKind(state, object);
  const key = keyIn(kind, object);
  const live = state.store.get(key);
  requireNamespace(state, kind, { key, isNew: live === undefined });
  if (objectAt(object, "metadata")["managedFields"] !== undefined) {
    throw new ApiFailure("BadRequest", "metadata.managedFields must be nil");
  }
  const typed = context.validate === "ignore" ? decodeObject(kind, object, "dropped") : object;
  refuseUntyped(kind, typed);
  const readable = withoutNulls(typed, kind.shape);
  requireSame(live, object, "FieldConflict");
  const applied = toStorageVersion(kind, forStorage(kind, key, readable));
  const before = live === undefined ? {} : withoutManagedFields(live);
  const owned = serverSideApply(
    { object: before, managers: live?.managers ?? [] },
    {
      applied,
      applier: writer(state, context, stringAt(object, "apiVersion") ?? ""),
      conflicts: context.conflicts,
      shape: kind.shape,
    },
  );
  const prepared = prepareObject(state, { kind, live }, owned.object);
  return commitObject(
    state,
    { kind, live },
    {
      owned: { object: prepared.object, managers: owned.managers },
      persistence: context.persistence,
      subresource: "",
    },
  );
}

function create(state: ServerState, object: JsonObject, context: RequestContext): StoredObject {
  const kind = servedKind(state, object);
  const named = withGeneratedName(state, object);
  const key = keyIn(kind, named);
  requireNamespace(state, kind, { key, isNew: true });
  if (state.store.get(key) !== undefined) {
    throw new ApiFailure("AlreadyExists", `${kind.resource} "${key.name}" already exists`);
  }
  const decoded = withoutNulls(decodeObject(kind, named, unknownFields(context)), kind.shape);
  const prepared = prepareObject(
    state,
    { kind, live: undefined },
    toStorageVersion(kind, forStorage(kind, key, decoded)),
  );
  return commitUpdate(state, { kind, live: undefined, ...prepared, subresource: "" }, context);
}

function replace(state: ServerState, object: JsonObject, context: RequestContext): StoredObject {
  const kind = servedKind(state, object);
  const key = keyIn(kind, object);
  requireNamespace(state, kind, { key, isNew: false });
  const live = state.store.get(key);
  if (live === undefined) throw new ApiFailure("NotFound", `${kind.resource} "${key.name}" not found`);
  requireSame(live, object, "Conflict");
  const decoded = withoutNulls(decodeObject(kind, object, unknownFields(context)), kind.shape);
  const change = (): JsonObject => toStorageVersion(kind, forStorage(kind, key, decoded));
  return update(state, { live, change, subresource: "" }, context);
}

interface Change {
  readonly live: StoredObject;
  readonly change: (object: JsonObject) => JsonObject;
  readonly subresource: FieldManager["subresource"];
}

function update(
  state: ServerState,
  { live, change, subresource }: Change,
  context: RequestContext,
): StoredObject {
  // Its definition may have changed since it was written.
  const kind = state.kinds.find(live.key) ?? live.kind;
  const before = withoutManagedFields(live);
  const changed = change(before);
  if (equalJson(changed, before)) return live;
  if (subresource === "status") {
    const object = statusChange(before, changed);
    return commitUpdate(state, { kind, live, object, owned: object, subresource }, context);
  }
  const prepared = prepareObject(state, { kind, live }, changed);
  return commitUpdate(state, { kind, live, ...prepared, subresource }, context);
}

/** By way of `status` only the status is written, and annotations, as controllers that keep books there do. */
function statusChange(before: JsonObject, { status, metadata }: JsonObject): JsonObject {
  const annotations = valueAt(metadata, "annotations");
  const annotated = setAt(before, ["metadata", "annotations"], annotations);
  return status === undefined ? annotated : { ...annotated, status };
}

function commitUpdate(
  state: ServerState,
  {
    kind,
    live,
    object,
    owned,
    subresource,
  }: PreparedObject & {
    readonly kind: KnownKind;
    readonly live: StoredObject | undefined;
    readonly subresource: FieldManager["subresource"];
  },
  context: RequestContext,
): StoredObject {
  const before = live === undefined ? {} : withoutManagedFields(live);
  const { written, removed } = changedFields(before, owned, kind.shape);
  const managers = afterUpdate(
    live?.managers ?? [],
    { ...writer(state, context, stringAt(object, "apiVersion") ?? ""), operation: "Update", subresource },
    { written: withoutServerFields(written), removed: withoutServerFields(removed) },
  );
  return commitObject(
    state,
    { kind, live },
    {
      owned: { object, managers },
      persistence: context.persistence,
      subresource,
    },
  );
}

function writer(
  state: ServerState,
  { manager }: RequestContext,
  apiVersion: string,
): Omit<FieldManager, "fields" | "operation"> {
  return { manager, apiVersion, time: timestamp(state.now()), subresource: "" };
}

function unknownFields({ validate }: RequestContext): "refused" | "dropped" {
  return validate === "strict" ? "refused" : "dropped";
}

/** The object with the place it is kept in, and without a status it may not write. */
function forStorage(kind: KnownKind, key: ResourceKey, object: JsonObject): JsonObject {
  const { status: _status, ...rest } = object;
  const placed = setAt(
    kind.hasStatus ? rest : object,
    ["metadata", "namespace"],
    kind.namespaced ? key.namespace : undefined,
  );
  return isJsonObject(placed["metadata"]) ? placed : { ...placed, metadata: {} };
}

function withGeneratedName(state: ServerState, object: JsonObject): JsonObject {
  const { name, generateName } = objectAt(object, "metadata");
  if (name !== undefined || typeof generateName !== "string") return object;
  const suffix = state.allocator.uid().slice(-5);
  return setAt(object, ["metadata", "name"], `${generateName}${suffix}`);
}
