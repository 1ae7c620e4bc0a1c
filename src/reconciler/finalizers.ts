import { isDeepStrictEqual } from "node:util";

import { applicationId } from "../domain/application.ts";
import { deletionHookOf } from "../domain/hooks.ts";
import { deletionPolicyOf, type FinalizedApplication } from "../domain/resources-finalizer.ts";
import type { FinalizedApplications } from "../ports/finalized-applications.ts";
import type { RegisteredApplication } from "./registry.ts";
import type { RenderedTargets } from "./render-targets.ts";

/** The Applications whose objects go with them, and which of them are defined no more; kept across restarts. */
export interface Finalizers {
  /** Takes note of an Application as it is defined and rendered now; one without the finalizer is forgotten. */
  note(registered: RegisteredApplication, targets: Pick<RenderedTargets, "state">): void;
  get(id: string): FinalizedApplication | undefined;
  list(): readonly FinalizedApplication[];
  /** The definition is missed. @returns since when, in milliseconds since the epoch */
  miss(id: string, now: number): number;
  /** The definition is there. */
  found(id: string): void;
  forget(id: string): void;
}

/**
 * @param controlPlane - the operator's, as its setting names it. What another one defined was not removed from this one,
 *   and is forgotten: its objects stay.
 */
export function createFinalizers(stored: FinalizedApplications, controlPlane: string): Finalizers {
  const known = new Map<string, FinalizedApplication>();
  for (const one of stored.load()) {
    const id = applicationId(one.application);
    if (one.repositoryId !== undefined || one.controlPlane === controlPlane) known.set(id, one);
    else stored.forget(id);
  }
  const keep = (id: string, one: FinalizedApplication): void => {
    known.set(id, one);
    stored.save(one);
  };
  const forget = (id: string): void => {
    if (known.delete(id)) stored.forget(id);
  };
  return {
    note({ id, application, repositoryId, file }, { state }) {
      if (deletionPolicyOf(application) === "orphan") return forget(id);
      const hasHooks = state.manifests.some((target) => deletionHookOf(target) !== undefined);
      const now: FinalizedApplication = {
        application,
        ...(repositoryId === undefined ? {} : { repositoryId }),
        controlPlane,
        file,
        hookRevisions: hasHooks ? state.revisions : [],
      };
      if (!isDeepStrictEqual(known.get(id), now)) keep(id, now);
    },
    get: (id) => known.get(id),
    list: () => [...known.values()],
    miss(id, now) {
      const one = known.get(id);
      const missedSince = one?.missedSince ?? now;
      if (one !== undefined && one.missedSince === undefined) keep(id, { ...one, missedSince });
      return missedSince;
    },
    found(id) {
      const one = known.get(id);
      if (one?.missedSince === undefined) return;
      const { missedSince: _, ...there } = one;
      keep(id, there);
    },
    forget,
  };
}
