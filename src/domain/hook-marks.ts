import { HOOK_FINALIZER } from "./hooks.ts";
import { arrayAt, type JsonValue, objectAt, valueAt } from "./json.ts";
import { annotationOf, type LiveManifest, type Manifest, withMetadata } from "./manifest.ts";
import type { SyncPhase } from "./sync-task.ts";

/** Says which attempt of which operation created a hook, so that one killed in between does not run it twice. */
const ATTEMPT_ANNOTATION = "plumbline.dev/attempt";

/** Names one attempt of an operation. */
export interface Attempt {
  readonly operationId: string;
  readonly retryCount: number;
}

/** The hook as it is created: with the finalizer that keeps it until its outcome was seen, and marked as this attempt's. */
export function withHookMarks<M extends Manifest>(target: M, attempt: Attempt, phase: SyncPhase): M {
  const annotations = {
    ...objectAt(target.object, "metadata", "annotations"),
    [ATTEMPT_ANNOTATION]: markOf(attempt, phase),
  };
  const finalizers = [...finalizersOf(target).filter((name) => name !== HOOK_FINALIZER), HOOK_FINALIZER];
  const metadata = { ...objectAt(target.object, "metadata"), annotations, finalizers };
  return { ...target, object: { ...target.object, metadata } };
}

/** Whether a live hook was created by this attempt, for this phase. */
export function isOfAttempt(live: LiveManifest, attempt: Attempt, phase: SyncPhase): boolean {
  return annotationOf(live, ATTEMPT_ANNOTATION) === markOf(attempt, phase);
}

export function hasHookFinalizer(live: Pick<LiveManifest, "object">): boolean {
  return finalizersOf(live).includes(HOOK_FINALIZER);
}

/** The finalizers without ours: what a hook is left with once its outcome was seen. */
export function releasedFinalizers(live: Pick<LiveManifest, "object">): readonly JsonValue[] {
  return finalizersOf(live).filter((name) => name !== HOOK_FINALIZER);
}

export function isBeingDeleted({ object }: Pick<LiveManifest, "object">): boolean {
  return valueAt(object, "metadata", "deletionTimestamp") !== undefined;
}

/** A hook kept by our finalizer is judged as if nobody had deleted it: its result still counts. */
export function asIfKept(live: LiveManifest): LiveManifest {
  if (!isBeingDeleted(live) || !hasHookFinalizer(live)) return live;
  return { ...live, object: withMetadata(live.object, { deletionTimestamp: undefined }) };
}

function markOf({ operationId, retryCount }: Attempt, phase: SyncPhase): string {
  return `${operationId}.${retryCount}.${phase}`;
}

function finalizersOf({ object }: Pick<Manifest, "object">): readonly JsonValue[] {
  return arrayAt(object, "metadata", "finalizers");
}
