import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Budget } from "./budget.ts";
import { dateOf, type Failure, readFailure, untilReset } from "./failures.ts";
import { kindOfRequest, type RequestKind } from "./request-kinds.ts";

/** Where a request's credential comes from, and what to do when GitHub does not accept it. */
export interface Identity {
  readonly who: "app" | "installation";
  readonly installationId: number | undefined;
  readonly budget: Budget;
  /** Value of the header. */
  authorization(): Promise<string>;
  /** @param date - GitHub's clock, where its answer told. */
  refused(authorization: string, date: number | undefined): void;
}

export interface SendingParts {
  readonly clock: Clock;
  /** In [0, 1): spreads retries. */
  readonly random: () => number;
}

/** What Octokit hands to a hook around its requests. */
export interface OctokitRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly request: object;
}

export interface OctokitResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** Per attempt. GitHub itself gives up after ten seconds. */
const REQUEST_TIMEOUT_MS = 20_000;
const ATTEMPTS_MAX = 3;
const FIRST_RETRY_MS = 500;

/**
 * Sends a request as one identity: paced, tried again where that cannot do it twice, once with a new credential.
 * @throws OperationError of the `GitHub…` family. A 304 is no error.
 */
export async function sendAs<T extends OctokitRequest, R extends OctokitResponse>(
  identity: Identity,
  { options, request }: { readonly options: T; readonly request: (options: T) => Promise<R> | R },
  { clock, random }: SendingParts,
): Promise<R> {
  const parameters = options as T & Record<string, unknown>;
  const kind = kindOfRequest(parameters);
  let refusals = 0;
  for (let attempt = 1; ; attempt += 1) {
    const authorization = await identity.authorization();
    const sent = await attemptOnce(identity, { kind, clock, parameters }, () => {
      prepare(options, authorization);
      return request(options);
    });
    if (sent.kind === "answered") return sent.response;
    const { failure } = sent;
    const isLast = attempt >= ATTEMPTS_MAX;
    if (failure.kind === "unauthorized" && refusals === 0) {
      refusals += 1;
      identity.refused(authorization, failure.date);
    } else if (failure.kind === "limited" && !isLast) {
      identity.budget.pause(failure.retryAfterMs);
    } else if (failure.kind === "unavailable" && kind.isRepeatable && !isLast) {
      await clock.sleep(FIRST_RETRY_MS * 2 ** (attempt - 1) * (1 + random()));
    } else {
      throw errorOf(failure, identity);
    }
  }
}

type Sent<R> =
  | { readonly kind: "answered"; readonly response: R }
  | { readonly kind: "failed"; readonly failure: Exclude<Failure, { kind: "unchanged" }> };

interface Attempt {
  readonly kind: RequestKind;
  readonly clock: Clock;
  /** Of the request, by GitHub's names: the App asks for an installation's token by its id. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

async function attemptOnce<R extends OctokitResponse>(
  identity: Identity,
  { kind, clock, parameters }: Attempt,
  request: () => Promise<R> | R,
): Promise<Sent<R>> {
  const done = await identity.budget.acquire(kind.ask);
  try {
    const response = await request();
    observe(identity.budget, response, clock.now());
    return { kind: "answered", response };
  } catch (error) {
    const installationId = identity.installationId ?? Number(parameters["installation_id"]);
    const failure = readFailure(error, { operation: kind.operation, installationId, now: clock.now() });
    if (failure.kind !== "unchanged") return { kind: "failed", failure };
    return { kind: "answered", response: (error as { response: R }).response };
  } finally {
    done();
  }
}

/** Just before it goes out, since its time counts from here. In place: Octokit's other hooks are bound to this very object, and never see a copy. */
function prepare(options: OctokitRequest, authorization: string): void {
  options.headers["authorization"] = authorization;
  Object.assign(options.request, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
}

function observe(budget: Budget, response: OctokitResponse, now: number): void {
  const headers = response.headers as Readonly<Record<string, string | undefined>>;
  const remaining = headers["x-ratelimit-remaining"];
  if (remaining === undefined) return;
  budget.observe({ remaining: Number(remaining), resetInMs: untilReset(headers, now) });
}

function errorOf(failure: Exclude<Failure, { kind: "unchanged" }>, { who }: Identity): OperationError {
  switch (failure.kind) {
    case "refused":
      return failure.error;
    case "unauthorized":
      return OperationError.of("GitHubCredentialRefused", { who });
    case "unavailable":
      return OperationError.of("GitHubUnavailable", { status: failure.status });
    case "limited": {
      const { retryAfterMs } = failure;
      return OperationError.of("GitHubRateLimited", { retryAfterMs }, { retryAfterMs });
    }
  }
}

/** When GitHub showed what an answer tells of, milliseconds since the epoch. */
export function shownAtOf(response: OctokitResponse, fallback: string): number {
  return dateOf(response.headers as Readonly<Record<string, string | undefined>>) ?? Date.parse(fallback);
}
