import type { DryRun, Outcome } from "../domain/preview.ts";
import { describeResource } from "../domain/resource-key.ts";
import type { SkipReason, SyncTaskSummary } from "../domain/sync-task.ts";
import { clip, codeSpan, prose } from "./markdown.ts";
import { count } from "./words.ts";

/** What a sync would do, in safe Markdown. */
export interface DryRunFacts {
  readonly sentence: string;
  /** One a task or object, what goes wrong first. */
  readonly lines: readonly string[];
}

const MESSAGE_CHARS_MAX = 500;

/** Why a task is withheld, as the end of a sentence that begins with "not now:". */
const WITHHELD: Readonly<Record<SkipReason, string>> = {
  InSync: "it is in sync",
  HookSkipped: "it is marked `hook: Skip`, or hooks do not run in this sync",
  HookExists: "it has run, and is kept",
  PruneDisabled: "pruning is off; `--prune` turns it on",
  PruneProtected: "it is marked `Prune=false`, `Delete=false` or `helm.sh/resource-policy: keep`",
  NotSelected: "it was not selected",
  NotSelfReferenced: "it is another Application's, by its own tracking annotation",
  KindForbidden: "the project does not permit its kind",
  PruneBudgetExceeded: "more would be pruned at once than is done unasked",
  ProtectedKind: "objects of this kind are not pruned unasked",
  EmptyTarget: "Git says that there should be nothing at all",
  StaleLiveState: "what the cluster holds is not known for certain",
  ClusterIdentityChanged: "the cluster is another one than before",
  ConfirmationRequired: "it is marked `Prune=confirm`",
  OwnedByAnotherApplication: "another Application owns it",
};

/** Words for a reason to leave an object alone. */
export function withheldInWords(reason: SkipReason): string {
  return WITHHELD[reason];
}

export function dryRunFacts({ tasks, rejected, untried, guardDigest }: DryRun): DryRunFacts {
  const summary = actionsInWords(tasks);
  const confirm =
    guardDigest === ""
      ? ""
      : ` What is held back for safety is done by ${codeSpan(`/sync --prune --confirm ${guardDigest}`)} after the merge.`;
  return {
    sentence: `${summary === "" ? "Nothing" : capitalised(summary)}.${confirm}`,
    lines: [
      ...rejected.map(
        ({ object, message }) =>
          `**rejected** ${codeSpan(object)}: ${prose(clip(message, MESSAGE_CHARS_MAX))}`,
      ),
      ...tasks.filter(isTold).map(taskLine),
      ...untried.map(
        (object) => `cannot be tried yet: ${codeSpan(object)} needs a Namespace or kind that is not there`,
      ),
    ],
  };
}

/** `create 1, update 2, prune 1`; `""` where there is nothing to do. */
export function actionsInWords(tasks: readonly SyncTaskSummary[]): string {
  return (["create", "update", "prune"] as const)
    .map((action) => ({ action, number: tasks.filter((task) => task.action === action).length }))
    .filter(({ number }) => number > 0)
    .map(({ action, number }) => `${action} ${number}`)
    .join(", ");
}

export function dryRunInCell(dryRun: Outcome<DryRun> | undefined): string {
  if (dryRun === undefined) return "not asked";
  if (dryRun.kind === "failed") return "could not try";
  const { tasks, rejected } = dryRun.value;
  const actions = actionsInWords(tasks) || "do nothing";
  return rejected.length === 0 ? actions : `${actions}; **${count(rejected.length, "object")} rejected**`;
}

/** Being in sync is no news. */
function isTold({ action, reason }: SyncTaskSummary): boolean {
  return action !== "skip" || (reason !== undefined && reason !== "InSync");
}

/** One task: `prune Deployment shop/old`, with its phase and wave where they are not the usual ones. */
function taskLine(task: SyncTaskSummary): string {
  const object = codeSpan(describeResource(task));
  const place = [
    ...(task.phase === "Sync" ? [] : [task.phase]),
    ...(task.wave === 0 ? [] : [`wave ${task.wave}`]),
  ];
  const when = place.length === 0 ? "" : ` (${place.join(", ")})`;
  return task.action === "skip"
    ? `leave ${object}${when}: ${task.reason === undefined ? "" : WITHHELD[task.reason]}`
    : `${task.action} ${object}${when}`;
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
