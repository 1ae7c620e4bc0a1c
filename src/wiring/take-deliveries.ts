import type { openJournal } from "../adapters/journal/journal.ts";
import type { Environment } from "../config/environment.ts";
import type { Log } from "../ports/log.ts";
import { type HttpServer, startHttpServer } from "../server/http-server.ts";
import { createProbes } from "../server/probes.ts";
import { createWebhookIntake } from "../server/webhook-intake.ts";
import { isEventName } from "../webhooks/requests-for.ts";
import { startGitHubApp } from "./github-app.ts";
import type { ServerCore } from "./server-core.ts";

/** Listens: deliveries are checked, written down, answered, and only then worked on. */
export async function takeDeliveries(
  { settings }: { readonly settings: Environment },
  {
    core,
    journal,
    log,
  }: { readonly core: ServerCore; readonly journal: ReturnType<typeof openJournal>; readonly log: Log },
): Promise<HttpServer> {
  const { appId, privateKey, webhookSecret: secret, githubApiUrl: baseUrl } = settings;
  const receive = await startGitHubApp({
    self: { appId },
    privateKey,
    secret,
    baseUrl,
    log,
    accept: (requests) => {
      const ids = journal.deliveries.append(requests);
      for (const [index, request] of requests.entries())
        core.reconciler.request(request, ids.slice(index, index + 1));
    },
  });
  const intake = createWebhookIntake({
    path: "/api/github/webhooks",
    secrets: () => [secret],
    isWanted: isEventName,
    accept: receive,
    log,
  });
  return startHttpServer({
    host: settings.host,
    port: settings.port,
    handlers: [intake, createProbes({ reasons: () => [] })],
    onError: (error) => log.error("a request failed", { error }),
  });
}
