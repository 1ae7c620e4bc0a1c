import { isJsonObject, type JsonObject, numberAt, objectAt, stringAt } from "../../../domain/json.ts";
import {
  formatGroupKind,
  formatResourceKey,
  type GroupKind,
  type ResourceKey,
} from "../../../domain/resource-key.ts";
import { ApiFailure } from "../api-failure.ts";
import type { ApiServer } from "../api-server.ts";
import type { Propagation } from "../delete-object.ts";
import { setAt } from "../json-edit.ts";
import type { ObjectStore, StoredObject, StoreEvent } from "../object-store.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Timing } from "../timing.ts";

/** Brings one kind of object about, and says in its status how far it is. */
export interface Controller {
  readonly name: string;
  /** Keys to look at again when this has happened. */
  concerns(event: StoreEvent): readonly ResourceKey[];
  /** Looks at one object; the result is after how many milliseconds to look again, if nothing happens before. */
  reconcile(key: ResourceKey): number | undefined;
}

/** What controllers work with: the store to read, and requests under their own name to write. */
export interface ControllerContext {
  readonly store: ObjectStore;
  readonly scheduler: Scheduler;
  readonly timing: Timing;
  create(object: JsonObject): StoredObject;
  /** Changes an object, if it is still there. */
  update(key: ResourceKey, change: (object: JsonObject) => JsonObject): StoredObject | undefined;
  /** Changes `status` alone. */
  updateStatus(key: ResourceKey, change: (status: JsonObject) => JsonObject): void;
  /** Sets an annotation as controllers do that keep books there: no change of what is wanted. */
  annotate(key: ResourceKey, name: string, value: string): void;
  delete(key: ResourceKey, propagation: Propagation): void;
}

/** @param manager - the field manager's name: `kube-controller-manager`, `kubelet`. */
export function createControllerContext(
  server: ApiServer,
  { scheduler, timing }: { readonly scheduler: Scheduler; readonly timing: Timing },
  manager: string,
): ControllerContext {
  const { store } = server.state;
  const context = { manager, persistence: "stored", validate: "ignore" } as const;
  return {
    store,
    scheduler,
    timing,
    create: (object) => server.create(object, context),
    update: (key, change) => server.change(key, context, change),
    updateStatus(key, change) {
      server.change(key, { ...context, subresource: "status" }, (object) => ({
        ...object,
        status: change(objectAt(object, "status")),
      }));
    },
    annotate(key, name, value) {
      server.change(key, { ...context, subresource: "status" }, (object) =>
        setAt(object, ["metadata", "annotations", name], value),
      );
    },
    delete(key, propagation) {
      if (store.get(key) !== undefined) server.delete(key, { propagation });
    },
  };
}

/**
 * Runs controllers: each is told of what concerns it a moment later, once however much happened, and one after the
 * other.
 *
 * @returns how to stop.
 */
export function runControllers(
  controllers: readonly Controller[],
  { store, scheduler, timing }: Pick<ControllerContext, "store" | "scheduler" | "timing">,
): () => void {
  const queued = new Set<string>();
  const laterLooks = new Map<string, () => void>();
  let isStopped = false;

  function enqueue(controller: Controller, key: ResourceKey): void {
    const id = `${controller.name} ${formatResourceKey(key)}`;
    if (queued.has(id)) return;
    queued.add(id);
    scheduler.after(timing.reactionMs, () => {
      queued.delete(id);
      look(controller, key, id);
    });
  }

  function look(controller: Controller, key: ResourceKey, id: string): void {
    if (isStopped) return;
    laterLooks.get(id)?.();
    laterLooks.delete(id);
    const againMs = reconciled(controller, key);
    if (againMs === undefined) return;
    laterLooks.set(
      id,
      scheduler.after(againMs, () => look(controller, key, id)),
    );
  }

  const stop = store.subscribe((event) => {
    for (const controller of controllers) {
      for (const key of controller.concerns(event)) enqueue(controller, key);
    }
  });
  return () => {
    isStopped = true;
    stop();
  };
}

/** What the server refuses a controller, such as a pod in a namespace that is going, it asks for again later. */
const RETRY_MS = 500;

function reconciled(controller: Controller, key: ResourceKey): number | undefined {
  try {
    return controller.reconcile(key);
  } catch (error) {
    if (error instanceof ApiFailure) return RETRY_MS;
    throw error;
  }
}

/** The object's own key, for controllers of this kind. */
export function ofKind({ key }: StoreEvent, kind: GroupKind): readonly ResourceKey[] {
  return formatGroupKind(key) === formatGroupKind(kind) ? [key] : [];
}

/** The key of the owner of this kind that an object in the same namespace names. */
export function ownerOfKind(event: StoreEvent, kind: GroupKind): readonly ResourceKey[] {
  const owner = controllerOf((event.after ?? event.before)?.object);
  if (owner === undefined || stringAt(owner, "kind") !== kind.kind) return [];
  return [{ ...kind, namespace: event.key.namespace, name: stringAt(owner, "name") ?? "" }];
}

/** The owner reference that has `controller: true`. */
export function controllerOf(object: JsonObject | undefined): JsonObject | undefined {
  const owners = objectAt(object, "metadata")["ownerReferences"];
  if (!Array.isArray(owners)) return undefined;
  return owners.filter(isJsonObject).find((owner) => owner["controller"] === true);
}

/** `ownerReferences` that make `owner` the controller. */
export function controlledBy({ object, uid, key }: StoredObject): readonly JsonObject[] {
  return [
    {
      apiVersion: stringAt(object, "apiVersion") ?? "",
      kind: key.kind,
      name: key.name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
}

/** Objects of a kind that `owner` controls. */
export function controlledOf(
  store: ObjectStore,
  owner: StoredObject,
  kind: GroupKind,
): readonly StoredObject[] {
  return store
    .dependentsOf(owner.uid)
    .filter(({ key }) => formatGroupKind(key) === formatGroupKind(kind))
    .filter(({ object }) => stringAt(controllerOf(object), "uid") === owner.uid);
}

export function isDeleting({ object }: StoredObject): boolean {
  return stringAt(object, "metadata", "deletionTimestamp") !== undefined;
}

export function generationOf({ object }: StoredObject): number {
  return numberAt(object, "metadata", "generation") ?? 0;
}
