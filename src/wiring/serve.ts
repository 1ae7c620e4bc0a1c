import { homedir } from "node:os";

import { createFolderControlPlane } from "../adapters/control-plane/folder.ts";
import { openJournal } from "../adapters/journal/journal.ts";
import { createClusterConnections } from "../adapters/kubernetes/cluster-connections.ts";
import { findOwnCluster } from "../adapters/kubernetes/own-cluster.ts";
import type { RendererOptions } from "../adapters/renderer/renderer.ts";
import { createSystemClock } from "../adapters/system/clock.ts";
import { assembleControlPlane } from "../config/control-plane.ts";
import type { Environment } from "../config/environment.ts";
import { keepLastGood } from "../config/keep-last-good.ts";
import { readDefinitions, unreadableFile } from "../config/read-definitions.ts";
import type { ClusterDefinition } from "../domain/control-plane.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { createRegistry, type Registry } from "../reconciler/registry.ts";
import { createExit } from "../report/exit.ts";
import { startHttpServer } from "../server/http-server.ts";
import { createProbes } from "../server/probes.ts";
import { createWebhookIntake } from "../server/webhook-intake.ts";
import { isEventName } from "../webhooks/requests-for.ts";
import { createClusterDirectory, type OpenCluster } from "./clusters.ts";
import { createGitCredentials } from "./git-credentials.ts";
import { startGitHubApp } from "./github-app.ts";
import { createGitHubPorts } from "./github-ports.ts";
import { createJsonLog } from "./json-log.ts";
import { createRenderStack } from "./render-stack.ts";
import { secretsOf } from "./secrets.ts";
import { createInstalledRepositories, createServerCore, type ServerCore } from "./server-core.ts";

/** Where destinations lead: real clusters for `serve`, a throw-away one for the demo. */
export interface ClusterAccess {
  open(server: string): OpenCluster;
  define(definitions: readonly ClusterDefinition[]): void;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly settings: Environment;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
  readonly clusters?: ClusterAccess;
  readonly renderer?: Omit<RendererOptions, "objects">;
  /** Repositories by `http://127.0.0.1`, as the demo's GitHub has them. */
  readonly protocols?: readonly ("https" | "http" | "ssh")[];
}

export interface RunningServer extends ServerCore {
  readonly port: number;
  readonly registry: Registry;
  readonly log: Log;
  /** Renders and hits so far. */
  renderCounts(): { readonly renders: number; readonly hits: number };
  /** Finishes or puts aside what is under way; what must survive is in the journal. */
  close(): Promise<void>;
}

/** The whole of Plumbline, listening. @throws OperationError when it cannot be started safely */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { settings, environment } = options;
  const clock = createSystemClock();
  const known = new Set<string>();
  const { scrub } = createExit({ credentials: () => known });
  const log = createJsonLog({ level: settings.logLevel, scrub, write: options.writeLog });
  const remember = (secrets: Iterable<string>): void => {
    for (const secret of secrets) known.add(secret);
  };
  remember([settings.privateKey, settings.webhookSecret]);
  const journal = openJournal({ stateDir: settings.stateDirectory, clock, log });
  const reader = { readDefinitions, unreadableFile, keepLastGood, assembleControlPlane };
  const controlPlane = await createFolderControlPlane({
    directory: settings.controlPlane.directory,
    reader,
    clock,
    log,
  });
  const registry = createRegistry(controlPlane.current());
  const access = options.clusters ?? (await realClusters(environment, { clock, log }));
  const adopt = (): void => {
    remember(secretsOf(registry.snapshot()));
    access.define(registry.snapshot().clusters);
  };
  adopt();
  const { appId, privateKey, githubApiUrl: baseUrl } = settings;
  const github = createGitHubPorts({ appId, privateKey, baseUrl, clock });
  const installed = createInstalledRepositories(github);
  const credentials = createGitCredentials({
    registry: () => registry,
    installed: installed.byUrl,
    tokenFor: async (repository) => {
      const credential = await github.gitCredential(repository);
      remember([credential.password]);
      return credential;
    },
  });
  const stack = createRenderStack({
    stateDir: settings.stateDirectory,
    credentials,
    clock,
    log,
    environment,
    ...(options.renderer === undefined ? {} : { renderer: options.renderer }),
    ...(options.protocols === undefined ? {} : { protocols: options.protocols }),
  });
  await stack.repositories.checkGitVersion();
  const clusters = createClusterDirectory(() => registry.snapshot().clusters, access.open);
  const core = createServerCore({
    github,
    installed,
    stack,
    clusters,
    controlPlane,
    registry,
    journal,
    clock,
    log,
    scrub,
  });
  const stopFollowing = controlPlane.subscribe((snapshot) => {
    const { changed, removed } = registry.replaceControlPlane(snapshot);
    adopt();
    for (const id of [...changed, ...removed]) core.reconciler.enqueueApplication(id);
  });
  const http = await listen(options, { core, journal, log });
  const stopping = new AbortController();
  const ticking = tick(core, { settings, clock, log, signal: stopping.signal, install: installed.refresh });
  log.info("plumbline is ready", { port: http.port, applications: registry.list().length });
  return {
    ...core,
    port: http.port,
    registry,
    log,
    renderCounts: stack.renders.counts,
    async close() {
      stopping.abort(new Error("the process is stopping"));
      stopFollowing();
      await http.close();
      await core.queue.close();
      await ticking;
      await controlPlane.close();
      await stack.close();
      await access.close();
      journal.close();
    },
  };
}

async function realClusters(
  environment: ServeOptions["environment"],
  parts: { readonly clock: Clock; readonly log: Log },
): Promise<ClusterAccess> {
  const own = await findOwnCluster(
    { env: environment, homeFolder: environment["HOME"] ?? homedir() },
    parts.clock,
  );
  return createClusterConnections(own, { ...parts, random: Math.random });
}

async function listen(
  { settings }: ServeOptions,
  {
    core,
    journal,
    log,
  }: { readonly core: ServerCore; readonly journal: ReturnType<typeof openJournal>; readonly log: Log },
) {
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

/** Installations announce themselves; listing them anew is for announcements that were lost. */
const TICKS_BETWEEN_LISTS = 20;

/** The timer: once at the start, then every `reconcileMs`, whatever happens in between. */
async function tick(
  { resync, reconciler }: ServerCore,
  parts: {
    readonly settings: Environment;
    readonly clock: Clock;
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly install: () => Promise<void>;
  },
): Promise<void> {
  const { settings, clock, log, signal, install } = parts;
  for (let count = 0; !signal.aborted; count += 1) {
    try {
      if (count % TICKS_BETWEEN_LISTS === 0) await install();
      if (count === 0) reconciler.resume();
      await resync();
    } catch (error) {
      log.warn("a tick failed; the next one looks at everything again", { error });
    }
    await clock.sleep(settings.reconcileMs, signal).catch(() => undefined);
  }
}
