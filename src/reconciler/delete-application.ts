import { type Application, applicationId } from "../domain/application.ts";
import type { Removal } from "../domain/application-status.ts";
import type { ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { whyHeld } from "../domain/deletion-guard.ts";
import { isDeletion, newOperation, type Operation } from "../domain/operation.ts";
import type { FinalizedApplication } from "../domain/resources-finalizer.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Clusters } from "../ports/clusters.ts";
import type { ControlPlane } from "../ports/control-plane.ts";
import type { Log } from "../ports/log.ts";
import type { Operations } from "../ports/operations.ts";
import type { AffectedIndex } from "./affected-index.ts";
import type { ApplicationStates } from "./application-states.ts";
import { deletionInWords, holdInWords, removalStatus } from "./describe-removal.ts";
import type { Finalizers } from "./finalizers.ts";
import type { Installed } from "./installed.ts";
import { latestOperation, runningOperation } from "./latest-operation.ts";
import type { Registry } from "./registry.ts";
import { areDefinitionsRead } from "./repository-definitions.ts";
import type { RunOperation } from "./run-operation.ts";
import type { LookAgain } from "./work-queue.ts";

export interface DeleteApplicationPorts {
  readonly finalizers: Finalizers;
  readonly registry: Registry;
  readonly controlPlane: Pick<ControlPlane, "refresh">;
  readonly installed: Pick<Installed, "list" | "byId">;
  readonly affected: Pick<AffectedIndex, "forget">;
  readonly clusters: Pick<Clusters, "connect">;
  readonly states: ApplicationStates;
  readonly operations: Operations;
  readonly runOperation: RunOperation;
  readonly newOperationId: () => string;
  /** Milliseconds a definition must have been gone: `DELETION_GRACE_MS`. */
  readonly deletionGraceMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** While not all that may define an Application has been read. */
const UNREAD_AGAIN_MS = 10_000;

/**
 * One look at an Application that is not defined: its objects stay, unless its finalizer said that they go with it. Then
 * they are deleted once the definition has been gone for a while, everything that may hold it has been read, and nothing
 * speaks of an accident (DESIGN §4, reliability-security §3.4-8). Runs under the Application's queue key.
 */
export async function deleteApplication(
  id: string,
  ports: DeleteApplicationPorts,
  signal?: AbortSignal,
): Promise<LookAgain> {
  const { finalizers, registry, installed, clock } = ports;
  if (!areDefinitionsRead(installed.list(), registry)) return { requeueAfterMs: UNREAD_AGAIN_MS };
  const gone = finalizers.get(id);
  if (gone === undefined) return leaveObjects(id, ports);
  if (!isReadableStill(gone, ports)) return undefined;
  const waitMs = finalizers.miss(id, clock.now()) + ports.deletionGraceMs - clock.now();
  if (waitMs > 0) {
    tell(gone, { phase: "waiting", message: "its objects are deleted soon" }, ports);
    return { requeueAfterMs: waitMs };
  }
  // A watch may have missed that it is there again; then that change asks for the next look.
  await ports.controlPlane.refresh();
  if (registry.get(id) !== undefined) return undefined;
  const hold = whyHeld(gone, {
    finalized: finalizers.list(),
    isControlPlaneEmpty: isEmpty(registry.snapshot()),
    freeze: registry.snapshot().settings.freeze,
  });
  if (hold !== undefined) {
    tell(gone, { phase: "waiting", message: holdInWords(hold) }, ports);
    return undefined;
  }
  return hasDestination(gone.application, ports) ? remove(gone, ports, signal) : leaveObjects(id, ports);
}

/** An operation that runs for an Application which was removed, or is there again, has nothing left to do. */
export function endOperation(
  operation: Operation,
  message: string,
  { operations, clock }: Pick<DeleteApplicationPorts, "operations" | "clock">,
): void {
  const { nextAttemptAt: _, ...rest } = operation;
  operations.save({ ...rest, phase: "Error", message, finishedAt: clock.now() });
}

/** What a repository defined is gone only if the repository can be looked at, and was. */
function isReadableStill(
  { repositoryId }: FinalizedApplication,
  { installed, registry }: DeleteApplicationPorts,
): boolean {
  if (repositoryId === undefined) return true;
  return installed.byId(repositoryId) !== undefined && registry.isRead(repositoryId);
}

/** An empty folder looks like one that was not mounted. */
function isEmpty(snapshot: ControlPlaneSnapshot): boolean {
  const { applications, projects, repositories, repositoryTemplates, clusters } = snapshot;
  const isWritten = projects.some(({ file }) => file !== "");
  const hasSecrets = clusters.some(({ credentials }) => credentials !== undefined);
  return (
    !isWritten &&
    !hasSecrets &&
    [applications, repositories, repositoryTemplates].every(({ length }) => length === 0)
  );
}

/** Where there is no cluster of that name any more, nothing can be deleted (as in Argo CD, argocd-behaviour §6.10). */
function hasDestination({ destination }: Application, { clusters }: DeleteApplicationPorts): boolean {
  try {
    clusters.connect(destination);
    return true;
  } catch (error) {
    if (error instanceof OperationError && error.reason === "ClusterUnknown") return false;
    throw error;
  }
}

function leaveObjects(id: string, ports: DeleteApplicationPorts): undefined {
  const running = runningOperation(ports.operations, id);
  if (running !== undefined) endOperation(running, "the Application was removed", ports);
  forget(id, ports);
  const before = ports.states.get(id);
  if (before === undefined || before.removal !== undefined) return undefined;
  ports.log.info("an Application was removed; its objects stay", { application: id });
  const removal: Removal = { phase: "done", message: "its objects stay in the cluster" };
  const { operation: _, ...rest } = before;
  ports.states.set(id, { ...rest, revisions: [], removal });
  return undefined;
}

async function remove(
  gone: FinalizedApplication,
  ports: DeleteApplicationPorts,
  signal: AbortSignal | undefined,
): Promise<LookAgain> {
  const id = applicationId(gone.application);
  const operation = runningDeletion(gone, ports);
  const waitMs = (operation.nextAttemptAt ?? 0) - ports.clock.now();
  if (waitMs > 0) return { requeueAfterMs: waitMs };
  const progress = (current: Operation): void =>
    tell(gone, { phase: "deleting", message: current.message }, ports);
  progress(operation);
  const ended = await ports.runOperation(gone.application, operation, { tell: progress, signal });
  if (ended.phase === "Running") {
    return { requeueAfterMs: Math.max(0, (ended.nextAttemptAt ?? 0) - ports.clock.now()) };
  }
  // What failed is begun anew at the next tick.
  if (ended.phase !== "Succeeded") return undefined;
  const message = deletionInWords(ended.results);
  ports.log.info("an Application was removed, and its objects with it", { application: id, what: message });
  tell(gone, { phase: "done", message }, ports);
  forget(id, ports);
  return undefined;
}

/** The one that is under way, or a new one, its intent durable. */
function runningDeletion(
  { application, hookRevisions }: FinalizedApplication,
  ports: DeleteApplicationPorts,
) {
  const id = applicationId(application);
  const running = runningOperation(ports.operations, id);
  if (running !== undefined && isDeletion(running)) return running;
  if (running !== undefined) endOperation(running, "the Application was removed", ports);
  const operation = newOperation({
    id: ports.newOperationId(),
    application: id,
    request: {
      revisions: hookRevisions,
      prune: true,
      confirm: "",
      resources: [],
      digest: "",
      initiator: { kind: "removal" },
      selfHealAttempts: 0,
    },
    startedAt: ports.clock.now(),
  });
  ports.operations.start(operation);
  return operation;
}

function tell({ application }: FinalizedApplication, removal: Removal, ports: DeleteApplicationPorts): void {
  const id = applicationId(application);
  const operation = latestOperation(ports.operations, id);
  const told = operation !== undefined && isDeletion(operation) ? operation : undefined;
  if (ports.states.get(id)?.removal?.message !== removal.message && removal.phase === "waiting") {
    ports.log.warn("an Application was removed", { application: id, what: removal.message });
  }
  ports.states.set(id, removalStatus(application, removal, { operation: told, now: ports.clock.now() }));
}

function forget(id: string, { finalizers, affected }: DeleteApplicationPorts): void {
  finalizers.forget(id);
  affected.forget(id);
}
