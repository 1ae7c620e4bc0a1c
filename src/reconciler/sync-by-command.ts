import type { Command } from "../commands/command.ts";
import { type Application, applicationId } from "../domain/application.ts";
import { definitionKeyOf } from "../domain/auto-sync.ts";
import { createMask } from "../domain/displayable-manifest.ts";
import { newOperation } from "../domain/operation.ts";
import type { Problem } from "../domain/problem.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Operations } from "../ports/operations.ts";
import type { PlanReply } from "../report/replies.ts";
import { shownDryRun } from "./describe-change.ts";
import { runningOperation } from "./latest-operation.ts";
import type { LivePreview } from "./live-preview.ts";
import type { Order } from "./obey-comment.ts";
import type { PreviewPorts } from "./preview-change.ts";
import { problemOf } from "./problems.ts";
import type { Registry } from "./registry.ts";
import type { RenderedTargets } from "./render-targets.ts";
import type { Revisions, SourceTree } from "./revisions.ts";

export type SyncCommand = Extract<Command, { verb: "sync" }>;

export interface SyncCommandPorts {
  readonly registry: Registry;
  readonly revisions: Revisions;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly previews: PreviewPorts;
  readonly live: LivePreview;
  readonly enqueueApplication: (id: string) => void;
}

/** What `/sync` came to. */
export interface SyncCommandResult {
  readonly plans: readonly PlanReply[];
  readonly refusals: readonly { readonly problem: Problem; readonly facts: readonly string[] }[];
  /** Ids of Applications whose operation has its intent in the journal now. */
  readonly started: readonly string[];
}

/**
 * Starts a sync of each Application at its targetRevision's tip, if what it would apply is what was shown: the same
 * inputs, by the key of all that the render read. One that may not be synced does not stop the others.
 */
export async function syncByCommand(
  command: SyncCommand,
  { order, ids }: { readonly order: Order; readonly ids: readonly string[] },
  ports: SyncCommandPorts,
): Promise<SyncCommandResult> {
  const plans: PlanReply[] = [];
  const refusals: { problem: Problem; facts: readonly string[] }[] = [];
  const started: string[] = [];
  for (const id of ids) {
    const application = ports.registry.get(id)?.application;
    if (application === undefined) continue;
    if (!command.dryRun && wasStarted(application, { order, ports })) {
      started.push(id);
      continue;
    }
    try {
      const now = await renderAtTip(application, ports);
      const refusal =
        refusalOf(application, now, order) ??
        frozenRefusal(command, ports) ??
        runningRefusal(application, command, { order, ports });
      if (refusal !== undefined) refusals.push(refusal);
      else if (command.dryRun) plans.push(await planOf(application, command, { now, ports }));
      else started.push(start(application, command, { now, order, ports }));
    } catch (error) {
      refusals.push({
        problem: problemOf(error),
        facts: [`Application \`${application.name}\` was not synced.`],
      });
    }
  }
  return { plans, refusals, started };
}

/** By a process that was killed before it could answer: whatever has changed since, this command was carried out. */
function wasStarted(
  application: Application,
  { order, ports }: { readonly order: Order; readonly ports: SyncCommandPorts },
): boolean {
  const wanted = operationId(application, order);
  return ports.operations
    .history(applicationId(application), OPERATIONS_LOOKED_AT)
    .some(({ id }) => id === wanted);
}

const OPERATIONS_LOOKED_AT = 50;

interface AtTip {
  readonly trees: readonly SourceTree[];
  readonly targets: RenderedTargets;
}

async function renderAtTip(
  application: Application,
  { revisions, previews }: SyncCommandPorts,
): Promise<AtTip> {
  for (const { repoURL } of application.sources) await revisions.refresh(repoURL, application.project);
  const trees = await revisions.treesOf(application);
  return { trees, targets: await previews.render({ application, trees }, "synced") };
}

function refusalOf(application: Application, { trees, targets }: AtTip, { shown }: Order) {
  const { name, previewOnly } = application;
  const [protective] = previewOnly;
  if (protective !== undefined) {
    return {
      problem: refuse(
        "PreviewOnly",
        `Application \`${name}\` is only previewed, never synced`,
        "Let Argo CD sync it, or remove the field.",
      ),
      facts: previewOnly.map(({ field, consequence }) => `\`${field}\`: ${consequence}.`),
    };
  }
  const seen = shown?.applications[applicationId(application)];
  if (seen === undefined) {
    return {
      problem: refuse(
        "NotShown",
        `Application \`${name}\` was not part of the preview`,
        "Only what was shown can be synced from here.",
      ),
      facts: [],
    };
  }
  if (seen.inputKey === targets.inputKey) return undefined;
  const tips = trees.map(({ sha }) => `\`${sha.slice(0, 7)}\``).join(", ");
  return {
    problem: refuse(
      "InputsChanged",
      `Application \`${name}\` has changed since it was shown`,
      "Look at what the later commit changed; its own pull request can be synced.",
    ),
    facts: [`Its targetRevision is at ${tips} now, and that renders from other files than the preview did.`],
  };
}

function frozenRefusal({ dryRun }: SyncCommand, { registry }: SyncCommandPorts) {
  const { freeze: why } = registry.snapshot().settings;
  if (dryRun || why === "") return undefined;
  const { reason, title, remedy } = OperationError.of("WritesFrozen", { why });
  return { problem: refuse(reason, title, remedy), facts: [] };
}

function runningRefusal(
  application: Application,
  command: SyncCommand,
  { order, ports }: { readonly order: Order; readonly ports: SyncCommandPorts },
) {
  if (command.dryRun) return undefined;
  const id = operationId(application, order);
  const running = runningOperation(ports.operations, applicationId(application));
  if (running === undefined || running.id === id) return undefined;
  return {
    problem: refuse(
      "OperationRunning",
      `Application \`${application.name}\` is being synced already`,
      "Wait until it has ended, then ask again.",
    ),
    facts: [],
  };
}

async function planOf(
  application: Application,
  { prune, confirm }: SyncCommand,
  { now: { targets }, ports }: { readonly now: AtTip; readonly ports: SyncCommandPorts },
): Promise<PlanReply> {
  const raw = await ports.live.dryRun(application, targets, { prune, confirm, resources: [] });
  return {
    ...shownDryRun(raw, createMask()),
    application: application.name,
    revision: targets.state.revisions[0] ?? "",
  };
}

/** The intent is durable before anything is written; named after the comment, it is written once. */
function start(
  application: Application,
  { prune, confirm }: SyncCommand,
  { now, order, ports }: { readonly now: AtTip; readonly order: Order; readonly ports: SyncCommandPorts },
): string {
  const { comment, repository, pull } = order;
  const operation = newOperation({
    id: operationId(application, order),
    application: applicationId(application),
    request: {
      revisions: now.trees.map(({ sha }) => sha),
      prune,
      confirm,
      resources: [],
      digest: now.targets.state.digest,
      inputKey: now.targets.inputKey,
      definition: definitionKeyOf(application),
      initiator: {
        kind: "command",
        login: comment.authorLogin,
        commentId: comment.id,
        repository: `${repository.owner}/${repository.name}`,
        number: pull.number,
      },
      selfHealAttempts: 0,
    },
    startedAt: ports.clock.now(),
  });
  ports.operations.start(operation);
  ports.enqueueApplication(operation.application);
  return operation.application;
}

function operationId(application: Application, { comment }: Order): string {
  return `comment-${comment.id}-${applicationId(application)}`;
}

function refuse(reason: string, title: string, remedy: string): Problem {
  return { reason, title, remedy: `Nothing was changed. ${remedy}`, retryable: false };
}
