import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";

/**
 * What one installation may do, a little below what GitHub documents, because its windows need not begin with ours.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export interface BudgetLimits {
  /** A read is one point, a write five; GitHub: 900. */
  readonly pointsPerMinute: number;
  /** Comments, statuses and whatever else people see being made; GitHub: 80. */
  readonly contentPerMinute: number;
  /** GitHub: 500. */
  readonly contentPerHour: number;
  /** Requests under way; GitHub: 100, of all that an App does. */
  readonly concurrent: number;
  /** Longest wait in here. Past that the caller is told when to come back, by when newer work may have replaced it. */
  readonly patienceMs: number;
}

export const BUDGET_LIMITS: BudgetLimits = {
  pointsPerMinute: 850,
  contentPerMinute: 75,
  contentPerHour: 480,
  concurrent: 20,
  patienceMs: 10_000,
};

/** What a request costs, how urgent it is, and what it must not overtake. */
export interface Ask {
  readonly cost: "read" | "write" | "content";
  /** Smaller goes first. */
  readonly rank: number;
  /** Requests of one lane go one after the other; `""` for none. */
  readonly lane: string;
}

/** GitHub's word on the primary quota, from the headers of an answer. */
export interface Quota {
  readonly remaining: number;
  /** Milliseconds from now until it is full again. */
  readonly resetInMs: number;
}

/** One installation's share of GitHub. */
export interface Budget {
  /**
   * Resolves when the request may go out; the result must be called when it is done.
   * @throws OperationError GitHubRateLimited with `retryAfterMs` when that is further off than the limits' patience.
   */
  acquire(ask: Ask): Promise<() => void>;
  observe(quota: Quota): void;
  /** GitHub asked for silence. */
  pause(ms: number): void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const POINTS = { read: 1, write: 5, content: 5 } as const;

interface Usage {
  /** Requests of the last minute: when, and their points. */
  readonly points: readonly (readonly [at: number, points: number])[];
  /** When something was made that people see, in the last hour; oldest first. */
  readonly content: readonly number[];
  /** No request before this. */
  readonly silentUntil: number;
}

/** How long a request must wait, in milliseconds; 0 for not at all. Pure. */
export function delayOf(
  usage: Usage,
  ask: Ask,
  now: { readonly at: number; readonly limits: BudgetLimits },
): number {
  const { at, limits } = now;
  const delays = [usage.silentUntil - at, pointsDelay(usage.points, POINTS[ask.cost], now)];
  if (ask.cost === "content") {
    delays.push(windowDelay(usage.content, at - MINUTE_MS, limits.contentPerMinute));
    delays.push(windowDelay(usage.content, at - HOUR_MS, limits.contentPerHour));
  }
  return Math.max(0, ...delays);
}

/** Until so many of the entries have left the window that one more fits. */
function windowDelay(times: readonly number[], start: number, max: number): number {
  const inside = times.filter((time) => time > start);
  const leaving = inside[inside.length - max];
  return leaving === undefined ? 0 : leaving - start;
}

function pointsDelay(
  entries: Usage["points"],
  wanted: number,
  { at, limits }: { readonly at: number; readonly limits: BudgetLimits },
): number {
  const start = at - MINUTE_MS;
  const inside = entries.filter(([time]) => time > start);
  let excess = inside.reduce((sum, [, points]) => sum + points, wanted) - limits.pointsPerMinute;
  let delay = 0;
  for (const [time, points] of inside) {
    if (excess <= 0) break;
    excess -= points;
    delay = time - start;
  }
  return delay;
}

/** What was used so far with one more request begun now; what no window holds any more is left out. */
function afterRequest(usage: Usage, ask: Ask, at: number): Usage {
  const points = [...usage.points.filter(([time]) => time > at - MINUTE_MS), [at, POINTS[ask.cost]] as const];
  if (ask.cost !== "content") return { ...usage, points };
  return { ...usage, points, content: [...usage.content.filter((time) => time > at - HOUR_MS), at] };
}

interface Waiting {
  readonly ask: Ask;
  readonly start: (done: () => void) => void;
  readonly refuse: (error: OperationError) => void;
}

/** Schedules one installation's requests; the most urgent first. */
export function createBudget(clock: Clock, limits: BudgetLimits = BUDGET_LIMITS): Budget {
  let usage: Usage = { points: [], content: [], silentUntil: 0 };
  let waiting: readonly Waiting[] = [];
  let running = 0;
  const busyLanes = new Set<string>();
  const alarm = createAlarm(clock, () => pump());

  function begin({ ask, start }: Waiting): void {
    usage = afterRequest(usage, ask, clock.monotonic());
    running += 1;
    if (ask.lane !== "") busyLanes.add(ask.lane);
    start(() => {
      running -= 1;
      busyLanes.delete(ask.lane);
      pump();
    });
  }

  /** Starts or refuses what can be decided now; sees to it that the rest is looked at again. */
  function pump(): void {
    const delays: number[] = [];
    const delayNow = perCost((ask) => delayOf(usage, ask, { at: clock.monotonic(), limits }));
    for (const entry of waiting) {
      const delayMs = delayNow(entry.ask, usage);
      const isFree = running < limits.concurrent && !busyLanes.has(entry.ask.lane);
      const isTooLong = delayMs > limits.patienceMs;
      if (delayMs > 0 && !isTooLong) delays.push(delayMs);
      if (!isTooLong && (delayMs > 0 || !isFree)) continue;
      waiting = without(waiting, entry);
      if (isTooLong) entry.refuse(rateLimited(delayMs));
      else begin(entry);
    }
    if (delays.length > 0) alarm(Math.min(...delays));
  }

  function pause(ms: number): void {
    usage = { ...usage, silentUntil: Math.max(usage.silentUntil, clock.monotonic() + ms) };
    pump();
  }

  const observe = ({ remaining, resetInMs }: Quota): void => (remaining > 0 ? undefined : pause(resetInMs));
  const acquire: Budget["acquire"] = (ask) =>
    new Promise((start, refuse) => {
      waiting = inOrder(waiting, { ask, start, refuse });
      pump();
    });
  return { acquire, observe, pause };
}

/** By rank, and among equals by age. */
function inOrder(waiting: readonly Waiting[], entry: Waiting): readonly Waiting[] {
  const before = waiting.filter(({ ask }) => ask.rank <= entry.ask.rank);
  const after = waiting.filter(({ ask }) => ask.rank > entry.ask.rank);
  return [...before, entry, ...after];
}

function without(waiting: readonly Waiting[], entry: Waiting): readonly Waiting[] {
  return waiting.filter((other) => other !== entry);
}

function rateLimited(delayMs: number): OperationError {
  const retryAfterMs = Math.ceil(delayMs);
  return OperationError.of("GitHubRateLimited", { retryAfterMs }, { retryAfterMs });
}

/** Requests of one cost wait equally long until something is sent: it is worked out once. */
function perCost(delay: (ask: Ask) => number): (ask: Ask, usage: Usage) => number {
  const known = new Map<Ask["cost"], { readonly usage: Usage; readonly delayMs: number }>();
  return (ask, usage) => {
    const last = known.get(ask.cost);
    if (last?.usage === usage) return last.delayMs;
    const delayMs = delay(ask);
    known.set(ask.cost, { usage, delayMs });
    return delayMs;
  };
}

/** Rings after some time; a later call can only make it ring sooner. */
function createAlarm(clock: Clock, ring: () => void): (ms: number) => void {
  let next = Number.POSITIVE_INFINITY;
  return (ms) => {
    const at = clock.monotonic() + ms;
    if (at >= next) return;
    next = at;
    void clock.sleep(ms).then(() => {
      if (next === at) next = Number.POSITIVE_INFINITY;
      ring();
    });
  };
}
