import { Agent, type Dispatcher } from "undici";

import type { SignIn, TlsOptions } from "./sign-in.ts";

/** One HTTP request of ours. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query below the server's base URL. */
  readonly path: string;
  readonly accept?: string;
  readonly body?: { readonly type: string; readonly text: string };
  /** What may be sent again when it is not known whether it was carried out. */
  readonly repeat: "always" | "if-not-sent";
  /** Longest answer taken; default {@link ANSWER_BYTES_MAX}. */
  readonly bytesMax?: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string;
  readonly text: string;
}

/** Why no answer came. `sent` is whether the server may have carried the request out. */
export interface ExchangeFailure {
  readonly kind: "unreachable" | "certificate" | "too-large";
  readonly sent: boolean;
  /** Printable: no address, no token. */
  readonly problem: string;
  readonly cause: unknown;
}

/** etcd takes objects of 1.5 MB; JSON and managed fields may make several times that of one. */
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** The API server itself gives up after 60 s. */
const HEADERS_TIMEOUT_MS = 65_000;
const BODY_SILENCE_MS = 30_000;
/** An answer that drips in for ever ends here. */
const EXCHANGE_TIMEOUT_MS = 120_000;

/**
 * One pool of connections, to one server with one way to sign in. HTTP/1.1: HTTP/2 measured no faster, and one broken
 * connection would take every watch with it.
 */
export function createAgent(tls: TlsOptions): Agent {
  const { ca, cert, key, serverName, verify } = tls;
  return new Agent({
    allowH2: false,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      // Said outright, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise switch it off for every cluster.
      rejectUnauthorized: verify === "always",
      minVersion: "TLSv1.2",
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    },
  });
}

/** Sends a request once. Redirects are answers, not followed: a token goes to its own server and nowhere else. */
export async function exchange(
  agent: Agent,
  signIn: SignIn,
  request: ApiRequest & { readonly signal: AbortSignal },
): Promise<RawAnswer | ExchangeFailure> {
  try {
    const answer = await agent.request({
      ...requestOptions(signIn, request),
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: BODY_SILENCE_MS,
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]),
    });
    const text = await readCapped(answer.body, request.bytesMax ?? ANSWER_BYTES_MAX);
    if (text === undefined) {
      return { kind: "too-large", sent: true, problem: "it is longer than any we take", cause: undefined };
    }
    return {
      status: answer.statusCode,
      contentType: headerOf(answer.headers["content-type"]),
      retryAfter: headerOf(answer.headers["retry-after"]),
      text,
    };
  } catch (error) {
    return failureOf(error);
  }
}

/** The head of an answer whose body goes on: a watch. */
export async function openStream(
  agent: Agent,
  signIn: SignIn,
  options: { readonly path: string; readonly silenceMs: number; readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData | ExchangeFailure> {
  try {
    return await agent.request({
      ...requestOptions(signIn, { method: "GET", path: options.path }),
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: options.silenceMs,
      signal: options.signal,
    });
  } catch (error) {
    return failureOf(error);
  }
}

/** The whole body as text, or `undefined` once it is longer than `bytesMax`; the connection is then dropped. */
async function readCapped(
  body: Dispatcher.ResponseData["body"],
  bytesMax: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      discard(body);
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString("utf8");
}

/** Drops an answer and its connection. Without a listener undici's own abort would end the process. */
export function discard(body: Dispatcher.ResponseData["body"]): void {
  body.on("error", () => undefined);
  body.destroy();
}

export function isFailure<T extends object>(answer: T | ExchangeFailure): answer is ExchangeFailure {
  return "kind" in answer;
}

function requestOptions(
  { server, headers }: SignIn,
  { method, path, accept, body }: Pick<ApiRequest, "method" | "path" | "accept" | "body">,
): Dispatcher.RequestOptions {
  const base = new URL(server);
  return {
    origin: base.origin,
    path: `${base.pathname.replace(/\/$/, "")}${path}`,
    method,
    headers: {
      ...headers,
      accept: accept ?? "application/json",
      "user-agent": "plumbline",
      ...(body === undefined ? {} : { "content-type": body.type }),
    },
    ...(body === undefined ? {} : { body: body.text }),
  };
}

function headerOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an authority that is not trusted",
  CERT_SIGNATURE_FAILURE: "its certificate was not made by the authority it names",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** Codes of failures before the first byte of a request was sent. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function failureOf(error: unknown): ExchangeFailure {
  const code = codeOf(error);
  const problem = CERTIFICATE_PROBLEMS[code];
  if (problem !== undefined) return { kind: "certificate", sent: false, problem, cause: error };
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") {
    const refused = `no secure connection could be agreed on (${code})`;
    return { kind: "certificate", sent: false, problem: refused, cause: error };
  }
  return { kind: "unreachable", sent: !NOT_SENT.has(code), problem: code, cause: error };
}

/** The `code` of an error or of what caused it (`AggregateError` for a host with several addresses). */
function codeOf(error: unknown): string {
  for (let current = error, depth = 0; depth < 4 && current instanceof Error; depth += 1) {
    if ("code" in current && typeof current.code === "string") return current.code;
    current = current.cause;
  }
  return "";
}
