import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";

import type { ReconcileRequest } from "../../src/domain/reconcile-request.ts";
import { startHttpServer } from "../../src/server/http-server.ts";
import { createWebhookIntake } from "../../src/server/webhook-intake.ts";
import { isEventName } from "../../src/webhooks/requests-for.ts";
import { startGitHubApp } from "../../src/wiring/github-app.ts";
import { createRecordedLog, type RecordedLog } from "./silent-log.ts";

/** Our server with the intake and the Probot app behind it, and what came out at the other end. */
export interface IntakeRig {
  readonly port: number;
  readonly url: string;
  readonly accepted: ReconcileRequest[];
  readonly errors: unknown[];
  readonly log: RecordedLog;
  secrets: readonly string[];
  /** What accepting does instead of only being noted. */
  onAccept: () => void;
  close(): Promise<void>;
}

export const SECRET = "a secret of the tests";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

export async function createIntakeRig(): Promise<IntakeRig> {
  const accepted: ReconcileRequest[] = [];
  const errors: unknown[] = [];
  const log = createRecordedLog();
  const accept = await startGitHubApp({
    self: { appId: 17 },
    privateKey,
    secret: SECRET,
    baseUrl: "http://127.0.0.1:1",
    accept(requests) {
      rig.onAccept();
      accepted.push(...requests);
    },
    log,
  });
  const intake = createWebhookIntake({
    path: "/api/github/webhooks",
    secrets: () => rig.secrets,
    isWanted: isEventName,
    accept,
    log,
  });
  const server = await startHttpServer({
    host: "127.0.0.1",
    port: 0,
    handlers: [intake],
    onError: (error) => errors.push(error),
  });
  const rig: IntakeRig = {
    port: server.port,
    url: `http://127.0.0.1:${server.port}/api/github/webhooks`,
    accepted,
    errors,
    log,
    secrets: [SECRET],
    onAccept: () => undefined,
    close: () => server.close(),
  };
  return rig;
}

export interface SentDelivery {
  readonly event?: string;
  readonly id?: string;
  readonly body: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** Sends a delivery as GitHub would; `headers` go over the usual ones, `""` leaves one out. @returns the status. */
export async function send(
  rig: IntakeRig,
  { event = "push", id, body, secret, headers }: SentDelivery,
): Promise<number> {
  const all: Record<string, string> = {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": id ?? randomUUID(),
    "x-hub-signature-256": sign(body, secret),
    ...headers,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
  const response = await fetch(rig.url, { method: "POST", headers: kept, body });
  await response.text();
  return response.status;
}
