import type { Application } from "../domain/application.ts";
import type { ApplicationStatus, Removal } from "../domain/application-status.ts";
import { describeFreeze } from "../domain/auto-sync.ts";
import type { DeletionHold } from "../domain/deletion-guard.ts";
import type { Operation, TaskResult } from "../domain/operation.ts";
import { DELETION_APPROVED } from "../domain/resources-finalizer.ts";
import { readTaskId } from "../domain/task-outcome.ts";
import { identityOf } from "./describe-status.ts";

/** Objects that stay and are named; the others are counted. */
const KEPT_NAMED_MAX = 3;

/** An Application that is defined no more, as a status: what happens to its objects is all there is to tell. */
export function removalStatus(
  application: Application,
  removal: Removal,
  { operation, now }: { readonly operation: Operation | undefined; readonly now: number },
): ApplicationStatus {
  return {
    ...identityOf(application),
    revisions: [],
    sync: "OutOfSync",
    health: { status: "Missing", message: "" },
    ...(operation === undefined ? {} : { operation }),
    outOfSync: [],
    outOfSyncCount: 0,
    waitsFor: "",
    inputKey: "",
    digest: "",
    observedAt: now,
    removal,
  };
}

/** What was deleted and what was not, in words. */
export function deletionInWords(results: readonly TaskResult[]): string {
  const deleted = results.filter(({ status }) => status === "Pruned").length;
  const kept = results.filter(({ status }) => status === "PruneSkipped");
  const gone = `${deleted} ${deleted === 1 ? "object" : "objects"} deleted`;
  if (kept.length === 0) return gone;
  const named = kept
    .slice(0, KEPT_NAMED_MAX)
    .map(({ task, message }) => `${readTaskId(task).object} (${message})`);
  const more = kept.length > named.length ? ` and ${kept.length - named.length} more` : "";
  return `${gone}; ${named.join(", ")}${more} stay in the cluster`;
}

/** Why nothing is deleted, and what lets it be. */
export function holdInWords(hold: DeletionHold): string {
  switch (hold.kind) {
    case "frozen":
      return describeFreeze(hold.why);
    case "controlPlaneEmpty":
      return `the control plane holds nothing any more: ${HOW_ON}`;
    case "tooManyAtOnce":
      return `${hold.removed} of ${hold.finalized} Applications whose objects go with them are gone at once: ${HOW_ON}`;
  }
}

const HOW_ON = `nothing is deleted. Put back what was removed by mistake. What is to go: define it again with the annotation ${DELETION_APPROVED}, then remove it`;
