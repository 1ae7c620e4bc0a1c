import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";

/** Real Git over smart HTTP: `git http-backend` behind a server that can misbehave. */
export interface GitHttpServer {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string;
  /** Each request in order, headers as they came. */
  readonly requests: readonly RecordedRequest[];
  /** How the next requests are treated; {@link asUsual} until told otherwise. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** Answers the request itself (`true`), or leaves it to Git (`false`). */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface GitHttpServerOptions {
  /** Folder under which repositories lie; `/shop` serves `ROOT/shop`. */
  readonly root: string;
  /** The only `Authorization` that is let in; absent lets in everyone. */
  readonly authorization?: string;
  /** Speaks https with this certificate. */
  readonly tls?: ServerOptions;
}

export const asUsual: Behaviour = () => false;

/** Sends every request elsewhere, as a server does whose repository was renamed. */
export function redirectTo(url: string): Behaviour {
  return (request, response) => {
    response.writeHead(302, { location: `${url}${request.url ?? ""}` }).end();
    return true;
  };
}

/** Cuts the connection in the middle of each pack, the first `times` times. */
export function dieInMidPack(times: number): Behaviour {
  let left = times;
  return (request, response) => {
    if (left === 0 || request.method !== "POST") return false;
    left -= 1;
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
    response.write("000dpackfile\n2000\u0001PACK");
    response.socket?.destroySoon();
    return true;
  };
}

/** Takes the request and says nothing. */
export const neverAnswer: Behaviour = () => true;

export async function startGitHttpServer(options: GitHttpServerOptions): Promise<GitHttpServer> {
  const requests: RecordedRequest[] = [];
  let behaviour: Behaviour = asUsual;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const { authorization } = request.headers;
    requests.push({ method: request.method ?? "", path: request.url ?? "", authorization });
    if (behaviour(request, response)) return;
    if (options.authorization !== undefined && authorization !== options.authorization) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    } else {
      serveGit(options.root, request, response);
    }
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    requests,
    behave: (next) => {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** CGI as git-http-backend(1) describes it. */
function serveGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: String(request.headers["content-type"] ?? ""),
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
    },
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => {});
  let head = Buffer.alloc(0);
  const takeHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    child.stdout.off("data", takeHead);
    const headers = head
      .toString("latin1", 0, end)
      .split("\r\n")
      .map((line) => line.split(/: (.*)/s) as [string, string]);
    const status = Number(headers.find(([name]) => name === "Status")?.[1].slice(0, 3) ?? 200);
    response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== "Status")));
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  };
  child.stdout.on("data", takeHead);
  child.on("close", () => response.end());
}
