import { type FinalizedApplication, isDeletionApproved } from "./resources-finalizer.ts";

/** So many Applications may always go at once with their objects: one service's stages, say. */
const DELETIONS_AT_ONCE_MIN = 3;

/** Beyond this share of all of them, a folder that lost its files is likelier than a wish. */
const DELETIONS_AT_ONCE_SHARE = 0.2;

/** How long a definition must have been gone: files that are being moved or checked out are gone for a moment. */
export const DELETION_GRACE_MS = 30_000;

export interface DeletionCircumstances {
  /** Every Application whose finalizer deletes its objects, those that are still defined included. */
  readonly finalized: readonly FinalizedApplication[];
  /** The operator's control plane holds nothing at all: an empty mount looks like that. */
  readonly isControlPlaneEmpty: boolean;
  /** Why nothing may be written just now; `""` when it may. */
  readonly freeze: string;
}

/** Why an Application that is gone keeps its objects for now; `undefined` when they may go. */
export type DeletionHold =
  | { readonly kind: "tooManyAtOnce"; readonly removed: number; readonly finalized: number }
  | { readonly kind: "controlPlaneEmpty" }
  | { readonly kind: "frozen"; readonly why: string };

/** Never delete by accident (reliability-security §3.4-8): what was approved in its definition passes. */
export function whyHeld(
  gone: FinalizedApplication,
  { finalized, isControlPlaneEmpty, freeze }: DeletionCircumstances,
): DeletionHold | undefined {
  if (freeze !== "") return { kind: "frozen", why: freeze };
  if (isDeletionApproved(gone.application)) return undefined;
  if (isControlPlaneEmpty && gone.repositoryId === undefined) return { kind: "controlPlaneEmpty" };
  const removed = finalized.filter(
    ({ missedSince, application }) => missedSince !== undefined && !isDeletionApproved(application),
  ).length;
  if (removed <= deletionsAtOnceMax(finalized.length)) return undefined;
  return { kind: "tooManyAtOnce", removed, finalized: finalized.length };
}

function deletionsAtOnceMax(finalized: number): number {
  return Math.max(DELETIONS_AT_ONCE_MIN, Math.floor(finalized * DELETIONS_AT_ONCE_SHARE));
}
