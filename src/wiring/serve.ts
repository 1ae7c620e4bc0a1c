import { homedir } from "node:os";
import { resolve } from "node:path";

import { createFolderControlPlane } from "../adapters/control-plane/folder.ts";
import type { BudgetLimits } from "../adapters/github/budget.ts";
import { openJournal } from "../adapters/journal/journal.ts";
import { createClusterConnections } from "../adapters/kubernetes/cluster-connections.ts";
import { findOwnCluster } from "../adapters/kubernetes/own-cluster.ts";
import type { RendererOptions } from "../adapters/renderer/renderer.ts";
import { createSystemClock } from "../adapters/system/clock.ts";
import { createDefinitionReader } from "../config/definition-reader.ts";
import type { Environment } from "../config/environment.ts";
import { DELETION_GRACE_MS } from "../domain/deletion-guard.ts";
import type { Clock } from "../ports/clock.ts";
import type { ControlPlane } from "../ports/control-plane.ts";
import type { Log } from "../ports/log.ts";
import type { Installed } from "../reconciler/installed.ts";
import { createRegistry, type Registry } from "../reconciler/registry.ts";
import { createExit } from "../report/exit.ts";
import { type ClusterAccess, createClusterDirectory } from "./clusters.ts";
import { followControlPlane } from "./follow-control-plane.ts";
import { createGitCredentials } from "./git-credentials.ts";
import { createGitHubPorts, type GitHubPorts } from "./github-ports.ts";
import { createJsonLog } from "./json-log.ts";
import { createKnownSecrets, type KnownSecrets } from "./known-secrets.ts";
import { createRenderStack, type RenderStack } from "./render-stack.ts";
import { createInstalledRepositories, createServerCore, type ServerCore } from "./server-core.ts";
import { takeDeliveries } from "./take-deliveries.ts";
import { tick } from "./tick.ts";

export interface ServeOptions {
  readonly settings: Environment;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
  readonly clusters?: ClusterAccess;
  readonly renderer?: Omit<RendererOptions, "objects">;
  /** Where GitHub is not github.com, and its limits are others. */
  readonly githubLimits?: Partial<BudgetLimits>;
  /** How long a definition must have been gone before its finalizer deletes; where a person waits for it, less. */
  readonly deletionGraceMs?: number;
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
  const base = await openBase(options);
  const { clock, log, controlPlane, registry, journal } = base;
  const access = options.clusters ?? (await realClusters(options.environment, base));
  const github = openGitHub(options, clock);
  const installed = createInstalledRepositories(github);
  const stack = await openStack(options, { ...base, github, installed });
  const clusters = createClusterDirectory(() => registry.snapshot().clusters, access.open);
  const deletionGraceMs = options.deletionGraceMs ?? DELETION_GRACE_MS;
  const core = createServerCore({ ...base, github, installed, stack, clusters, deletionGraceMs });
  const stopFollowing = followControlPlane({ ...base, access, core, installed });
  const http = await takeDeliveries(options, { core, journal, log });
  const stopping = new AbortController();
  const ticking = tick(core, {
    ...base,
    settings: options.settings,
    signal: stopping.signal,
    install: installed.refresh,
    failedDeliveries: github.failedDeliveries,
  });
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

function openGitHub({ settings, githubLimits: limits = {} }: ServeOptions, clock: Clock): GitHubPorts {
  const { appId, privateKey, githubApiUrl: baseUrl } = settings;
  return createGitHubPorts({ appId, privateKey, baseUrl, clock, limits });
}

/** What everything else stands on. */
interface Base {
  readonly clock: Clock;
  readonly log: Log;
  readonly scrub: (text: string) => string;
  /** From now on these must not leave. */
  readonly remember: KnownSecrets["remember"];
  readonly journal: ReturnType<typeof openJournal>;
  readonly controlPlane: ControlPlane;
  readonly controlPlaneName: string;
  readonly registry: Registry;
}

async function openBase({ settings, writeLog }: ServeOptions): Promise<Base> {
  const clock = createSystemClock();
  const { remember, current } = createKnownSecrets(clock);
  remember([settings.privateKey, settings.webhookSecret]);
  const { scrub } = createExit({ credentials: current });
  const log = createJsonLog({ level: settings.logLevel, scrub, write: writeLog });
  const journal = openJournal({ stateDir: settings.stateDirectory, clock, log });
  const reader = createDefinitionReader();
  const { directory } = settings.controlPlane;
  const controlPlane = await createFolderControlPlane({ directory, reader, clock, log });
  return {
    clock,
    log,
    scrub,
    remember,
    journal,
    controlPlane,
    controlPlaneName: `directory:${resolve(directory)}`,
    registry: createRegistry(controlPlane.current()),
  };
}

async function openStack(
  { settings, environment, renderer, protocols }: ServeOptions,
  {
    registry,
    github,
    installed,
    remember,
    clock,
    log,
  }: Base & { readonly github: GitHubPorts; readonly installed: Installed },
): Promise<RenderStack> {
  const credentials = createGitCredentials({
    registry: () => registry,
    installed: installed.byUrl,
    tokenFor: async (repository) => {
      const credential = await github.gitCredential(repository);
      remember([credential.password], credential.expiresAt);
      return credential;
    },
  });
  const stack = createRenderStack({
    stateDir: settings.stateDirectory,
    credentials,
    clock,
    log,
    environment,
    ...(renderer === undefined ? {} : { renderer }),
    ...(protocols === undefined ? {} : { protocols }),
  });
  await stack.repositories.checkGitVersion();
  return stack;
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
