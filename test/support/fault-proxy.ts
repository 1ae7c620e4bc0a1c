import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, type Dispatcher } from "undici";

import type { ClusterAccess } from "./cluster/start-cluster.ts";

/** What a request meets instead of the API server. */
export type Fault =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** The connection breaks before the server has seen the request. */
  | { readonly kind: "reset" }
  /** The server carries the request out, and its answer is lost. */
  | { readonly kind: "lose-answer" }
  /** The server carries the request out, `whenDone` is called, and its answer never comes. */
  | { readonly kind: "keep-answer"; readonly whenDone: () => void }
  /** An answer that never ends: JSON white space, as fast as it is taken. */
  | { readonly kind: "endless" }
  /** The connection stays open and nothing more comes, ever. */
  | { readonly kind: "silence" };

export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly isWatch: boolean;
  readonly headers: IncomingMessage["headers"];
  /** Milliseconds, monotonic. */
  readonly at: number;
}

/** A real API server behind something that goes wrong. */
export interface FaultProxy {
  /** `http://127.0.0.1:PORT`: faults are told apart by path and method, so TLS ends here. */
  readonly server: string;
  /** All requests so far, in order. */
  readonly requests: readonly ProxiedRequest[];
  /** Decides for each request from now on; `undefined` passes it on. */
  inject(fault: (request: ProxiedRequest) => Fault | undefined): void;
  /** Every request passes again. */
  heal(): void;
  /** Breaks the watches that are open. */
  cutWatches(): void;
  /** Open watches stay open and show nothing more. */
  silenceWatches(): void;
  /** Writes an event into the open watches, as if the server had sent it. */
  sendToWatches(event: unknown): void;
  readonly openWatches: number;
  close(): Promise<void>;
}

interface OpenWatch {
  readonly response: ServerResponse;
  readonly upstream: Dispatcher.ResponseData["body"];
}

export async function startFaultProxy(
  cluster: Pick<ClusterAccess, "server" | "ca" | "tokens">,
): Promise<FaultProxy> {
  const agent = new Agent({ connect: { ca: cluster.ca } });
  const requests: ProxiedRequest[] = [];
  const watches = new Set<OpenWatch>();
  let decide: (request: ProxiedRequest) => Fault | undefined = () => undefined;

  const pass = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    isWatch: boolean,
  ): Promise<void> => {
    const answer = await forward(agent, cluster.server, incoming);
    response.writeHead(answer.statusCode, { "content-type": String(answer.headers["content-type"] ?? "") });
    const watch = { response, upstream: answer.body };
    if (isWatch) watches.add(watch);
    response.on("close", () => {
      watches.delete(watch);
      answer.body.destroy();
    });
    response.flushHeaders();
    answer.body.on("error", () => response.destroy());
    answer.body.pipe(response);
  };
  const server = createServer((incoming, response) => {
    const url = incoming.url ?? "";
    const { headers, method = "" } = incoming;
    const isWatch = url.includes("watch=true");
    const proxied = { method, url, headers, isWatch, at: performance.now() };
    requests.push(proxied);
    const fault = decide(proxied);
    if (fault === undefined) pass(incoming, response, isWatch).catch(() => response.destroy());
    else if (fault.kind === "lose-answer")
      void forward(agent, cluster.server, incoming).then(() => response.destroy());
    else if (fault.kind === "keep-answer")
      void carryOut(agent, cluster.server, incoming).then(fault.whenDone);
    else suffer(fault, incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    inject: (fault) => {
      decide = fault;
    },
    heal: () => {
      decide = () => undefined;
    },
    cutWatches() {
      for (const { response } of watches) response.destroy();
    },
    silenceWatches() {
      for (const { response, upstream } of watches) upstream.unpipe(response);
    },
    sendToWatches(event) {
      for (const { response } of watches) response.write(`${JSON.stringify(event)}\n`);
    },
    get openWatches() {
      return watches.size;
    },
    async close() {
      await stop(server);
      await agent.destroy();
    },
  };
}

async function forward(
  agent: Agent,
  server: string,
  incoming: IncomingMessage,
): Promise<Dispatcher.ResponseData> {
  const { host, connection, "transfer-encoding": _, ...headers } = incoming.headers;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return agent.request({
    origin: server,
    path: incoming.url ?? "/",
    method: (incoming.method ?? "GET") as Dispatcher.HttpMethod,
    headers: headers as Record<string, string>,
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    bodyTimeout: 0,
  });
}

/** @returns once the server has done it: its answer is there to the last byte. */
async function carryOut(agent: Agent, server: string, incoming: IncomingMessage): Promise<void> {
  const { body } = await forward(agent, server, incoming);
  await body.dump();
}

function suffer(
  fault: Exclude<Fault, { kind: "lose-answer" | "keep-answer" }>,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault.kind) {
    case "answer":
      incoming.resume();
      response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
      response.end(fault.body ?? statusBody(fault.status));
      return;
    case "reset":
      incoming.socket.resetAndDestroy();
      return;
    case "silence":
      incoming.resume();
      return;
    case "endless":
      response.writeHead(200, { "content-type": "application/json" });
      pour(response);
      return;
  }
}

function statusBody(code: number): string {
  return JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, message: "injected" });
}

const WHITE_SPACE = Buffer.alloc(256 * 1024, " ");

function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(WHITE_SPACE));
  if (!response.destroyed) response.once("drain", () => pour(response));
}

function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
