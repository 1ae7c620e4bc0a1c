import { arrayAt } from "./json.ts";
import { annotationOf, type LiveManifest } from "./manifest.ts";
import { formatGroupKind, formatResourceKey, type GroupKind } from "./resource-key.ts";
import { sha256 } from "./sha256.ts";
import { resourceSyncOptions, syncOption } from "./sync-options.ts";
import type { GuardReason } from "./sync-task.ts";
import { hasOwner, isSelfReferenced, trackingOf } from "./tracking.ts";

/** Fewer objects than this may always go: small Applications change by more than a fifth every day. */
const BUDGET_OBJECTS_MIN = 5;

/** Beyond this share of what was last synced, a shrunken render is more often a mistake than a wish. */
const BUDGET_SHARE = 0.2;

/** What cannot be had back by applying it again: what is in them goes with them. */
const PROTECTED_KINDS: ReadonlySet<string> = new Set([
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "StatefulSet.apps",
]);

/** What the guards have to know beside the objects themselves. */
export interface PruneCircumstances {
  readonly instanceName: string;
  /** Ordinary objects that are wanted, hooks not counted. */
  readonly targetCount: number;
  /** Objects of the last sync that succeeded; `undefined` before the first. */
  readonly lastSyncedCount: number | undefined;
  readonly allowsEmpty: boolean;
  readonly staleKinds: readonly GroupKind[];
  /** `changed`: another cluster answers at the address than the one synced to before. */
  readonly clusterIdentity: "same" | "changed";
  /** The Application's own sync options. */
  readonly syncOptions: readonly string[];
}

export interface GuardedPrune {
  readonly live: LiveManifest;
  readonly reason: GuardReason;
}

/**
 * Which of these objects, all without a target, are not to be pruned for now, each with the first reason found
 * (reliability-security §3.4-2, 3, 4, 6). A reason that holds for all of them stops all of them.
 */
export function guardPrunes(
  candidates: readonly LiveManifest[],
  circumstances: PruneCircumstances,
): readonly GuardedPrune[] {
  const forAll = reasonForAll(candidates.length, circumstances);
  const stale = new Set(circumstances.staleKinds.map(formatGroupKind));
  return candidates.flatMap((live) => {
    const reason = ownershipReason(live, circumstances) ?? forAll ?? reasonFor(live, circumstances, stale);
    return reason === undefined ? [] : [{ live, reason }];
  });
}

/**
 * Names these withheld prunes, the reasons, and the target state they were planned from: whoever confirms it lifts them,
 * and no others (T280). `""` when nothing is withheld.
 */
export function guardDigestOf(guarded: readonly GuardedPrune[], targetDigest: string): string {
  const lines = guarded
    .filter(({ reason }) => isConfirmable(reason))
    .map(({ live, reason }) => `${reason} ${formatResourceKey(live.key)} ${live.uid}`)
    .sort();
  return lines.length === 0
    ? ""
    : sha256([targetDigest, ...lines].join("\n")).slice(0, GUARD_DIGEST_HEX_DIGITS);
}

/** 96 bits: out of reach for someone who tries names, and still possible to copy from a comment. */
const GUARD_DIGEST_HEX_DIGITS = 24;

/** What is not ours stays, whoever confirms. */
export function isConfirmable(reason: GuardReason): boolean {
  return reason !== "OwnedByAnotherApplication";
}

/** Whether objects of the kind hold what is lost with them: never pruned unasked, and never deleted to be made anew. */
export function isProtectedKind(kind: GroupKind): boolean {
  return PROTECTED_KINDS.has(formatGroupKind(kind));
}

/** How many objects may go in one sync without being confirmed. */
export function pruneBudget(lastSyncedCount: number): number {
  return Math.max(BUDGET_OBJECTS_MIN, Math.floor(lastSyncedCount * BUDGET_SHARE));
}

function reasonForAll(count: number, circumstances: PruneCircumstances): GuardReason | undefined {
  const { clusterIdentity, targetCount, allowsEmpty, lastSyncedCount } = circumstances;
  if (clusterIdentity === "changed") return "ClusterIdentityChanged";
  if (targetCount === 0 && !allowsEmpty) return "EmptyTarget";
  if (targetCount === 0) return undefined;
  return count > pruneBudget(lastSyncedCount ?? targetCount + count) ? "PruneBudgetExceeded" : undefined;
}

/** §3.4-4: a tracking id of this Application that speaks of this very object, and no controller behind it. */
function ownershipReason(
  live: LiveManifest,
  { instanceName }: PruneCircumstances,
): "OwnedByAnotherApplication" | undefined {
  const isOurs = trackingOf(live)?.instanceName === instanceName && isSelfReferenced(live) && !hasOwner(live);
  return isOurs ? undefined : "OwnedByAnotherApplication";
}

function reasonFor(
  live: LiveManifest,
  { syncOptions }: PruneCircumstances,
  stale: ReadonlySet<string>,
): GuardReason | undefined {
  if (stale.has(formatGroupKind(live.key))) return "StaleLiveState";
  if (holdsData(live)) return "ProtectedKind";
  const option = syncOption("Prune", resourceSyncOptions(live), syncOptions);
  return option === "confirm" ? "ConfirmationRequired" : undefined;
}

/**
 * Whether an object stays whatever else is decided: by `Prune=false`, `Delete=false` or Helm's resource policy. Argo CD
 * honours the first for prunes only and the others for deletions only, and people lost volumes by it (T282).
 */
export function isKept(live: LiveManifest, applicationOptions: readonly string[]): boolean {
  const own = resourceSyncOptions(live);
  return (
    syncOption("Prune", own, applicationOptions) === "false" ||
    syncOption("Delete", own, applicationOptions) === "false" ||
    annotationOf(live, "helm.sh/resource-policy")?.trim() === "keep"
  );
}

/** Whether what is lost with the object cannot be had back from Git. */
export function holdsData(live: LiveManifest): boolean {
  return isProtectedKind(live.key) || hasStorageFinalizer(live);
}

function hasStorageFinalizer(live: LiveManifest): boolean {
  return arrayAt(live.object, "metadata", "finalizers").some(
    (finalizer) =>
      typeof finalizer === "string" &&
      /(^|\/|\.)(pvc?-protection|external-(provisioner|attacher))/.test(finalizer),
  );
}
