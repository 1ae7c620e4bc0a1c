import {
  formatGroupKind,
  formatResourceKey,
  type GroupKind,
  type ResourceKey,
} from "../../domain/resource-key.ts";
import type { Clock } from "../../ports/clock.ts";
import { ApiFailure, type ApiFailureReason } from "./api-failure.ts";

export type RequestVerb =
  | "discovery"
  | "get"
  | "list"
  | "apply"
  | "dryRunApply"
  | "create"
  | "update"
  | "patch"
  | "delete";

/** A request that came in through the ports. */
export interface ClusterRequest {
  readonly verb: RequestVerb;
  readonly kind: GroupKind;
  /** Absent for discovery and lists. */
  readonly key?: ResourceKey;
}

/** What goes wrong with an embedded cluster. Each method gives a function that ends the trouble. */
export interface Faults {
  /** Nobody answers, and watches are broken. */
  unreachable(): () => void;
  /** 429 for the next `times` requests that match. */
  throttle(options: {
    readonly times: number;
    readonly retryAfterSeconds: number;
    readonly verb?: RequestVerb;
  }): () => void;
  /** An admission webhook says no to writes of this object, dry runs included. */
  reject(key: ResourceKey, message: string): () => void;
  /** RBAC says no to this verb on this kind. */
  deny(verb: RequestVerb, kind: GroupKind): () => void;
  /** The next `times` requests that match fail so. */
  fail(
    isHit: (request: ClusterRequest) => boolean,
    failure: { readonly reason: ApiFailureReason; readonly message: string; readonly times?: number },
  ): () => void;
  /** Every request takes this long, by the clock. */
  delay(ms: number): () => void;
  /** Watches of these kinds, or of all, deliver nothing: what they showed is stale until it ends. */
  breakWatches(kinds?: readonly GroupKind[]): () => void;
  /** Discovery of an API group fails, as when its aggregated API server is down: its kinds are unknown, and stale. */
  loseGroup(group: string): () => void;
}

/** What passes every request, and what the watches ask. */
export interface FaultGate {
  /** Counts the request, delays it, or fails it. @throws ApiFailure */
  pass(request: ClusterRequest): Promise<void>;
  isWatchBroken(kind: GroupKind): boolean;
  lostGroups(): readonly string[];
  /** Calls `onChange` when watches may have broken or mended. */
  onWatchChange(onChange: () => void): () => void;
}

/** Requests so far, in order. */
export interface RequestLog {
  all(): readonly ClusterRequest[];
  /** How many of this verb, or of all. */
  count(verb?: RequestVerb): number;
  clear(): void;
}

interface Rule {
  readonly isHit: (request: ClusterRequest) => boolean;
  readonly failure: () => ApiFailure;
  timesLeft: number;
}

/** What is wrong with the cluster just now. */
interface Troubles {
  readonly rules: Set<Rule>;
  readonly delays: Set<{ readonly ms: number }>;
  readonly brokenWatches: Set<(kind: GroupKind) => boolean>;
  readonly lostGroups: Set<string>;
  readonly watchListeners: Set<() => void>;
}

const WRITES: ReadonlySet<RequestVerb> = new Set(["apply", "dryRunApply", "create", "update", "patch"]);

export function createFaults(clock: Clock): {
  readonly faults: Faults;
  readonly gate: FaultGate;
  readonly requests: RequestLog;
} {
  const troubles: Troubles = {
    rules: new Set(),
    delays: new Set(),
    brokenWatches: new Set(),
    lostGroups: new Set(),
    watchListeners: new Set(),
  };
  const log: ClusterRequest[] = [];
  return {
    faults: { ...requestFaults(troubles), ...watchFaults(troubles) },
    gate: {
      async pass(request) {
        log.push(request);
        for (const { ms } of troubles.delays) await clock.sleep(ms);
        failByRule(troubles.rules, request);
      },
      isWatchBroken: (kind) => [...troubles.brokenWatches].some((isHit) => isHit(kind)),
      lostGroups: () => [...troubles.lostGroups],
      onWatchChange: (onChange) => held(troubles.watchListeners, onChange),
    },
    requests: {
      all: () => log,
      count: (verb) => log.filter((request) => verb === undefined || request.verb === verb).length,
      clear() {
        log.length = 0;
      },
    },
  };
}

function requestFaults({
  rules,
  delays,
}: Troubles): Pick<Faults, "throttle" | "reject" | "deny" | "fail" | "delay"> {
  const addRule = (isHit: Rule["isHit"], failure: Rule["failure"], times = Number.POSITIVE_INFINITY) =>
    held(rules, { isHit, failure, timesLeft: times });
  return {
    throttle: ({ times, retryAfterSeconds, verb }) =>
      addRule(
        (request) => verb === undefined || request.verb === verb,
        () => new ApiFailure("TooManyRequests", "too many requests", retryAfterSeconds),
        times,
      ),
    reject: (key, message) =>
      addRule(
        (request) => WRITES.has(request.verb) && isSameKey(request.key, key),
        () => new ApiFailure("Invalid", message),
      ),
    deny: (verb, kind) =>
      addRule(
        (request) => request.verb === verb && formatGroupKind(request.kind) === formatGroupKind(kind),
        () => new ApiFailure("Forbidden", `cannot ${verb} ${formatGroupKind(kind)}`),
      ),
    fail: (isHit, { reason, message, times }) => addRule(isHit, () => new ApiFailure(reason, message), times),
    delay: (ms) => held(delays, { ms }),
  };
}

function watchFaults(troubles: Troubles): Pick<Faults, "unreachable" | "breakWatches" | "loseGroup"> {
  const breakWhere = (isHit: (kind: GroupKind) => boolean): (() => void) => {
    const tell = (): void => {
      for (const listener of troubles.watchListeners) listener();
    };
    const mend = held(troubles.brokenWatches, isHit);
    tell();
    return () => {
      mend();
      tell();
    };
  };
  return {
    unreachable() {
      const failure = (): ApiFailure => new ApiFailure("Unreachable", "connection refused");
      const answer = held(troubles.rules, {
        isHit: () => true,
        failure,
        timesLeft: Number.POSITIVE_INFINITY,
      });
      const mend = breakWhere(() => true);
      return () => {
        answer();
        mend();
      };
    },
    breakWatches(kinds) {
      const names = kinds?.map(formatGroupKind);
      return breakWhere((kind) => names?.includes(formatGroupKind(kind)) ?? true);
    },
    loseGroup(group) {
      const find = held(troubles.lostGroups, group);
      const mend = breakWhere((kind) => kind.group === group);
      return () => {
        find();
        mend();
      };
    },
  };
}

/** The oldest rule that matches counts. */
function failByRule(rules: Set<Rule>, request: ClusterRequest): void {
  const rule = [...rules].find(({ isHit }) => isHit(request));
  if (rule === undefined) return;
  rule.timesLeft--;
  if (rule.timesLeft <= 0) rules.delete(rule);
  throw rule.failure();
}

/** Adds `item` and gives how to take it out again. */
function held<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => {
    set.delete(item);
  };
}

function isSameKey(a: ResourceKey | undefined, b: ResourceKey): boolean {
  return a !== undefined && formatResourceKey(a) === formatResourceKey(b);
}
