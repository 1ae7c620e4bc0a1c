import type { SyncStatus } from "../domain/comparison.ts";
import { rollUpHealth } from "../domain/health/roll-up.ts";
import type { Health } from "../domain/health.ts";
import type { Operation } from "../domain/operation.ts";
import { selects } from "../domain/resource-selector.ts";
import { OperationError } from "../errors/operation-error.ts";
import { createChangeSignal } from "../reconciler/change-signal.ts";
import { type Observation, observeApplication } from "../reconciler/observe-application.ts";
import { selectorsOf } from "../reconciler/prepare-sync.ts";
import type { SourceTree } from "../reconciler/revisions.ts";
import type { SyncSession, SyncWaiting } from "./cli-sync-session.ts";

/** A watch that says nothing is not the whole truth: it is looked again after this long, milliseconds. */
const LOOK_AGAIN_MS = 5_000;
/** What was just applied may look degraded until its controller has seen it: only what stays so counts. Milliseconds. */
const DEGRADED_FOR_MS = 10_000;

/** How the Application is in the end. */
export interface SyncEnd {
  readonly sync: SyncStatus;
  /** Of the selected objects, where some were selected. */
  readonly health: Health;
}

/** Waits for Healthy after a sync that succeeded; after any other, looks once. What cannot be looked at is Unknown. */
export async function untilHealthy(
  session: SyncSession,
  waiting: SyncWaiting & {
    readonly deadline: number;
    readonly ended: Operation;
    readonly trees: readonly SourceTree[];
  },
): Promise<SyncEnd> {
  const { application, cluster, world } = session;
  const { live } = cluster.directory.connect(application.destination);
  const changes = createChangeSignal(live, { instanceName: application.instanceName, keys: [] }, world.clock);
  let said = "";
  let degradedSince: number | undefined;
  try {
    for (;;) {
      const end = await look(session, waiting);
      const line = `${end.sync}, ${end.health.status}${end.health.message === "" ? "" : `: ${end.health.message}`}`;
      if (line !== said) waiting.progress(line);
      said = line;
      const now = world.clock.monotonic();
      degradedSince = end.health.status === "Degraded" ? (degradedSince ?? now) : undefined;
      const isOver =
        waiting.ended.phase !== "Succeeded" ||
        waiting.interrupted.aborted ||
        end.health.status === "Healthy" ||
        now >= waiting.deadline ||
        (degradedSince !== undefined && now - degradedSince >= DEGRADED_FOR_MS);
      if (isOver) return end;
      await changes
        .wait(Math.min(waiting.deadline - now, LOOK_AGAIN_MS), waiting.interrupted)
        .catch(() => undefined);
    }
  } finally {
    changes.stop();
  }
}

async function look(
  { application, observe, question }: SyncSession,
  { trees, warn }: SyncWaiting & { readonly trees: readonly SourceTree[] },
): Promise<SyncEnd> {
  try {
    const observation = await observeApplication(application, observe, { trees });
    const { sync } = observation.comparison;
    return { sync, health: healthOf(observation, question.resources) };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    warn(`${error.reason}: ${error.title}`);
    return { sync: "Unknown", health: { status: "Unknown", message: error.title } };
  }
}

function healthOf({ application, comparison }: Observation, resources: readonly string[]): Health {
  if (resources.length === 0) return comparison.health;
  const selectors = selectorsOf(resources);
  return rollUpHealth(
    application,
    comparison.resources.filter(({ key }) => selects(selectors, key)),
  );
}
