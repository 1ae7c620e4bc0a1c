import type { Application, AutomatedPolicy } from "./application.ts";
import { type ComparedResource, type Comparison, differentResources } from "./comparison.ts";
import { CONTESTED_DELAY_MS, describeContested, type Heals, isContested, withHealed } from "./contested.ts";
import { isBeingDeleted } from "./hook-marks.ts";
import { arrayAt } from "./json.ts";
import { isDeletion, type Operation } from "./operation.ts";
import { describeResource } from "./resource-key.ts";
import { formatResourceSelector } from "./resource-selector.ts";
import { sha256 } from "./sha256.ts";
import { taskId } from "./task-outcome.ts";

/** Whether an Application is synced now without being asked (argocd-behaviour §6.7). */
export type AutoSyncDecision =
  | {
      readonly kind: "sync";
      readonly prune: boolean;
      /** Selectors of what self-heal is about; empty for a whole sync. */
      readonly resources: readonly string[];
      /** Times in a row, this one included; 0 for a sync that is no self-heal. */
      readonly selfHealAttempts: number;
      /** What self-heal will have healed in a row then. */
      readonly heals?: Heals;
    }
  /** Self-heal backs off; the message says who keeps changing what, `""` where nobody does. */
  | { readonly kind: "wait"; readonly waitMs: number; readonly message: string }
  | {
      readonly kind: "skip";
      readonly reason: AutoSyncSkipReason;
      /** Why, in words, to be shown beside the sync status; `""` where there is nothing to do. */
      readonly message: string;
    };

export type AutoSyncSkipReason =
  | "Synced"
  | "NotAutomated"
  | "PreviewOnly"
  | "OperationRunning"
  | "Frozen"
  | "StateUnknown"
  | "OnlyPruneLeft"
  | "PruneWithheld"
  | "LastAttemptFailed"
  | "SelfHealOff"
  | "DeletionPending"
  | "WouldWipeOut";

export interface AutoSyncInput {
  readonly application: Pick<Application, "sources" | "destination" | "syncPolicy" | "previewOnly">;
  readonly comparison: Comparison;
  /** What was compared: commit SHA of each source. */
  readonly revisions: readonly string[];
  /** Names all inputs of the render: a later commit that changes none of them is no new revision. */
  readonly inputKey?: string;
  /** The running operation, or the newest of those that ended. */
  readonly last: Operation | undefined;
  readonly isLiveStateFresh: boolean;
  /** Why nothing may be written just now; `""` when it may. */
  readonly freeze: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Decides by the state alone, so that deciding twice is harmless: what was tried at these revisions with this definition
 * is not tried again, unless self-heal is on and it went well.
 */
export function decideAutoSync(input: AutoSyncInput): AutoSyncDecision {
  const hindrance = hindranceOf(input);
  if (hindrance !== undefined) return hindrance;
  const { application, comparison, last, isLiveStateFresh } = input;
  const { automated } = application.syncPolicy;
  if (automated === undefined) return skip("NotAutomated", "waits for `/sync`");
  if (comparison.sync === "Unknown" || !isLiveStateFresh) {
    return skip("StateUnknown", "is not synced while its state is unknown");
  }
  const different = differentResources(comparison);
  if (!automated.prune && different.every(({ requiresPruning }) => requiresPruning)) {
    return skip("OnlyPruneLeft", "only objects to be pruned are left, and pruning is off");
  }
  const wouldWipeOut = comparison.resources.every(({ isHook, requiresPruning }) => isHook || requiresPruning);
  if (automated.prune && !automated.allowEmpty && wouldWipeOut) {
    return skip("WouldWipeOut", "a sync would delete all of its objects, and `allowEmpty` is off");
  }
  return wasTried(input, last)
    ? decideAgain(input, { last, different })
    : { kind: "sync", prune: automated.prune, resources: [], selfHealAttempts: 0 };
}

/** Whatever its policy says. */
function hindranceOf({ application, comparison, last, freeze }: AutoSyncInput): AutoSyncDecision | undefined {
  if (comparison.sync === "Synced") return skip("Synced", "");
  if (freeze !== "") return skip("Frozen", describeFreeze(freeze));
  if (last?.phase === "Running") return skip("OperationRunning", "");
  return application.previewOnly.length === 0
    ? undefined
    : skip("PreviewOnly", "is only previewed, never synced");
}

/** In a status: why it is not synced. */
export function describeFreeze(why: string): string {
  return `all writes are frozen: ${why}`;
}

/**
 * Names what of a definition a sync depends on, beside the revisions. Kept with an operation as `definition`, so that a
 * changed one is tried anew.
 */
export function definitionKeyOf({
  sources,
  destination,
  syncPolicy,
}: Pick<Application, "sources" | "destination" | "syncPolicy">): string {
  const { syncOptions, managedNamespaceMetadata } = syncPolicy;
  const parts = managedNamespaceMetadata === undefined ? [] : [managedNamespaceMetadata];
  return sha256(JSON.stringify([sources, destination, syncOptions, ...parts])).slice(0, 32);
}

/** First at once, then after 2, 6, 18, 54, 162 and from then on every 300 seconds. */
export function selfHealDelayMs(attempts: number): number {
  if (attempts <= 0) return 0;
  return Math.min(SELF_HEAL_DELAY_MS_MAX, SELF_HEAL_DELAY_MS * SELF_HEAL_FACTOR ** (attempts - 1));
}

const SELF_HEAL_DELAY_MS = 2_000;
const SELF_HEAL_FACTOR = 3;
const SELF_HEAL_DELAY_MS_MAX = 300_000;

function wasTried(
  { application, revisions, inputKey }: AutoSyncInput,
  last: Operation | undefined,
): last is Operation {
  // What was deleted meanwhile is synced anew.
  if (last === undefined || isDeletion(last)) return false;
  const { request } = last;
  const isSameDefinition =
    request.definition === undefined || request.definition === definitionKeyOf(application);
  const isSameInput = inputKey !== undefined && inputKey !== "" && request.inputKey === inputKey;
  return isSameDefinition && (isSameInput || request.revisions.join(" ") === revisions.join(" "));
}

function decideAgain(
  { application, now }: AutoSyncInput,
  { last, different }: { readonly last: Operation; readonly different: readonly ComparedResource[] },
): AutoSyncDecision {
  const { automated } = application.syncPolicy;
  if (last.phase !== "Succeeded") {
    return skip("LastAttemptFailed", "the last sync of this revision failed; waits for a change or `/sync`");
  }
  if (different.every(isLeaving)) return skip("DeletionPending", describeLeaving(different));
  const wasWithheld = withheldBy(last);
  if (different.every(wasWithheld)) {
    return skip("PruneWithheld", "objects to be pruned wait for `/sync --prune --confirm`");
  }
  if (automated?.selfHeal !== true) {
    return skip("SelfHealOff", "the cluster was changed after the last sync, and self-heal is off");
  }
  return heal(automated, { last, different: different.filter((one) => !isLeaving(one)), wasWithheld, now });
}

/** Its deletion was asked for, and something is still to be done before it goes: asking again changes nothing. */
function isLeaving({ live, requiresPruning }: ComparedResource): boolean {
  return requiresPruning && live !== undefined && isBeingDeleted(live);
}

function describeLeaving([first, ...others]: readonly ComparedResource[]): string {
  if (first?.live === undefined) return "";
  const finalizers = arrayAt(first.live.object, "metadata", "finalizers").filter(
    (one) => typeof one === "string",
  );
  const by = finalizers.map((one) => `\`${one.replaceAll("`", "'")}\``).join(", ");
  const held = by === "" ? "" : `, which ${by} holds back`;
  const more = others.length === 0 ? "" : `, and of ${others.length} more`;
  return `waits for the deletion of ${describeResource(first.key)}${held}${more}`;
}

interface Healing {
  readonly last: Operation;
  readonly different: readonly ComparedResource[];
  readonly wasWithheld: (resource: ComparedResource) => boolean;
  readonly now: number;
}

/** What is fought over is left alone for long; the rest is healed meanwhile. */
function heal({ prune }: AutomatedPolicy, { last, different, wasWithheld, now }: Healing): AutoSyncDecision {
  const { selfHealAttempts: attempts, heals } = last.request;
  const contested = different.filter((resource) => isContested(resource, heals, now));
  const others = different.filter((resource) => !isContested(resource, heals, now));
  const canHealOthers = others.some((resource) => !wasWithheld(resource));
  const delayMs = canHealOthers ? selfHealDelayMs(attempts) : CONTESTED_DELAY_MS;
  const waitMs = (last.finishedAt ?? last.startedAt) + delayMs - now;
  if (waitMs > 0) return { kind: "wait", waitMs, message: describeContested(contested, heals) };
  const healed = canHealOthers ? others : different;
  const counted = healed.filter((resource) => !wasWithheld(resource));
  return {
    kind: "sync",
    prune,
    resources: healed.map(({ key }) => formatResourceSelector(key)),
    selfHealAttempts: attempts + 1,
    heals: withHealed(heals, counted, now),
  };
}

/** Guards would withhold it again: nothing would come of trying. */
function withheldBy({ results }: Operation): (resource: ComparedResource) => boolean {
  const withheld = new Set(results.flatMap(({ task, status }) => (status === "PruneSkipped" ? [task] : [])));
  return ({ key, requiresPruning }) => requiresPruning && withheld.has(taskId({ phase: "Sync", key }));
}

function skip(reason: AutoSyncSkipReason, message: string): AutoSyncDecision {
  return { kind: "skip", reason, message };
}
