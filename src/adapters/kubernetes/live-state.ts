import { type ApiResource, type ClusterApi, findResource } from "../../domain/cluster.ts";
import { formatGroupKind, formatResourceKey, type GroupKind } from "../../domain/resource-key.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LiveState } from "../../ports/cluster-reads.ts";
import type { Log } from "../../ports/log.ts";
import type { ApiServer } from "./api-server.ts";
import type { Kinds } from "./kinds.ts";
import { createLiveChanges, type LiveChanges } from "./live-changes.ts";
import { createLiveStore, type LiveStore } from "./live-store.ts";
import { type Reflector, startReflector, WATCH_SILENCE_MS } from "./reflector.ts";

export interface LiveStateParts {
  readonly api: ApiServer;
  readonly kinds: Kinds;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Only these are looked at, one watch each; all where empty. */
  readonly namespaces: readonly string[];
  /** Default {@link WATCH_SILENCE_MS}. */
  readonly silenceMs?: number;
}

interface WatchedKind {
  readonly kind: GroupKind;
  readonly reflectors: readonly Reflector[];
}

/** {@link LiveState} on watches of a Kubernetes API server. */
export function createLiveState(parts: LiveStateParts): LiveState {
  const changes = createLiveChanges(parts.clock);
  const store = createLiveStore(changes.add);
  const watched = createWatchedKinds(parts, store, changes);
  return {
    async watch(kinds) {
      const entries = await watched.start(kinds);
      await Promise.all(
        entries.flatMap(({ reflectors }) => reflectors.map((reflector) => reflector.listed())),
      );
    },
    managed(instanceName, keys) {
      const atKeys = keys.flatMap((key) => store.get(formatResourceKey(key)) ?? []);
      const found = new Set([...store.ofInstance(instanceName), ...atKeys]);
      return { objects: [...found].map(({ manifest }) => manifest), staleKinds: watched.stale() };
    },
    observe({ key, object }) {
      for (const reflector of watched.get(key)?.reflectors ?? []) reflector.observe(object);
    },
    subscribe: changes.subscribe,
    async close() {
      changes.stop();
      await watched.stop();
    },
  };
}

interface WatchedKinds {
  get(kind: GroupKind): WatchedKind | undefined;
  /** Those of `kinds` that are watched, now that the others were looked for. */
  start(kinds: readonly GroupKind[]): Promise<readonly WatchedKind[]>;
  stale(): readonly GroupKind[];
  stop(): Promise<void>;
}

function createWatchedKinds(parts: LiveStateParts, store: LiveStore, changes: LiveChanges): WatchedKinds {
  const watched = new Map<string, WatchedKind>();
  const unavailable = new Map<string, GroupKind>();
  const startKind = (resource: ApiResource): void => {
    const kind = { group: resource.group, kind: resource.kind };
    const name = formatGroupKind(kind);
    const reflectors = startReflectors(parts, store, {
      resource,
      onStaleChange: () => changes.addKind(kind),
    });
    watched.set(name, { kind, reflectors });
    void Promise.race(reflectors.map(({ ended }) => ended)).then((why) => {
      if (why === "gone") watched.delete(name);
    });
  };
  return {
    get: (kind) => watched.get(formatGroupKind(kind)),
    async start(kinds) {
      const missing = kinds.filter((kind) => !watched.has(formatGroupKind(kind)));
      const api = missing.length === 0 ? NOTHING : await parts.kinds.api(missing);
      for (const kind of missing) {
        const name = formatGroupKind(kind);
        if (api.unavailableGroups.includes(kind.group)) unavailable.set(name, kind);
        else unavailable.delete(name);
        const resource = findResource(api, kind);
        if (resource !== undefined && canWatch(resource) && !watched.has(name)) startKind(resource);
      }
      return kinds.flatMap((kind) => watched.get(formatGroupKind(kind)) ?? []);
    },
    stale() {
      const broken = [...watched.values()].filter((entry) => entry.reflectors.some(({ isStale }) => isStale));
      return [...broken.map(({ kind }) => kind), ...unavailable.values()];
    },
    async stop() {
      const reflectors = [...watched.values()].flatMap((entry) => entry.reflectors);
      for (const reflector of reflectors) reflector.stop();
      await Promise.all(reflectors.map(({ ended }) => ended));
    },
  };
}

const NOTHING: Pick<ClusterApi, "resources" | "unavailableGroups"> = { resources: [], unavailableGroups: [] };

function canWatch({ verbs }: ApiResource): boolean {
  return verbs.includes("list") && verbs.includes("watch");
}

function startReflectors(
  parts: LiveStateParts,
  store: LiveStore,
  { resource, onStaleChange }: { readonly resource: ApiResource; readonly onStaleChange: () => void },
): readonly Reflector[] {
  const namespaces = resource.namespaced && parts.namespaces.length > 0 ? parts.namespaces : [""];
  const silenceMs = parts.silenceMs ?? WATCH_SILENCE_MS;
  const rest = { store, resource, silenceMs, onStaleChange, isGone: () => isGone(parts.kinds, resource) };
  return namespaces.map((namespace) => startReflector({ ...parts, ...rest, namespace }));
}

/** A kind is gone when discovery, asked anew, leaves it out although its group's server answers. */
async function isGone(kinds: Kinds, kind: GroupKind): Promise<boolean> {
  try {
    kinds.forget();
    const api = await kinds.api();
    return findResource(api, kind) === undefined && !api.unavailableGroups.includes(kind.group);
  } catch {
    return false;
  }
}
