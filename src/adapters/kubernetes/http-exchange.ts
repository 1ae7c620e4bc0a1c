import { createSecureContext } from "node:tls";

import { type Dispatcher, Pool } from "undici";

import { type ExchangeFailure, failureOf } from "./exchange-failure.ts";
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

/** etcd takes objects of 1.5 MB; JSON and managed fields may make several times that of one. */
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** The API server itself gives up after 60 s. */
const HEADERS_TIMEOUT_MS = 65_000;
const BODY_SILENCE_MS = 30_000;
/** An answer that drips in for ever ends here. */
const EXCHANGE_TIMEOUT_MS = 120_000;

/** One server: its connections, and how requests of ours travel on them. */
export interface Connection {
  /** Sends a request once. Redirects are answers, not followed: a token goes to its own server and nowhere else. */
  exchange(request: ApiRequest, headers: SignIn["headers"]): Promise<RawAnswer | ExchangeFailure>;
  /** The head of an answer whose body goes on: a watch. */
  open(
    options: { readonly path: string; readonly silenceMs: number; readonly signal: AbortSignal },
    headers: SignIn["headers"],
  ): Promise<Dispatcher.ResponseData | ExchangeFailure>;
  /** Takes nothing more; resolves when what was under way has ended. */
  retire(): Promise<void>;
  /** Breaks off what is under way. */
  destroy(): Promise<void>;
}

/**
 * One pool of connections, to one server with one way to sign in. HTTP/1.1: HTTP/2 measured no faster, and one broken
 * connection would take every watch with it.
 * @throws what OpenSSL says of a certificate or key that it cannot read
 */
export function createConnection({ server, tls }: Pick<SignIn, "server" | "tls">): Connection {
  const { origin, pathname } = new URL(server);
  const pool = new Pool(origin, { allowH2: false, connect: connectOptions(tls) });
  const basePath = pathname.replace(/\/$/, "");
  const sent = ({ method, path, accept, body }: Sent, headers: SignIn["headers"]) => ({
    path: `${basePath}${path}`,
    method,
    headers: {
      ...headers,
      accept: accept ?? "application/json",
      "user-agent": "plumbline",
      ...(body === undefined ? {} : { "content-type": body.type }),
    },
    ...(body === undefined ? {} : { body: body.text }),
    headersTimeout: HEADERS_TIMEOUT_MS,
  });
  return {
    exchange: (request, headers) =>
      collectAnswer(request.bytesMax ?? ANSWER_BYTES_MAX, (handler) => {
        pool.dispatch({ ...sent(request, headers), bodyTimeout: BODY_SILENCE_MS }, handler);
      }),
    async open({ path, silenceMs, signal }, headers) {
      try {
        return await pool.request({
          ...sent({ method: "GET", path }, headers),
          bodyTimeout: silenceMs,
          signal,
        });
      } catch (error) {
        return failureOf(error);
      }
    },
    retire: () => pool.close(),
    destroy: () => pool.destroy(),
  };
}

type Sent = Pick<ApiRequest, "method" | "path" | "accept" | "body">;

function connectOptions({ ca, cert, key, serverName, verify }: TlsOptions) {
  return {
    timeout: CONNECT_TIMEOUT_MS,
    // Said outright, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise switch it off for every cluster.
    rejectUnauthorized: verify === "always",
    // Read once, not at each of the connections.
    secureContext: createSecureContext({
      minVersion: "TLSv1.2",
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/**
 * Gathers one answer from the connection's own events: a stream and an abort signal for each of thousands of requests
 * would cost as much as all the rest of them. Longer than `bytesMax`, or dripping in for ever, it is dropped with its
 * connection.
 */
function collectAnswer(
  bytesMax: number,
  dispatch: (handler: Dispatcher.DispatchHandler) => void,
): Promise<RawAnswer | ExchangeFailure> {
  const { promise, resolve } = Promise.withResolvers<RawAnswer | ExchangeFailure>();
  const chunks: Buffer[] = [];
  let head: Omit<RawAnswer, "text"> = { status: 0, contentType: "", retryAfter: "" };
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const failed = (failure: ExchangeFailure): ExchangeFailure =>
    // Never begun: there was no connection, or this one was retired between being chosen and being used.
    timer === undefined ? { ...failure, sent: false } : failure;
  const settle = (answer: RawAnswer | ExchangeFailure): void => {
    clearTimeout(timer);
    resolve(answer);
  };
  dispatch({
    onRequestStart(controller) {
      timer = setTimeout(() => controller.abort(new Error("took too long")), EXCHANGE_TIMEOUT_MS);
    },
    onResponseStart(_controller, status, headers) {
      head = {
        status,
        contentType: headerOf(headers["content-type"]),
        retryAfter: headerOf(headers["retry-after"]),
      };
    },
    onResponseData(controller, chunk) {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > bytesMax) {
        settle({ kind: "too-large", sent: true, problem: "it is longer than any we take", cause: undefined });
        controller.abort(new Error("too large"));
      }
    },
    onResponseEnd: () => settle({ ...head, text: Buffer.concat(chunks, bytes).toString("utf8") }),
    onResponseError: (_controller, error) => settle(failed(failureOf(error))),
  });
  return promise;
}

/** Drops an answer and its connection. Without a listener undici's own abort would end the process. */
export function discard(body: Dispatcher.ResponseData["body"]): void {
  body.on("error", () => undefined);
  body.destroy();
}

function headerOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
