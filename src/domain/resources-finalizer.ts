import type { Application } from "./application.ts";

/** What becomes of an Application's objects once its definition is removed (argocd-behaviour §6.10). */
export type DeletionPolicy =
  /** They stay: what holds without a finalizer. */
  "orphan" | "foreground" | "background";

/**
 * An Application whose finalizer says that its objects go with it, as it was defined last: all that is left to go by
 * once the definition is gone.
 */
export interface FinalizedApplication {
  readonly application: Application;
  /** Where it was defined; `undefined` for the operator's control plane. */
  readonly repositoryId?: number;
  /** The operator's control plane at that time, as its setting names it. */
  readonly controlPlane: string;
  /** File of the definition, relative to the control plane's folder or the repository. */
  readonly file: string;
  /** Commit SHA of each source where its last render held PreDelete or PostDelete hooks; empty where it held none. */
  readonly hookRevisions: readonly string[];
  /** Milliseconds since the epoch when the definition was first missed; absent while it is there. */
  readonly missedSince?: number;
}

const RESOURCES_FINALIZER =
  /^resources-finalizer\.argocd\.argoproj\.io(?:\/(?<policy>foreground|background))?$/;

/** Foreground unless the finalizer says background. */
export function deletionPolicyOf({ finalizers }: Pick<Application, "finalizers">): DeletionPolicy {
  const [found] = finalizers.flatMap((name) => RESOURCES_FINALIZER.exec(name) ?? []);
  if (found === undefined) return "orphan";
  return found.endsWith("/background") ? "background" : "foreground";
}

/**
 * Whether somebody approved, in the definition itself, that what holds data goes as well: Argo CD's annotation, with any
 * time in it.
 */
export function isDeletionApproved({ annotations }: Pick<Application, "annotations">): boolean {
  return !Number.isNaN(Date.parse(annotations[DELETION_APPROVED] ?? ""));
}

export const DELETION_APPROVED = "argocd.argoproj.io/deletion-approved";

/** What removing an Application's definition does to its objects. */
export type RemovalEffect = "orphan" | "delete" | "deleteWithData";

export function removalEffectOf(application: Pick<Application, "finalizers" | "annotations">): RemovalEffect {
  if (deletionPolicyOf(application) === "orphan") return "orphan";
  return isDeletionApproved(application) ? "deleteWithData" : "delete";
}
