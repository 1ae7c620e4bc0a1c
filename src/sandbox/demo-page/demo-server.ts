import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { DemoView } from "./demo-view.ts";

/** What the page's buttons do. Each resolves when the double has taken it; what follows from it is watched. */
export interface DemoActions {
  readonly comment: (number: number, as: string, body: string) => Promise<void>;
  readonly push: (number: number) => Promise<void>;
  /** Pushes a chart that does not render. */
  readonly breakChart: (number: number) => Promise<void>;
  /** Asks for a check to be run again, as GitHub's button does. */
  readonly rerun: (checkId: number) => Promise<void>;
  readonly merge: (number: number, as: string) => Promise<void>;
  /**
   * Opens a further pull request, of a branch that was pushed; `""` pushes one first.
   * @returns its number
   */
  readonly open: (branch: string) => Promise<number>;
  /** Changes something in the cluster behind everybody's back. */
  readonly drift: () => Promise<void>;
}

export interface DemoServerParts {
  readonly view: () => Promise<DemoView>;
  readonly actions: DemoActions;
  /** Calls back whenever the view may have changed. */
  readonly subscribe: (changed: () => void) => () => void;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Loopback only: the page acts for everybody it shows. */
const HOST = "127.0.0.1";
const BODY_BYTES_MAX = 100_000;
const LOOK_AGAIN_MS = 500;
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  "/": { name: "page.html", type: "text/html; charset=utf-8" },
  "/page.js": { name: "page.js", type: "text/javascript; charset=utf-8" },
  "/conversation.js": { name: "conversation.js", type: "text/javascript; charset=utf-8" },
  "/elements.js": { name: "elements.js", type: "text/javascript; charset=utf-8" },
  "/page.css": { name: "page.css", type: "text/css; charset=utf-8" },
};

/** Serves the demo's page: the conversation as GitHub would show it, and buttons to take part in it. */
export async function startDemoServer(
  parts: DemoServerParts,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const streams = new Set<ServerResponse>();
  const tell = (): void => {
    for (const stream of streams) stream.write("data: changed\n\n");
  };
  const stop = parts.subscribe(tell);
  const stopLooking = watchView(parts.view, { tell, isWatched: () => streams.size > 0 });
  const server = createServer((request, response) => {
    handle(request, response, { parts, streams }).catch((error: unknown) => {
      answer(response, 400, { message: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve) => server.listen(parts.port, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}/`,
    close: async () => {
      stop();
      stopLooking();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Not everything is announced: GitHub tells nobody of a reaction. @returns how to stop. */
function watchView(
  view: () => Promise<DemoView>,
  { tell, isWatched }: { readonly tell: () => void; readonly isWatched: () => boolean },
): () => void {
  let before = "";
  const look = async (): Promise<void> => {
    const now = JSON.stringify(await view());
    if (now !== before) tell();
    before = now;
  };
  // A view that cannot be had just now is looked at again.
  const timer = setInterval(() => void (isWatched() && look().catch(() => undefined)), LOOK_AGAIN_MS);
  return () => clearInterval(timer);
}

interface Serving {
  readonly parts: DemoServerParts;
  readonly streams: Set<ServerResponse>;
}

async function handle(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const path = new URL(request.url ?? "/", `http://${HOST}`).pathname;
  if (request.method === "POST") return act(request, response, { path, actions: serving.parts.actions });
  if (path === "/state") return answer(response, 200, await serving.parts.view());
  if (path === "/events") return follow(response, serving.streams);
  const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (file === undefined) return answer(response, 404, { message: "Not found" });
  response.writeHead(200, {
    "content-type": file.type,
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
  });
  response.end(readFileSync(join(import.meta.dirname, file.name)));
}

function follow(response: ServerResponse, streams: Set<ServerResponse>): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("data: hello\n\n");
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

async function act(
  request: IncomingMessage,
  response: ServerResponse,
  { path, actions }: { readonly path: string; readonly actions: DemoActions },
): Promise<void> {
  // Another site's page could send a form, but not this header without asking first.
  if (request.headers["content-type"] !== "application/json")
    return answer(response, 415, { message: "JSON, please" });
  const asked = JSON.parse(await readBody(request)) as Partial<
    Record<"number" | "as" | "body" | "check" | "branch", unknown>
  >;
  const number = Number(asked.number);
  const as = String(asked.as ?? "");
  const doing: Readonly<Record<string, () => Promise<unknown>>> = {
    "/comment": () => actions.comment(number, as, String(asked.body ?? "")),
    "/push": () => actions.push(number),
    "/break": () => actions.breakChart(number),
    "/rerun": () => actions.rerun(Number(asked.check)),
    "/merge": () => actions.merge(number, as),
    "/open": () => actions.open(String(asked.branch ?? "")),
    "/drift": () => actions.drift(),
  };
  const action = Object.hasOwn(doing, path) ? doing[path] : undefined;
  if (action === undefined) return answer(response, 404, { message: "Not found" });
  const opened = await action();
  answer(response, 200, typeof opened === "number" ? { opened } : {});
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
    if (text.length > BODY_BYTES_MAX) throw new RangeError("the request is too long");
  }
  return text;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
