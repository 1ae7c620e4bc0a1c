import { formatGroupKind, formatResourceKey, type GroupKind } from "../../domain/resource-key.ts";
import type { LiveState } from "../../ports/cluster-reads.ts";
import type { PortParts } from "./cluster-reads.ts";
import { createLiveChanges, type LiveChanges } from "./live-changes.ts";
import { answered } from "./operation-errors.ts";
import type { Scheduler } from "./scheduler.ts";
import { createWatchedObjects, type WatchedKind, type WatchedObjects } from "./watched-objects.ts";

/** How soon a list that failed is tried again. */
const RETRY_MS = 1_000;

/**
 * {@link LiveState} on an embedded cluster: what was seen so far of the kinds that are watched. It sees changes as they
 * happen and tells of them in batches; a broken watch sees nothing, and lists anew when it is mended.
 */
export function createLiveState(parts: PortParts, scheduler: Scheduler): LiveState {
  const { state, gate } = parts;
  const changes = createLiveChanges(scheduler);
  const watched = createWatchedObjects(changes);
  const lists = createLists(parts, { scheduler, watched, changes });
  const stops = [state.store.subscribe(watched.see), gate.onWatchChange(followWatches)];

  function followWatches(): void {
    for (const watch of watched.kinds()) {
      const isBroken = gate.isWatchBroken(watch.kind);
      if (isBroken === watch.isStale || lists.isMissing(watch)) continue;
      if (isBroken) watch.isStale = true;
      else watched.list(watch, state.store);
      changes.addKind(watch.kind);
    }
  }

  return {
    async watch(kinds) {
      for (const kind of kinds) {
        const known = watched.kind(kind);
        if (known !== undefined && !lists.isMissing(known)) continue;
        if (known === undefined && !isKnown(parts, kind)) continue;
        await lists.list(known ?? watched.addKind(kind));
      }
    },
    managed(instanceName, keys) {
      const ids = new Set([...watched.ofInstance(instanceName), ...keys.map(formatResourceKey)]);
      const stale = watched.kinds().filter(({ isStale }) => isStale);
      return {
        objects: [...ids].flatMap((id) => watched.find(id) ?? []),
        staleKinds: stale.map(({ kind }) => kind),
      };
    },
    observe: watched.observe,
    subscribe: changes.subscribe,
    async close() {
      for (const stop of stops) stop();
      changes.close();
      lists.stop();
    },
  };
}

/** Lists kinds that are watched for the first time, again and again where that fails. */
function createLists(
  parts: PortParts,
  {
    scheduler,
    watched,
    changes,
  }: { readonly scheduler: Scheduler; readonly watched: WatchedObjects; readonly changes: LiveChanges },
) {
  const missing = new Set<WatchedKind>();

  async function tryList(watch: WatchedKind): Promise<void> {
    missing.add(watch);
    await listed(parts, watch.kind);
    missing.delete(watch);
    if (!parts.gate.isWatchBroken(watch.kind)) watched.list(watch, parts.state.store);
  }

  function keepTrying(watch: WatchedKind): void {
    scheduler.after(RETRY_MS, () => {
      if (!missing.has(watch)) return;
      tryList(watch).then(
        () => changes.addKind(watch.kind),
        () => keepTrying(watch),
      );
    });
  }

  return {
    isMissing: (watch: WatchedKind): boolean => missing.has(watch),
    stop: (): void => missing.clear(),
    /** @throws OperationError, and goes on trying behind it. */
    async list(watch: WatchedKind): Promise<void> {
      try {
        await tryList(watch);
      } catch (error) {
        keepTrying(watch);
        throw error;
      }
    },
  };
}

/** The cluster knows the kind, or cannot tell just now. */
function isKnown({ state, gate }: PortParts, kind: GroupKind): boolean {
  return state.kinds.find(kind) !== undefined || gate.lostGroups().includes(kind.group);
}

/** The request for a list. @throws OperationError */
function listed({ gate, destination }: PortParts, kind: GroupKind): Promise<void> {
  const key = { ...kind, namespace: "", name: "" };
  const facts = { destination, what: `list ${formatGroupKind(kind)} objects`, key, apiVersion: kind.group };
  return answered(facts, () => gate.pass({ verb: "list", kind }));
}
