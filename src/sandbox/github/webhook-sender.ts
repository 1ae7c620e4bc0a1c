import { createHmac, randomUUID } from "node:crypto";

import type { OpenApi } from "./openapi.ts";
import { presentAccount, presentInstallation, presentRepository } from "./present.ts";
import { installationOf, type World, type WorldEvent } from "./world.ts";

/** GitHub gives up on an answer after ten seconds. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Entries of the delivery log that are kept; GitHub keeps three days. */
const DELIVERIES_KEPT_MAX = 5_000;

/** One delivery, as `GET /app/hook/deliveries` tells of it. */
export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly deliveredAt: number;
  readonly isRedelivery: boolean;
  readonly installationId: number | undefined;
  readonly repositoryId: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** 0 while under way, and where nobody answered. */
  statusCode: number;
  status: string;
  answer: string;
  durationSeconds: number;
}

export interface WebhookSender {
  /** Newest first. */
  deliveries(): readonly Delivery[];
  /** Sends a logged delivery again, as the button does. */
  redeliver(id: number): boolean;
  /** The next deliveries, of that event if one is named, never reach the App; the log says they failed. */
  drop(times: number, event?: string): void;
  /** The next deliveries arrive twice. */
  duplicate(times: number): void;
  /** Keeps deliveries back until `release`, which sends them in the order given (`reverse` for youngest first). */
  hold(): { release(order: "as-is" | "reverse"): void };
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** Sends what happens in the world to the App: signed, asynchronously, each once, in no guaranteed order. */
export function createWebhookSender(
  world: World,
  { openApi, violations }: { readonly openApi: OpenApi; readonly violations: string[] },
): WebhookSender {
  const wire = createWire(world);
  let duplicates = 0;
  let held: Delivery[] | undefined;

  world.subscribe((event) => {
    const payload = payloadOf(world, event);
    if (payload === undefined) return;
    const name = [event.event, event.action].filter((part) => part !== undefined).join("-");
    violations.push(...openApi.checkWebhook(name.replaceAll("_", "-"), payload));
    const delivery = newDelivery(world, event, payload);
    const isDoubled = duplicates > 0;
    if (isDoubled) duplicates -= 1;
    for (const copy of isDoubled ? [delivery, { ...delivery, id: world.newId() }] : [delivery]) {
      if (held === undefined) wire.send(copy);
      else held.push(copy);
    }
  });

  return {
    deliveries: wire.deliveries,
    drop: wire.drop,
    idle: wire.idle,
    redeliver(id) {
      const delivery = wire.deliveries().find((one) => one.id === id);
      if (delivery === undefined) return false;
      wire.send({ ...delivery, id: world.newId(), isRedelivery: true, deliveredAt: world.now() });
      return true;
    },
    duplicate(times) {
      duplicates += times;
    },
    hold() {
      held ??= [];
      return {
        release(order) {
          const waiting = held ?? [];
          held = undefined;
          for (const delivery of order === "reverse" ? waiting.reverse() : waiting) wire.send(delivery);
        },
      };
    },
  };
}

type Wire = Pick<WebhookSender, "deliveries" | "drop" | "idle"> & { send(delivery: Delivery): void };

/** The way to the App, with its log and its losses. */
function createWire(world: World): Wire {
  const log: Delivery[] = [];
  const underWay = new Set<Promise<void>>();
  const drops: { left: number; event: string | undefined }[] = [];
  return {
    deliveries: () => log,
    drop: (left, event) => void drops.push({ left, event }),
    send(delivery) {
      log.unshift(delivery);
      log.length = Math.min(log.length, DELIVERIES_KEPT_MAX);
      const drop = drops.find(({ left, event }) => left > 0 && (event ?? delivery.event) === delivery.event);
      if (drop !== undefined) {
        drop.left -= 1;
        Object.assign(delivery, { status: "failed to connect to host", statusCode: 502 });
        return;
      }
      const posted = post(world, delivery).finally(() => underWay.delete(posted));
      underWay.add(posted);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** `undefined` where the App does not hear of it: not installed, suspended, or not subscribed. */
function payloadOf(world: World, event: WorldEvent): Readonly<Record<string, unknown>> | undefined {
  const { app } = world;
  const isAlways = event.event === "installation" || event.event === "installation_repositories";
  if (!isAlways && !app.events.includes(event.event)) return undefined;
  const installation = event.installation ?? (event.repository && installationOf(world, event.repository));
  if (installation === undefined) return undefined;
  if (installation.suspendedAt !== undefined && !isAlways) return undefined;
  return {
    ...(event.action === undefined ? {} : { action: event.action }),
    ...(event.repository === undefined ? {} : { repository: presentRepository(world, event.repository) }),
    ...event.fields,
    installation: isAlways
      ? presentInstallation(world, installation)
      : { id: installation.id, node_id: String(installation.id) },
    sender: presentAccount(world, event.sender),
  };
}

function newDelivery(world: World, event: WorldEvent, payload: Readonly<Record<string, unknown>>): Delivery {
  const installation = event.installation ?? (event.repository && installationOf(world, event.repository));
  const guid = randomUUID();
  return {
    id: world.newId(),
    guid,
    event: event.event,
    action: event.action,
    deliveredAt: world.now(),
    isRedelivery: false,
    installationId: installation?.id,
    repositoryId: event.repository?.id,
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/sandbox",
      "x-github-delivery": guid,
      "x-github-event": event.event,
      "x-github-hook-id": "1",
      "x-github-hook-installation-target-id": String(world.app.id),
      "x-github-hook-installation-target-type": "integration",
    },
    payload,
    statusCode: 0,
    status: "pending",
    answer: "",
    durationSeconds: 0,
  };
}

async function post(world: World, delivery: Delivery): Promise<void> {
  const { webhookUrl, webhookSecret } = world.app;
  const body = JSON.stringify(delivery.payload);
  const signature = `sha256=${createHmac("sha256", webhookSecret).update(body).digest("hex")}`;
  const startedAt = performance.now();
  try {
    if (webhookUrl === "") throw new Error("no webhook URL is set");
    const headers = { ...delivery.headers, "x-hub-signature-256": signature };
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await fetch(webhookUrl, { method: "POST", headers, body, signal });
    delivery.answer = await response.text();
    delivery.statusCode = response.status;
    delivery.status = response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`;
  } catch {
    // As GitHub's log: who was not reached has no status of its own.
    delivery.status = "failed to connect to host";
    delivery.statusCode = 502;
  }
  delivery.durationSeconds = Math.round(performance.now() - startedAt) / 1000;
}
