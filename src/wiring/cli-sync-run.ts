import { randomUUID } from "node:crypto";

import type { SyncAnswer } from "../cli/sync.ts";
import { type Application, applicationId } from "../domain/application.ts";
import { definitionKeyOf } from "../domain/auto-sync.ts";
import { newOperation, type Operation } from "../domain/operation.ts";
import type { GroupKind } from "../domain/resource-key.ts";
import { formatGroupKind } from "../domain/resource-key.ts";
import { selects } from "../domain/resource-selector.ts";
import type { SyncPlan } from "../domain/sync-plan.ts";
import { OperationError } from "../errors/operation-error.ts";
import { runningOperation } from "../reconciler/latest-operation.ts";
import { type Observation, observeApplication } from "../reconciler/observe-application.ts";
import { planOperation, summaryOf } from "../reconciler/plan-operation.ts";
import { selectorsOf } from "../reconciler/prepare-sync.ts";
import { carryOut } from "./cli-sync-operation.ts";
import type { SyncSession, SyncWaiting } from "./cli-sync-session.ts";
import { type SyncEnd, untilHealthy } from "./cli-sync-wait.ts";

/**
 * Plans, writes the intent, applies, and waits until it is Healthy or time is up. What an earlier run of the same command
 * began and did not end is carried on; anything else that was left running is superseded.
 * @throws OperationError when nothing was begun: there is no cluster, the render or the plan is refused
 */
export async function syncNow(session: SyncSession, waiting: SyncWaiting): Promise<SyncAnswer> {
  const { application, observe, cluster, world, historyOf, question } = session;
  if (cluster.kind === "none") throw OperationError.of("ClusterNotGiven", { application: application.name });
  if (application.previewOnly.length > 0) throw previewOnlyError(application);
  for (const warning of session.warnings) waiting.warn(warning);
  const deadline = world.clock.monotonic() + waiting.timeoutMs;
  const observation = await observeApplication(application, observe);
  for (const warning of observation.comparison.warnings) waiting.warn(warning);
  rememberKinds(session, observation);
  const request = {
    prune: question.prune === "asked",
    confirm: question.confirm,
    resources: selectorsOf(question.resources),
  };
  waiting.progress(`${application.name} at ${revisionOf(observation)}`);
  const planned = await planOperation(observation, request, historyOf(application));
  mustSelect(session, planned);
  const interrupted = interruptedOperation(session, observation, waiting);
  if (interrupted === undefined) checkPlan(planned, question.confirm);
  const operation = interrupted ?? begin(session, observation);
  const ended = await carryOut(operation, session, { ...waiting, deadline });
  const end = await untilHealthy(session, { ...waiting, deadline, ended, trees: observation.trees });
  return {
    application: application.name,
    revision: revisionOf(observation),
    phase: ended.phase,
    sync: end.sync,
    health: end.health.status,
    message:
      ended.phase === "Succeeded" ? healthMessage(end, session, { ...waiting, deadline }) : ended.message,
    tasks: ended.results.map(({ task, status, message }) => ({ task, status, message })),
    withheld: planned.tasks.filter(isWithheld).map(summaryOf),
    guardDigest: planned.guardDigest,
  };
}

/** Why a sync that went well is not Healthy, and whether it was waited for to the end. */
function healthMessage(
  { health: { status, message } }: SyncEnd,
  { world }: Pick<SyncSession, "world">,
  { deadline, timeoutMs, interrupted }: SyncWaiting & { readonly deadline: number },
): string {
  if (status === "Healthy") return message;
  const late = world.clock.monotonic() >= deadline ? `not Healthy within ${timeoutMs / 1_000} s` : "";
  const why = interrupted.aborted ? "interrupted while it waited for Healthy" : late;
  return [why, message].filter((text) => text !== "").join(": ");
}

/** @throws OperationError PlanInvalid, ConfirmationStale where a sync by this plan would be refused */
export function checkPlan({ problems, guardDigest }: SyncPlan, confirm: string): void {
  if (problems.length > 0)
    throw OperationError.of("PlanInvalid", { problems: problems.map(({ message }) => message) });
  if (confirm !== "" && guardDigest !== "")
    throw OperationError.of("ConfirmationStale", { digest: guardDigest });
}

/** A mistyped selector would sync nothing and look well. @throws OperationError NothingSelected */
export function mustSelect(
  { application, question }: Pick<SyncSession, "application" | "question">,
  { tasks }: Pick<SyncPlan, "tasks">,
): void {
  for (const selector of question.resources) {
    const selectors = selectorsOf([selector]);
    if (tasks.some(({ key }) => selects(selectors, key))) continue;
    throw OperationError.of("NothingSelected", { application: application.name, selector });
  }
}

/** Why an Application with protective fields that are not honoured yet is not synced. */
export function previewOnlyError({ name, previewOnly }: Application): OperationError {
  const fields = previewOnly.map(({ field, consequence }) => `\`${field}\`: ${consequence}.`);
  return OperationError.of("PreviewOnly", { application: name, fields });
}

/** Commit of each source, joined where there are several. */
export function revisionOf({ targets }: Observation): string {
  return targets.state.revisions.join(",");
}

/** What an earlier run left running, if it was asked for the same: another one is ended, in words that are true. */
function interruptedOperation(
  session: SyncSession,
  { trees }: Observation,
  { progress }: SyncWaiting,
): Operation | undefined {
  const { application, journal, world } = session;
  const left = runningOperation(journal.operations, applicationId(application));
  if (left === undefined) return undefined;
  const wanted = requestOf(
    session,
    trees.map(({ sha }) => sha),
  );
  const isSame = (["revisions", "prune", "confirm", "resources", "definition"] as const).every(
    (field) => JSON.stringify(left.request[field]) === JSON.stringify(wanted[field]),
  );
  const what = `an earlier sync of ${left.request.revisions.join(", ")} was interrupted`;
  if (isSame) {
    progress(`${what}: it is carried on`);
    return left;
  }
  progress(`${what}: what it had done stays, and this sync takes its place`);
  const message = `interrupted, and superseded by a sync of ${wanted.revisions.join(", ")}`;
  journal.operations.save({ ...left, phase: "Failed", message, finishedAt: world.clock.now() });
  return undefined;
}

/** The intent, written before the first write: revisions are pinned here. */
function begin(session: SyncSession, { trees }: Observation): Operation {
  const operation = newOperation({
    id: `cli-${randomUUID()}`,
    application: applicationId(session.application),
    request: requestOf(
      session,
      trees.map(({ sha }) => sha),
    ),
    startedAt: session.world.clock.now(),
  });
  session.journal.operations.start(operation);
  return operation;
}

function requestOf(
  { application, question }: SyncSession,
  revisions: readonly string[],
): Operation["request"] {
  return {
    revisions,
    prune: question.prune === "asked",
    confirm: question.confirm,
    resources: question.resources,
    digest: "",
    initiator: { kind: "cli" },
    definition: definitionKeyOf(application),
    selfHealAttempts: 0,
  };
}

/** Kinds are remembered before anything is written, so that what leaves Git later is still looked for. */
function rememberKinds(
  { application, journal, observe }: SyncSession,
  { comparison, targets }: Observation,
): void {
  const seen: readonly GroupKind[] = [
    ...observe.formerKinds(application),
    ...comparison.resources.map(({ key: { group, kind } }) => ({ group, kind })),
  ];
  const kinds = new Map(seen.map((one) => [formatGroupKind(one), one]));
  journal.readSets.save({
    application: applicationId(application),
    definition: definitionKeyOf(application),
    sources: targets.sources,
    kinds: [...kinds.values()],
  });
}

/** Left alone although it differs, and a person may want to know why. */
function isWithheld({ action, ...task }: SyncPlan["tasks"][number]): boolean {
  return action === "skip" && "reason" in task && !UNREMARKABLE.has(String(task.reason));
}

const UNREMARKABLE: ReadonlySet<string> = new Set(["InSync", "HookExists", "HookSkipped", "NotSelected"]);
