import type { Application } from "../domain/application.ts";
import type { JsonObject } from "../domain/json.ts";
import type { LiveManifest } from "../domain/manifest.ts";
import type { Operation } from "../domain/operation.ts";
import { describeResource, type ResourceKey } from "../domain/resource-key.ts";
import type { SyncTask } from "../domain/sync-task.ts";
import { isSelfReferenced, trackingOf } from "../domain/tracking.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { ClusterWriters, ClusterWrites, DeleteOptions } from "../ports/cluster-writes.ts";
import type { Log } from "../ports/log.ts";
import type { Operations } from "../ports/operations.ts";
import { runningOperation } from "./latest-operation.ts";

/**
 * The one door for cluster writes (invariant 6). Every phase, hook, prune, namespace and clean-up passes it, and each
 * passage is checked anew: the intent must be durable, the project must permit the object now, and a delete must name
 * the very object that was planned.
 */
export interface WriteDoor {
  /** @throws OperationError ProjectForbids, IntentMissing, and whatever the cluster says */
  write(passage: Passage, task: WriteTask): Promise<Written>;
  /** @returns `absent` when the object was gone, or another one has its name by now. */
  remove(
    passage: Passage,
    live: LiveManifest,
    propagation: DeleteOptions["propagation"],
  ): Promise<"deleted" | "absent">;
  /** Changes metadata that we alone own: hook finalizers. */
  patchMetadata(passage: Passage, key: ResourceKey, patch: JsonObject): Promise<LiveManifest>;
}

export interface Written {
  readonly live: LiveManifest;
  /** Field managers that had set fields otherwise, and lost them to this write. Sorted. */
  readonly takenFrom: readonly string[];
}

/** On whose behalf: what the checks are made against. */
export interface Passage {
  readonly operation: Operation;
  readonly application: Application;
  /** Server URL of the destination. */
  readonly server: string;
}

export type WriteTask = Extract<SyncTask, { action: "create" | "update" }>;

export interface WriteDoorPorts {
  readonly writers: ClusterWriters;
  readonly operations: Operations;
  /** Why the project does not permit the object, in words; `undefined` when it does. Asked at each write. */
  readonly forbidden: (application: Application, key: ResourceKey) => Promise<string | undefined>;
  /** Why nothing may be written just now; `""` when it may. Asked at each write. */
  readonly freeze: () => string;
  readonly log: Log;
}

export function createWriteDoor(ports: WriteDoorPorts): WriteDoor {
  return {
    async write(passage, task) {
      const writes = await enter(ports, passage, task.key);
      record(ports, passage, { action: task.action, key: task.key });
      return write(writes, task);
    },
    async remove(passage, live, propagation) {
      const writes = await enter(ports, passage, live.key);
      mustBeOurs(passage.application, live);
      record(ports, passage, { action: "delete", key: live.key });
      return writes.delete(live.key, { uid: live.uid, propagation });
    },
    async patchMetadata(passage, key, patch) {
      const writes = await enter(ports, passage, key);
      record(ports, passage, { action: "patch", key });
      return writes.patchMetadata(key, patch);
    },
  };
}

async function enter(
  ports: WriteDoorPorts,
  { operation, application, server }: Passage,
  key: ResourceKey,
): Promise<ClusterWrites> {
  const why = ports.freeze();
  if (why !== "") throw OperationError.of("WritesFrozen", { why });
  const hasIntent = runningOperation(ports.operations, operation.application)?.id === operation.id;
  if (!hasIntent) throw OperationError.of("IntentMissing", { application: application.name });
  const what = await ports.forbidden(application, key);
  if (what !== undefined) {
    const { name, project } = application;
    throw OperationError.of("ProjectForbids", { application: name, project, what });
  }
  return ports.writers.writesTo(server);
}

/**
 * What carries another Application's tracking id, another object's, or none, is not ours to delete, whatever the plan
 * said.
 */
function mustBeOurs(application: Application, live: LiveManifest): void {
  if (trackingOf(live)?.instanceName === application.instanceName && isSelfReferenced(live)) return;
  throw OperationError.of("NotOurs", { application: application.name, object: describeResource(live.key) });
}

function record(
  { log }: WriteDoorPorts,
  { operation, application }: Passage,
  { action, key }: { readonly action: string; readonly key: ResourceKey },
): void {
  log.info("cluster write", {
    action,
    application: application.instanceName,
    operation: operation.id,
    initiator: operation.request.initiator.kind,
    revisions: operation.request.revisions,
    ...key,
  });
}

async function write(writes: ClusterWrites, task: WriteTask): Promise<Written> {
  const { method, validate } = task.apply;
  if (method === "apply") return apply(writes, task);
  const plainly = (live: LiveManifest): Written => ({ live, takenFrom: [] });
  if (task.action === "create") return plainly(await writes.create(task.target, { validate }));
  if (method === "replace") return plainly(await writes.replace(task.target, { validate }));
  await writes.delete(task.key, { uid: task.live.uid, propagation: "Background" });
  return plainly(await writes.create(task.target, { validate }));
}

/** Git wins, as it does in Argo CD; but whoever else sets the same fields is named (T293). */
async function apply(writes: ClusterWrites, task: WriteTask): Promise<Written> {
  const { validate } = task.apply;
  if (task.action === "create") return { live: await writes.apply(task.target, { validate }), takenFrom: [] };
  // Fields that were last applied client-side would never leave; moved to our manager they do.
  await writes.migrateOwnership(task.live);
  try {
    const live = await writes.apply(task.target, { validate, conflicts: "refused" });
    return { live, takenFrom: [] };
  } catch (error) {
    if (!(error instanceof OperationError) || error.reason !== "ApplyConflict") throw error;
    const live = await writes.apply(task.target, { validate });
    return { live, takenFrom: managersIn(error.remedy) };
  }
}

/** Of the server's `conflict with "kubectl-edit" using apps/v1: .spec.replicas`. */
function managersIn(message: string): readonly string[] {
  const names = [...message.matchAll(/conflicts? with "([^"]+)"/g)].map(([, name]) => name ?? "");
  return [...new Set(names)].sort();
}
