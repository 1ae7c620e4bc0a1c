import type { ApiResource } from "../../domain/cluster.ts";
import { type JsonObject, stringAt } from "../../domain/json.ts";
import { formatGroupKind } from "../../domain/resource-key.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { ApiServer } from "./api-server.ts";
import { createKindMirror, type KindMirror, versionOf } from "./kind-mirror.ts";
import { KindGone, ListExpired } from "./list-pages.ts";
import type { LiveStore } from "./live-store.ts";
import { fieldSelectorOf, listIntoMirror } from "./mirror-list.ts";
import { collectionPath, query } from "./resource-path.ts";
import { isLater } from "./resource-version.ts";
import { type WatchEvent, WatchRefusal, watchEvents } from "./watch-stream.ts";

/** Keeps one kind (in one namespace, or all) in the store as the cluster has it, until it is stopped. */
export interface Reflector {
  /** Resolves when the kind has been listed completely; rejects with what the next attempt fails for. */
  listed(): Promise<void>;
  /** Whether what the store holds may be out of date. */
  readonly isStale: boolean;
  /** Takes an object that the server has just answered with, unless the watch is past it. */
  observe(object: JsonObject): void;
  stop(): void;
  /** Ends when stopped, or (`gone`) when the cluster does not serve the kind any more. */
  readonly ended: Promise<"stopped" | "gone">;
}

export interface ReflectorParts {
  readonly api: ApiServer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly store: LiveStore;
  readonly resource: ApiResource;
  /** `""` for all. */
  readonly namespace: string;
  /** Without a byte for that long a watch counts as broken; the server sends a bookmark every minute. */
  readonly silenceMs: number;
  readonly onStaleChange: () => void;
  /** Whether the kind is really gone, and not only its server away for a while. */
  readonly isGone: () => Promise<boolean>;
}

/** Two bookmarks missed. */
export const WATCH_SILENCE_MS = 150_000;
/** The server ends a watch after that long, so that connections move to other servers; spread over twice as long. */
const WATCH_SECONDS = 300;
const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_MAX_MS = 10_000;
/** Never more than one list a second for a kind, whatever happens. */
const LIST_INTERVAL_MS = 1_000;
interface State {
  readonly mirror: KindMirror;
  /** The latest version seen: everything up to it is in the store. `""` means: list. */
  progress: string;
  /** Latest version ever seen, to notice a cluster that went back in time. */
  latest: string;
  stale: boolean;
  isListed: boolean;
  failures: number;
  listedAt: number;
  waiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[];
  wake: AbortController;
}

export function startReflector(parts: ReflectorParts): Reflector {
  const stopping = new AbortController();
  const state: State = {
    mirror: createKindMirror(parts.store),
    progress: "",
    latest: "",
    stale: true,
    isListed: false,
    failures: 0,
    listedAt: Number.NEGATIVE_INFINITY,
    waiters: [],
    wake: new AbortController(),
  };
  return {
    listed() {
      if (state.isListed) return Promise.resolve();
      if (stopping.signal.aborted) return Promise.reject(unreachable(parts));
      state.wake.abort();
      return new Promise((resolve, reject) => state.waiters.push({ resolve, reject }));
    },
    get isStale() {
      return state.stale;
    },
    observe(object) {
      const isOurs = parts.namespace === "" || parts.namespace === stringAt(object, "metadata", "namespace");
      if (isOurs && state.isListed && isLater(versionOf(object), state.progress)) state.mirror.take(object);
    },
    stop: () => stopping.abort(),
    ended: keepUp(parts, state, stopping.signal),
  };
}

async function keepUp(
  parts: ReflectorParts,
  state: State,
  stopping: AbortSignal,
): Promise<"stopped" | "gone"> {
  while (!stopping.aborted) {
    try {
      if (state.progress === "") await list(parts, state);
      await watch(parts, state, stopping);
    } catch (error) {
      if (stopping.aborted) break;
      if ((await recover(parts, state, error)) === "gone") return "gone";
      await backOff(parts, state, stopping);
    }
  }
  settleWaiters(state, unreachable(parts));
  return "stopped";
}

/** Notes a failure; everything but a kind that is gone is tried again. */
async function recover(parts: ReflectorParts, state: State, error: unknown): Promise<"again" | "gone"> {
  const isExpired = error instanceof ListExpired || (error instanceof WatchRefusal && error.status === 410);
  const isMissing = error instanceof KindGone || (error instanceof WatchRefusal && error.status === 404);
  if (isExpired) state.progress = "";
  state.failures += 1;
  setStale(parts, state, true);
  const kind = formatGroupKind(parts.resource);
  parts.log.debug("watch broken", { cluster: parts.api.destination, kind, failures: state.failures, error });
  if (isMissing && (await parts.isGone())) {
    state.mirror.clear();
    settleWaiters(state, undefined);
    return "gone";
  }
  settleWaiters(state, error instanceof OperationError ? error : unreachable(parts, error));
  return "again";
}

async function backOff(
  { clock, random }: ReflectorParts,
  state: State,
  stopping: AbortSignal,
): Promise<void> {
  const full = Math.min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS * 2 ** (state.failures - 1));
  const untilListMs = state.progress === "" ? state.listedAt + LIST_INTERVAL_MS - clock.monotonic() : 0;
  const sleepMs = Math.max(full * (0.5 + random() / 2), untilListMs);
  state.wake = new AbortController();
  // Someone who waits for the first list cuts the pause short, but not below the interval between lists.
  const asked = AbortSignal.any([state.wake.signal, stopping]);
  await clock.sleep(sleepMs, asked).catch(() => undefined);
  const left = state.listedAt + LIST_INTERVAL_MS - clock.monotonic();
  if (left > 0) await clock.sleep(left, stopping).catch(() => undefined);
}

async function list(parts: ReflectorParts, state: State): Promise<void> {
  const { api, log, clock, resource } = parts;
  state.listedAt = clock.monotonic();
  const { version, wentBack } = await listIntoMirror(parts, state.mirror, state.latest);
  if (wentBack) log.warn("the cluster went back in time", { cluster: api.destination, kind: resource.kind });
  state.progress = version;
  state.latest = version;
  state.isListed = true;
  setStale(parts, state, false);
  settleWaiters(state, undefined);
}

async function watch(parts: ReflectorParts, state: State, stopping: AbortSignal): Promise<void> {
  const { api, resource, namespace, clock, random, silenceMs } = parts;
  const parameters = query({
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion: state.progress,
    timeoutSeconds: Math.round(WATCH_SECONDS * (1 + random())),
    ...fieldSelectorOf(resource),
  });
  const path = `${collectionPath(resource, namespace)}${parameters}`;
  const startedAt = clock.monotonic();
  const onOpen = (): void => setStale(parts, state, false);
  for await (const event of watchEvents(api, { path, silenceMs, signal: stopping, onOpen })) {
    state.failures = 0;
    takeEvent(state, event);
  }
  // A server that ends watches at once is not asked again at once; nothing was missed, so nothing is stale.
  if (clock.monotonic() - startedAt < LIST_INTERVAL_MS) await clock.sleep(LIST_INTERVAL_MS, stopping);
}

function takeEvent(state: State, { type, object }: WatchEvent): void {
  if (type === "DELETED") state.mirror.remove(object);
  else if (type !== "BOOKMARK") state.mirror.take(object);
  const version = versionOf(object);
  if (version === "") return;
  state.progress = version;
  state.latest = version;
}

function setStale({ onStaleChange }: ReflectorParts, state: State, stale: boolean): void {
  if (state.stale === stale) return;
  state.stale = stale;
  onStaleChange();
}

function unreachable({ api }: ReflectorParts, cause?: unknown): OperationError {
  return OperationError.of("ClusterUnreachable", { destination: api.destination }, { cause });
}

function settleWaiters(state: State, error: OperationError | undefined): void {
  const waiters = state.waiters.splice(0);
  for (const { resolve, reject } of waiters) error === undefined ? resolve() : reject(error);
}
