import type { IncomingMessage } from "node:http";

/** Larger bodies than GitHub takes are not read. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;

/** A request, read to its end. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** `{}` for no body, `undefined` for one that is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Takes `/api/v3` off the path. */
export async function readRequest(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  const path = url.pathname.replace(/^\/api\/v3(?=\/)/, "");
  return {
    method: request.method ?? "GET",
    url,
    path,
    headers: request.headers,
    body: parse(Buffer.concat(chunks).toString("utf8")),
  };
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  if (body === "") return {};
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
