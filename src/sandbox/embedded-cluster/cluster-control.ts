import { LAST_APPLIED_ANNOTATION } from "../../domain/field-ownership.ts";
import { type JsonObject, objectAt, stringifyJson } from "../../domain/json.ts";
import { resourceKeyOf } from "../../domain/manifest.ts";
import { formatGroupKind, type GroupKind, type ResourceKey } from "../../domain/resource-key.ts";
import type { LiveState } from "../../ports/cluster-reads.ts";
import type { ApiServer, RequestContext } from "./api-server.ts";
import type { Propagation } from "./delete-object.ts";
import type { Faults, RequestLog } from "./faults.ts";
import { mergePatch, setAt } from "./json-edit.ts";
import type { StoredObject } from "./object-store.ts";
import type { Scheduler } from "./scheduler.ts";

/** What others do to the cluster, past the ports: no faults, no request counts. All of it takes effect at once. */
export interface ClusterControl {
  readonly faults: Faults;
  /** What came in through the ports. */
  readonly requests: RequestLog;
  /** The object as the server has it, with managedFields. */
  get(key: ResourceKey): JsonObject | undefined;
  /** All objects, or those of a kind, in the order of their creation. */
  list(kind?: GroupKind): readonly JsonObject[];
  /** `kubectl create`. @throws ApiFailure */
  create(object: JsonObject, manager?: string): JsonObject;
  /** `kubectl apply --server-side`. Conflicts are forced unless they are to be refused. @throws ApiFailure */
  applyAs(manager: string, object: JsonObject, conflicts?: "forced" | "polite"): JsonObject;
  /** `kubectl apply`, client-side: with its annotation, as the manager it uses. */
  applyClientSide(object: JsonObject): JsonObject;
  /** `kubectl edit`: a merge patch by hand (RFC 7396). @throws ApiFailure */
  edit(key: ResourceKey, patch: JsonObject, manager?: string): JsonObject;
  /** Overwrites the status, as a controller of the object's kind would. */
  setStatus(key: ResourceKey, status: JsonObject, manager?: string): void;
  /** `kubectl delete`. */
  remove(key: ResourceKey, propagation?: Propagation): void;
  /** Deletes the object at once and creates it anew: the same name, another UID. */
  recreate(key: ResourceKey): JsonObject;
  /** Another cluster stands behind the same address: `kube-system` has another UID. */
  changeIdentity(): void;
  /** Moves the cluster's time on and runs what falls due. */
  advance(ms: number): void;
  /** Runs all that is due within a minute, or `withinMs`: rollouts end, well or badly. */
  settle(withinMs?: number): void;
  /** Milliseconds since the epoch, in the cluster. */
  now(): number;
  /** A live state of its own, as another replica of ours would have. */
  openLiveState(): LiveState;
}

export interface ControlParts {
  readonly server: ApiServer;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly openLiveState: () => LiveState;
}

export function createClusterControl(parts: ControlParts): ClusterControl {
  const { server, scheduler } = parts;
  const { store } = server.state;
  const object = (stored: StoredObject | undefined): JsonObject => stored?.object ?? {};
  return {
    faults: parts.faults,
    requests: parts.requests,
    get: (key) => store.get(key)?.object,
    list: (kind) => (kind === undefined ? store.all() : store.list(kind)).map((stored) => stored.object),
    create: (created, manager = "kubectl-create") => object(server.create(created, contextOf(manager))),
    // A server-side apply is held to the schema whatever validation is asked for.
    applyAs: (manager, applied, conflicts = "forced") =>
      object(server.apply(applied, { ...contextOf(manager), validate: "strict" }, conflicts)),
    applyClientSide: (applied) => object(applyClientSide(server, applied)),
    edit: (key, patch, manager = "kubectl-edit") => object(edit(server, key, { patch, manager })),
    setStatus(key, status, manager = "kube-controller-manager") {
      const context = { ...contextOf(manager), subresource: "status" } as const;
      server.change(key, context, (found) => ({ ...found, status }));
    },
    remove: (key, propagation = "Background") => server.delete(key, { propagation }),
    recreate: (key) => object(recreate(server, key)),
    changeIdentity() {
      recreate(server, { group: "", kind: "Namespace", namespace: "", name: "kube-system" });
    },
    advance: scheduler.advance,
    settle: scheduler.settle,
    now: scheduler.now,
    openLiveState: parts.openLiveState,
  };
}

function contextOf(manager: string): RequestContext {
  return { manager, persistence: "stored", validate: "ignore" };
}

function applyClientSide(server: ApiServer, applied: JsonObject): StoredObject | undefined {
  const context = contextOf("kubectl-client-side-apply");
  const annotated = setAt(
    applied,
    ["metadata", "annotations", LAST_APPLIED_ANNOTATION],
    `${stringifyJson(applied)}\n`,
  );
  const key = resourceKeyOf(applied);
  if (server.state.store.get(key) === undefined) return server.create(annotated, context);
  return edit(server, key, { patch: annotated, manager: context.manager });
}

function edit(
  server: ApiServer,
  key: ResourceKey,
  { patch, manager }: { readonly patch: JsonObject; readonly manager: string },
): StoredObject {
  const changed = server.change(key, contextOf(manager), (found) => objectAt(mergePatch(found, patch)));
  if (changed === undefined) throw new Error(`${formatGroupKind(key)} ${key.name} is not in the cluster`);
  return changed;
}

function recreate(server: ApiServer, key: ResourceKey): StoredObject {
  const { store, allocator } = server.state;
  const before = store.get(key);
  if (before === undefined) throw new Error(`${formatGroupKind(key)} ${key.name} is not in the cluster`);
  store.remove(key);
  const uid = allocator.uid();
  const resourceVersion = store.nextVersion();
  const renewed = setAt(before.object, ["metadata", "uid"], uid);
  const stored = {
    ...before,
    uid,
    resourceVersion,
    object: setAt(renewed, ["metadata", "resourceVersion"], String(resourceVersion)),
  };
  store.put(stored);
  return stored;
}
