import type { Dispatcher } from "undici";

import { isJsonObject, type JsonObject, parseJson } from "../../domain/json.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import { type ConcurrencyLimit, createConcurrencyLimit, sleepUnless } from "./concurrency-limit.ts";
import { createConnections } from "./connections.ts";
import { type ExchangeFailure, isFailure } from "./exchange-failure.ts";
import type { ApiRequest, RawAnswer } from "./http-exchange.ts";
import type { SignInSource } from "./sign-in.ts";

/** What the API server said, good or bad: 2xx, 4xx, or the 5xx that remained after all tries. */
export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: JsonObject;
}

/** One API server: JSON requests on one pool of connections, a bounded number at a time. */
export interface ApiServer {
  readonly destination: string;
  /**
   * Sends a request; tries again what may pass, with growing pauses, and as long as the server asks us to wait.
   * @throws OperationError ClusterUnreachable, ClusterThrottled, ClusterCertificate, ClusterSignInFailed,
   *   ClusterAnswerUnusable, and what reading the credentials throws
   */
  call(request: ApiRequest): Promise<ApiAnswer>;
  /** Opens an answer that goes on, tried once; errors as above. `silenceMs` without a byte ends it with an error. */
  stream(options: StreamOptions): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

export interface StreamOptions {
  readonly path: string;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

export interface ApiServerParts {
  readonly signIn: SignInSource;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
  /** Told of every answer or failure (status 0), for metrics. */
  readonly onExchange?: (method: string, status: number) => void;
}

/** Measured on a real API server: more at a time gains nothing (performance.md §4.7). */
const CONCURRENT_REQUESTS_MAX = 32;
/** Tries of one request; at 30 % failures one in a thousand requests still fails after them. */
const TRIES_MAX = 6;
/** No further try is begun after that long: six time-outs in a row would keep a person waiting for minutes. */
const TRYING_MS_MAX = 30_000;
const FIRST_PAUSE_MS = 100;
const PAUSE_MAX_MS = 5_000;
/** Waits the server asks for count apart: a request is given up when they add up to this, and no pause is longer. */
const THROTTLED_WAIT_MAX_MS = 120_000;
/** Who asks for no wait at all would be asked again at once, and for ever. */
const THROTTLED_WAIT_MIN_MS = 1_000;

export function createApiServer(parts: ApiServerParts): ApiServer {
  const closing = new AbortController();
  const limit = createConcurrencyLimit({ ...parts, closing: closing.signal }, CONCURRENT_REQUESTS_MAX);
  const connections = createConnections(parts.signIn);
  const once = async (request: ApiRequest): Promise<RawAnswer | ExchangeFailure> => {
    const { connection, headers } = await connections.current();
    const answer = await connection.exchange(request, headers);
    parts.onExchange?.(request.method, isFailure(answer) ? 0 : answer.status);
    return answer;
  };
  return {
    destination: parts.signIn.destination,
    call: (request) =>
      limit.run(() => callWithRetries(parts, { limit, once, closing: closing.signal }, request)),
    async stream(options) {
      const { connection, headers } = await connections.current();
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const answer = await connection.open({ ...options, signal }, headers);
      parts.onExchange?.("WATCH", isFailure(answer) ? 0 : answer.statusCode);
      if (!isFailure(answer)) {
        if (answer.statusCode === 401) parts.signIn.forget();
        return answer;
      }
      if (answer.kind === "certificate") parts.signIn.forget();
      throw failureError(parts.signIn.destination, answer);
    },
    async close() {
      closing.abort();
      await connections.close();
    },
  };
}

interface Attempts {
  readonly limit: ConcurrencyLimit;
  readonly once: (request: ApiRequest) => Promise<RawAnswer | ExchangeFailure>;
  readonly closing: AbortSignal;
}

async function callWithRetries(
  { signIn, clock, random }: ApiServerParts,
  { limit, once, closing }: Attempts,
  request: ApiRequest,
): Promise<ApiAnswer> {
  let signedInAnew = false;
  let waitedMs = 0;
  const triedUntil = clock.monotonic() + TRYING_MS_MAX;
  for (let tries = 1; ; ) {
    const answer = await once(request);
    const next = judge(answer, request);
    if (next.kind === "done" || closing.aborted) return settle(signIn.destination, answer, request);
    if (next.kind === "sign-in-anew") {
      if (signedInAnew) return settle(signIn.destination, answer, request);
      signedInAnew = true;
      signIn.forget();
      continue;
    }
    if (next.kind === "throttled") {
      const waitMs = Math.max(next.waitMs, THROTTLED_WAIT_MIN_MS);
      limit.backOff(Math.min(waitMs, THROTTLED_WAIT_MAX_MS));
      waitedMs += waitMs;
      if (waitedMs > THROTTLED_WAIT_MAX_MS) return settle(signIn.destination, answer, request);
      await sleepUnless(closing, clock, random() * FIRST_PAUSE_MS);
      await limit.untilAllowed();
      continue;
    }
    const isLast = tries >= TRIES_MAX || clock.monotonic() - waitedMs > triedUntil;
    if (isLast) return settle(signIn.destination, answer, request);
    await sleepUnless(closing, clock, pauseMs(tries, random));
    tries += 1;
  }
}

/** Exponential, with full jitter over its upper half: not all at once, and never at once. */
export function pauseMs(tries: number, random: () => number): number {
  const full = Math.min(PAUSE_MAX_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  return full * (0.5 + random() / 2);
}

type Next =
  | { readonly kind: "done" }
  | { readonly kind: "again" }
  | { readonly kind: "sign-in-anew" }
  | { readonly kind: "throttled"; readonly waitMs: number };

const SERVER_TROUBLE = new Set([500, 502, 503, 504]);

function judge(answer: RawAnswer | ExchangeFailure, { repeat }: ApiRequest): Next {
  if (isFailure(answer)) {
    if (answer.kind === "certificate") return { kind: "sign-in-anew" };
    const isRepeatable = answer.kind === "unreachable" && (repeat === "always" || !answer.sent);
    return isRepeatable ? { kind: "again" } : { kind: "done" };
  }
  // 429 is said before anything is done, so that even a create may be sent again.
  if (answer.status === 429) return { kind: "throttled", waitMs: retryAfterMs(answer) ?? 1_000 };
  if (answer.status === 401) return { kind: "sign-in-anew" };
  if (!SERVER_TROUBLE.has(answer.status) || repeat !== "always" || isTypeError(answer))
    return { kind: "done" };
  const waitMs = retryAfterMs(answer);
  return waitMs === undefined ? { kind: "again" } : { kind: "throttled", waitMs };
}

/**
 * Server-side apply answers 500, without a reason, to an object that does not fit its schema: no trouble of the
 * server's, and the same the next time.
 */
export function isTypeError({ status, text }: Pick<RawAnswer, "status" | "text">): boolean {
  return status === 500 && /failed to (create typed patch object|convert new object)/.test(text);
}

/** `Retry-After` in whole seconds, the only form Kubernetes sends. */
function retryAfterMs({ retryAfter }: RawAnswer): number | undefined {
  return /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : undefined;
}

function settle(destination: string, answer: RawAnswer | ExchangeFailure, request: ApiRequest): ApiAnswer {
  if (isFailure(answer)) throw failureError(destination, answer);
  const { status, contentType, text } = answer;
  if (status === 401) throw OperationError.of("ClusterSignInFailed", { destination });
  if (status === 429) {
    const wait = retryAfterMs(answer);
    const options = wait === undefined ? {} : { retryAfterMs: wait };
    throw OperationError.of("ClusterThrottled", { destination }, options);
  }
  if (status < 200 || (status >= 300 && status < 400)) {
    throw OperationError.of("ClusterAnswerUnusable", { destination, problem: `a redirect (${status})` });
  }
  const body = jsonObjectOf(text);
  if (body !== undefined) return { status, contentType, body };
  if (status >= 500) throw OperationError.of("ClusterUnreachable", { destination });
  // A missing path is answered in plain words by aggregated API servers and proxies.
  if (status >= 400) return { status, contentType, body: {} };
  const problem = `no JSON object from ${request.method}`;
  throw OperationError.of("ClusterAnswerUnusable", { destination, problem });
}

function failureError(destination: string, { kind, problem, cause }: ExchangeFailure): OperationError {
  switch (kind) {
    case "certificate":
      return OperationError.of("ClusterCertificate", { destination, problem }, { cause });
    case "too-large":
      return OperationError.of("ClusterAnswerTooLarge", { destination });
    case "unreachable":
      return OperationError.of("ClusterUnreachable", { destination }, { cause });
  }
}

function jsonObjectOf(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
