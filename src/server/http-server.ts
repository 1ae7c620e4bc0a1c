import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Takes a request, or says that it is not for it. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<"handled" | "passed">;

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Asked in order; the first that does not pass has answered. */
  readonly handlers: readonly Handler[];
  /** A handler threw: the answer is a bare 500, the rest is for the log. */
  readonly onError: (error: unknown) => void;
}

export interface HttpServer {
  readonly port: number;
  /** Stops listening, lets requests under way finish, and closes idle connections. */
  close(): Promise<void>;
}

/** Time for the whole request, head and body: slower ones are cut (T008). */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5_000;
/** GitHub's own heads are below 4 KB (T009). */
const HEADER_BYTES_MAX = 32 * 1024;
const HEADERS_MAX = 200;
/** Connections at once; GitHub opens a handful (T008). */
const CONNECTIONS_MAX = 512;

/** Listens, with limits on everything a stranger can hold open. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => void dispatch(request, response, options),
  );
  server.maxHeadersCount = HEADERS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function dispatch(
  request: IncomingMessage,
  response: ServerResponse,
  { handlers, onError }: HttpServerOptions,
): Promise<void> {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cache-control", "no-store");
  try {
    for (const handle of handlers) if ((await handle(request, response)) === "handled") return;
    answer(response, 404, "Not found");
  } catch (error) {
    onError(error);
    answer(response, 500, "Internal error");
  }
}

/** Short text; says nothing that could differ between absent and forbidden. */
export function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
