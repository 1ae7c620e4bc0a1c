import { OperationError } from "../../errors/operation-error.ts";

/** What GitHub meant by not doing what was asked. */
export type Failure =
  | { readonly kind: "unchanged" }
  | { readonly kind: "limited"; readonly retryAfterMs: number }
  /** The credential is not accepted. `date` is GitHub's clock, where it told. */
  | { readonly kind: "unauthorized"; readonly date: number | undefined }
  /** Nobody knows whether it was done. `status` 0: no answer. */
  | { readonly kind: "unavailable"; readonly status: number }
  | { readonly kind: "refused"; readonly error: OperationError };

export interface Asked {
  /** `POST /repos/{owner}/{repo}/check-runs`. */
  readonly operation: string;
  /** NaN for requests that concern none. */
  readonly installationId: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
  /** GitHub's messages on single fields. */
  readonly fields: readonly string[];
}

/** GitHub: without `retry-after`, wait at least a minute. */
const SECONDARY_LIMIT_MS = 60_000;
/** Texts of GitHub's answers that are shown are cut here. */
const MESSAGE_CHARS_MAX = 300;

/** Reads what Octokit threw. Anything that is no answer of GitHub's and no failed connection is a bug and thrown on. */
export function readFailure(error: unknown, asked: Asked): Failure {
  const answer = readAnswer(error);
  if (answer === undefined) {
    if (isConnectionFailure(error)) return { kind: "unavailable", status: 0 };
    throw error;
  }
  const { status, headers } = answer;
  if (status === 304) return { kind: "unchanged" };
  if (status >= 500 || status === 408) return { kind: "unavailable", status };
  if (status === 401) return { kind: "unauthorized", date: dateOf(headers) };
  const retryAfterMs = limitOf(answer, asked.now);
  if (retryAfterMs !== undefined) return { kind: "limited", retryAfterMs };
  return { kind: "refused", error: refusalOf(answer, asked, error) };
}

function refusalOf(answer: Answer, asked: Asked, cause: unknown): OperationError {
  const { status, headers, message, fields } = answer;
  const { operation, installationId } = asked;
  if (status === 403 && /suspended/i.test(message)) {
    return OperationError.of("InstallationSuspended", { installationId }, { cause });
  }
  if (status === 403) {
    const needs = headers["x-accepted-github-permissions"] ?? "";
    return OperationError.of("GitHubForbidden", { operation, needs }, { cause });
  }
  if (status === 404 || status === 410) return OperationError.of("GitHubNotFound", { operation }, { cause });
  if (status === 422 && fields.some((field) => /too long|maximum is|too many bytes/i.test(field))) {
    return OperationError.of("GitHubTextTooLong", { operation }, { cause });
  }
  const words = [message, ...fields].join("; ").slice(0, MESSAGE_CHARS_MAX);
  return OperationError.of("GitHubRejected", { operation, status, message: words }, { cause });
}

/** How long GitHub wants silence, `undefined` when the refusal is about something else. */
function limitOf({ status, headers, message }: Answer, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && !Number.isNaN(retryAfter)) return retryAfter * 1000;
  if (headers["x-ratelimit-remaining"] === "0") return untilReset(headers, now);
  const isSecondary = status === 429 || /secondary rate limit|abuse/i.test(message);
  return isSecondary ? SECONDARY_LIMIT_MS : undefined;
}

/** Counted by GitHub's clock where the answer has a date: ours may be wrong. What does not say when is a while. */
export function untilReset(headers: Readonly<Record<string, string | undefined>>, now: number): number {
  const leftMs = Number(headers["x-ratelimit-reset"]) * 1000 - (dateOf(headers) ?? now);
  return Number.isNaN(leftMs) ? SECONDARY_LIMIT_MS : Math.max(1_000, leftMs);
}

/** GitHub's own Date of an answer, milliseconds since the epoch. */
export function dateOf(headers: Readonly<Record<string, string | undefined>>): number | undefined {
  const date = Date.parse(headers["date"] ?? "");
  return Number.isNaN(date) ? undefined : date;
}

function readAnswer(error: unknown): Answer | undefined {
  if (!(error instanceof Error) || !("response" in error)) return undefined;
  const response = error.response as
    | { status?: number; headers?: Answer["headers"]; data?: unknown }
    | undefined;
  if (response?.status === undefined) return undefined;
  const { message, errors } = (response.data ?? {}) as { message?: unknown; errors?: unknown };
  const list: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const fields = list.map((entry) => {
    const text = typeof entry === "string" ? entry : (entry as { message?: unknown } | null)?.message;
    return typeof text === "string" ? text : "";
  });
  return {
    status: response.status,
    headers: response.headers ?? {},
    message: typeof message === "string" ? message : "",
    fields: fields.filter((text) => text !== ""),
  };
}

/** Octokit makes a status of 500 without an answer of what `fetch` threw; a timeout keeps its name. */
function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "HttpError" || error.name === "AbortError" || error.name === "TimeoutError";
}
