import { Agent, request } from "undici";

import type { ClusterAccess } from "./start-cluster.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Reached = Pick<ClusterAccess, "server" | "ca" | "tokens">;

/** Plain requests of who may do everything. */
export interface ClusterAdmin {
  /** One request; a status from 300 up is an error. */
  admin(method: Method, path: string, body?: unknown): Promise<unknown>;
  /** Server-side apply; `path` carries the field manager. */
  adminApply(path: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Requests as `admin`, whose connections are kept until it is closed. */
export function createAdmin({ server, ca, tokens }: Reached): ClusterAdmin {
  const agent = new Agent({ connect: { ca } });
  const send = async (
    method: Method,
    path: string,
    body?: { readonly type: string; readonly text: string },
  ): Promise<string> => {
    const answer = await request(`${server}${path}`, {
      dispatcher: agent,
      method,
      headers: {
        authorization: `Bearer ${tokens.admin}`,
        ...(body === undefined ? {} : { "content-type": body.type }),
      },
      ...(body === undefined ? {} : { body: body.text }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path} → ${answer.statusCode}: ${text}`);
    return text;
  };
  return {
    async admin(method, path, body) {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const text = await send(
        method,
        path,
        body === undefined ? undefined : { type, text: JSON.stringify(body) },
      );
      return text.startsWith("{") ? (JSON.parse(text) as unknown) : text;
    },
    async adminApply(path, text) {
      await send("PATCH", path, { type: "application/apply-patch+yaml", text });
    },
    close: () => agent.close(),
  };
}
