import { type ApiResource, type ClusterApi, findResource } from "../../domain/cluster.ts";
import type { GroupKind } from "../../domain/resource-key.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ApiServer } from "./api-server.ts";
import { discover } from "./discovery.ts";

/** The cluster's discovery, remembered until there is a reason to look again. */
export interface Kinds {
  /** As {@link ClusterReads.api}. */
  api(kinds?: readonly GroupKind[]): Promise<ClusterApi>;
  /** The resource for a kind, looked for again when it is not known; in this version, or the preferred one. */
  find(kind: GroupKind, version?: string): Promise<ApiResource | undefined>;
  /** Something was written that changes what is served: the next {@link api} asks anew. */
  forget(): void;
}

/** Asking again for a kind that is missing costs three requests; it is not done more often than this. */
const LOOK_AGAIN_AFTER_MS = 500;

export function createKinds(api: ApiServer, clock: Pick<Clock, "monotonic" | "sleep">): Kinds {
  let known: Promise<ClusterApi> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let isOutdated = false;

  const ask = (): Promise<ClusterApi> => {
    askedAt = clock.monotonic();
    isOutdated = false;
    const asking = discover(api);
    known = asking;
    asking.catch(() => {
      if (known === asking) known = undefined;
    });
    return asking;
  };
  const askAgain = async (before: Promise<ClusterApi>): Promise<ClusterApi> => {
    const wait = askedAt + LOOK_AGAIN_AFTER_MS - clock.monotonic();
    if (wait > 0) await clock.sleep(wait);
    // Whoever else waited for the same may have asked by now.
    return known === undefined || known === before ? ask() : known;
  };
  const lookUp = async (isComplete: (found: ClusterApi) => boolean): Promise<ClusterApi> => {
    if (known === undefined) return ask();
    const before = known;
    const found = await before;
    return isComplete(found) ? found : askAgain(before);
  };
  return {
    api: (kinds = []) =>
      isOutdated ? ask() : lookUp((found) => kinds.every((kind) => findResource(found, kind) !== undefined)),
    async find(kind, version) {
      const found = await lookUp((present) => findResource(present, kind, version) !== undefined);
      return findResource(found, kind, version);
    },
    forget() {
      // Who looks for one kind goes on with what is known: fifty definitions in a sync are not fifty discoveries.
      isOutdated = true;
    },
  };
}
