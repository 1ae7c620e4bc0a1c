import { createHmac } from "node:crypto";
import { createServer } from "node:http";

import type { GitHubDouble } from "../../src/sandbox/github/github-double.ts";

export interface CaughtWebhook {
  readonly event: string;
  readonly action: string;
  readonly delivery: string;
  readonly isSigned: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Stands where the App would, and only takes down what it is told. */
export interface WebhookCatcher {
  readonly received: CaughtWebhook[];
  /** `pull_request.opened`, in the order of arrival. */
  names(): readonly string[];
  /** Of comments. */
  bodies(): readonly string[];
  close(): Promise<void>;
}

export async function createWebhookCatcher(github: GitHubDouble): Promise<WebhookCatcher> {
  const received: CaughtWebhook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const expected = createHmac("sha256", github.app.webhookSecret).update(body).digest("hex");
      const payload = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
      received.push({
        event: String(request.headers["x-github-event"]),
        action: String(payload["action"] ?? ""),
        delivery: String(request.headers["x-github-delivery"]),
        isSigned: request.headers["x-hub-signature-256"] === `sha256=${expected}`,
        payload,
      });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  github.app.webhookUrl = `http://127.0.0.1:${port}/api/github/webhooks`;
  return {
    received,
    names: () => received.map(({ event, action }) => (action === "" ? event : `${event}.${action}`)),
    bodies: () =>
      received
        .filter(({ event }) => event === "issue_comment")
        .map(({ payload }) => (payload["comment"] as { body: string }).body),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
