import type { IncomingMessage, ServerResponse } from "node:http";

import type { Log } from "../ports/log.ts";
import { answer, type Handler } from "./http-server.ts";
import { claimedSignature, type Refused, readSignedBody } from "./signed-body.ts";

/** A delivery that GitHub signed. */
export interface VerifiedDelivery {
  /** GitHub's, the same when it is sent again. For logs only: nothing is decided by it (T018). */
  readonly id: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface WebhookIntakeOptions {
  readonly path: string;
  /** Asked for each delivery, so that a secret can be rotated without a restart; any of them may have signed (T006). */
  readonly secrets: () => readonly string[];
  /** Which events are worth parsing: the others are answered and forgotten. */
  readonly isWanted: (event: string) => boolean;
  /** What it has accepted is durable when it resolves. A rejection is answered with 500, which GitHub's log shows. */
  readonly accept: (delivery: VerifiedDelivery) => Promise<void>;
  readonly log: Log;
}

/** GitHub sends no larger ones. @see https://docs.github.com/webhooks/webhook-events-and-payloads */
export const DELIVERY_BYTES_MAX = 25 * 1024 * 1024;
/** All bodies whose signature is not known yet, together (T007). */
const UNVERIFIED_BYTES_MAX = 4 * DELIVERY_BYTES_MAX;
/** GitHub itself gives up after ten seconds (T008). */
const BODY_TIMEOUT_MS = 10_000;
/** How long the rest of a refused body is thrown away, so that its sender gets to read the answer. */
const LINGER_MS = 1_000;

/**
 * Takes deliveries: checks the signature over the raw bytes, and only then keeps or parses anything. Whoever does not
 * know the secret learns nothing but a status, and holds little of our memory for a short while.
 */
export function createWebhookIntake(options: WebhookIntakeOptions): Handler {
  let unverifiedBytes = 0;
  const memory = {
    take(bytes: number): boolean {
      unverifiedBytes += bytes;
      return unverifiedBytes <= UNVERIFIED_BYTES_MAX;
    },
    giveBack(bytes: number): void {
      unverifiedBytes -= bytes;
    },
  };
  const limits = { bytesMax: DELIVERY_BYTES_MAX, timeoutMs: BODY_TIMEOUT_MS, memory };
  return async (request, response) => {
    if (request.url?.split("?")[0] !== options.path) return "passed";
    const head = readHead(request);
    if (head.kind === "refused") {
      refuse(request, response, head);
      return "handled";
    }
    const { signature } = head;
    const received = await readSignedBody(request, { signature, secrets: options.secrets() }, limits);
    if (received.kind === "refused") refuse(request, response, received);
    else await take(response, { head, body: received.body }, options);
    return "handled";
  };
}

interface Head {
  readonly kind: "head";
  readonly id: string;
  readonly event: string;
  readonly signature: Buffer;
}

/** What can be told before a byte of the body is read. */
function readHead({ method, headers }: IncomingMessage): Head | Refused {
  const refused = (status: number, words: string): Refused => ({ kind: "refused", status, words });
  if (method !== "POST") return refused(405, "Deliveries are posted");
  const isJson = /^application\/json(?:\s*;|$)/i.test(headers["content-type"] ?? "");
  if (!isJson || headers["content-encoding"] !== undefined) return refused(415, "Deliveries are plain JSON");
  const signature = claimedSignature(headers["x-hub-signature-256"]);
  if (signature === undefined) return refused(401, "No signature");
  const event = headers["x-github-event"];
  const id = headers["x-github-delivery"];
  if (typeof event !== "string" || typeof id !== "string" || !/^[\w-]{1,100}$/.test(id)) {
    return refused(400, "No event or no delivery id");
  }
  if (Number(headers["content-length"] ?? 0) > DELIVERY_BYTES_MAX) return refused(413, "Too large");
  return { kind: "head", id, event, signature };
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, words }: Refused): void {
  // Not `connection: close`: Node would cut a sender off before it has read the answer.
  request.on("error", () => undefined).resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS).unref();
  request.once("close", () => clearTimeout(timer));
  answer(response, status, words);
}

async function take(
  response: ServerResponse,
  { head, body }: { readonly head: Head; readonly body: Buffer },
  { isWanted, accept, log }: WebhookIntakeOptions,
): Promise<void> {
  const { id, event } = head;
  if (!isWanted(event)) return answer(response, 202, "Nothing to do");
  const payload = parseObject(body);
  if (payload === undefined) return answer(response, 400, "The body is no JSON object");
  try {
    await accept({ id, event, payload });
    answer(response, 202, "Accepted");
  } catch (error) {
    log.error("A delivery could not be kept", { id, event, error });
    answer(response, 500, "Not kept");
  }
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
