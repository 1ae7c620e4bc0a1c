import type { Application } from "../domain/application.ts";
import type { ApplicationStatus } from "../domain/application-status.ts";
import type { AutoSyncDecision } from "../domain/auto-sync.ts";
import { type ComparedResource, differentResources } from "../domain/comparison.ts";
import type { Operation } from "../domain/operation.ts";
import type { Problem } from "../domain/problem.ts";
import type { Observation } from "./observe-application.ts";

/** Objects named in a status; the others are counted. */
const OUT_OF_SYNC_NAMED_MAX = 10;

/** What was observed, as a status. */
export function statusOf(
  { application, comparison, targets }: Observation,
  {
    decision,
    operation,
    now,
  }: { readonly decision: AutoSyncDecision; readonly operation: Operation | undefined; readonly now: number },
): ApplicationStatus {
  const outOfSync = differentResources(comparison).map(({ key }) => key);
  const firstUnhealthy = comparison.resources.find(isUnhealthy);
  return {
    ...identityOf(application),
    revisions: targets.state.revisions,
    sync: comparison.sync,
    health: comparison.health,
    ...(operation === undefined ? {} : { operation }),
    outOfSync: outOfSync.slice(0, OUT_OF_SYNC_NAMED_MAX),
    outOfSyncCount: outOfSync.length,
    ...(firstUnhealthy?.health === undefined
      ? {}
      : { firstUnhealthy: { key: firstUnhealthy.key, health: firstUnhealthy.health } }),
    waitsFor: decision.kind === "sync" ? "" : decision.message,
    inputKey: targets.inputKey,
    digest: targets.state.digest,
    observedAt: now,
  };
}

/** Nothing can be said of the Application but why. */
export function unknownStatus(
  application: Application,
  problem: Problem,
  observed: { readonly now: number; readonly operation: Operation | undefined },
): ApplicationStatus {
  const { reason, title, remedy, retryable } = problem;
  return {
    ...identityOf(application),
    revisions: [],
    sync: "Unknown",
    health: { status: "Unknown", message: title },
    problem: { reason, title, remedy, retryable },
    ...(observed.operation === undefined ? {} : { operation: observed.operation }),
    outOfSync: [],
    outOfSyncCount: 0,
    waitsFor: "",
    inputKey: "",
    digest: "",
    observedAt: observed.now,
  };
}

/** Who it is, where it goes. */
export function identityOf({ namespace, name, destination, syncPolicy }: Application) {
  const cluster = destination.name === "" ? destination.server : destination.name;
  return {
    namespace,
    name,
    destination: destination.namespace === "" ? cluster : `${cluster} / ${destination.namespace}`,
    isAutomated: syncPolicy.automated !== undefined,
  };
}

function isUnhealthy({ health }: ComparedResource): boolean {
  return health?.status === "Degraded" || health?.status === "Unknown";
}
