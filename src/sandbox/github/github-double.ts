import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";

import { makeTemporaryFolder } from "../../adapters/system/temporary-folder.ts";
import { type ApiServer, createApiServer } from "./api-server.ts";
import { DOUBLE_EVENTS, DOUBLE_PERMISSIONS } from "./app-registration.ts";
import { createAuthentication } from "./authentication.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createGitHttp, type GitHttp } from "./git-http.ts";
import type { Account, AppPermissions, AppState } from "./model.ts";
import { loadOpenApi } from "./openapi.ts";
import { createPeople, type People } from "./people.ts";
import { createRateLimits, GITHUB_LIMITS, type RateLimitSettings } from "./rate-limits.ts";
import { createRequestLog, type RequestLog } from "./request-log.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";
import { createWebhookSender, type WebhookSender } from "./webhook-sender.ts";
import { createWorld, type WorldEvent } from "./world.ts";

/** The page and the API of the double hear on loopback only: everybody is let in. */
const HOST = "127.0.0.1";

export interface GitHubDoubleOptions {
  /** Milliseconds since the epoch; what every time and `Date` header is made of. */
  readonly now?: () => number;
  readonly port?: number;
  readonly limits?: Partial<RateLimitSettings>;
  readonly permissions?: AppPermissions;
  readonly events?: readonly string[];
  /** Answers what the API and Git do not, e.g. a page for people. */
  readonly page?: RequestListener;
}

/** A GitHub of one's own: the API, Git over HTTP, and webhooks, kept in memory and a folder that goes away on close. */
export interface GitHubDouble extends People {
  readonly url: string;
  /** Base URL for Octokit. */
  readonly apiUrl: string;
  readonly app: AppState;
  readonly webhooks: WebhookSender;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** `GET /owner/name.git/info/refs?…`: what Git asked so far, in order. */
  readonly gitRequests: readonly string[];
  /** Git is answered with 503 from now on, the API as ever. @returns what ends it. */
  breakGit(): () => void;
  /** Where a request, an answer or a webhook differed from GitHub's own description. Empty when all is well. */
  readonly violations: readonly string[];
  /** Sets an installation's primary quota to nothing until a time. */
  exhaustQuota(installationId: number, until: number): void;
  /** All tokens stop working. */
  revokeTokens(): void;
  /** What a page needs to show, plain data. */
  snapshot(): Promise<Snapshot>;
  subscribe(listener: (event: WorldEvent) => void): () => void;
  /** Resolves when no push and no delivery is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the double. */
export async function createGitHubDouble(options: GitHubDoubleOptions = {}): Promise<GitHubDouble> {
  const now = options.now ?? Date.now;
  const { path: folder, remove } = await makeTemporaryFolder({ purpose: "github" });
  const world = createWorld({ app: createApp(options, now), now, firstId: 1_000 });
  const violations: string[] = [];
  const openApi = loadOpenApi();
  const authentication = createAuthentication(world);
  const webhooks = createWebhookSender(world, { openApi, violations });
  const limits = createRateLimits({ ...GITHUB_LIMITS, ...options.limits }, now);
  const faults = createFaults();
  const log = createRequestLog();
  const api = createApiServer({ world, authentication, webhooks, limits, faults, openApi, violations, log });
  const git = createGitHttp(world, authentication);

  const gitTraffic: GitTraffic = { requests: [], isDown: false };
  const page = options.page ?? ((_request, response) => void response.writeHead(404).end());
  const server = createServer(createListener({ api, git, page, violations, gitTraffic }));
  world.url = await listen(server, options.port ?? 0);
  world.accounts.set(world.app.owner.login, world.app.owner);
  world.accounts.set(world.app.bot.login, world.app.bot);

  return {
    ...createPeople(world, folder),
    url: world.url,
    apiUrl: `${world.url}/api/v3`,
    app: world.app,
    webhooks,
    faults,
    requests: log,
    gitRequests: gitTraffic.requests,
    breakGit() {
      gitTraffic.isDown = true;
      return () => {
        gitTraffic.isDown = false;
      };
    },
    violations,
    exhaustQuota: (installationId, until) => limits.exhaust(`installation/${installationId}`, until),
    revokeTokens: () => authentication.revokeAll(),
    snapshot: () => createSnapshot(world),
    subscribe: (listener) => world.subscribe(listener),
    async idle() {
      await git.idle();
      await webhooks.idle();
    },
    async close() {
      await stopListening(server);
      await webhooks.idle();
      await remove();
    },
  };
}

async function stopListening(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

interface Parts {
  readonly api: ApiServer;
  readonly git: GitHttp;
  readonly page: RequestListener;
  readonly violations: string[];
  readonly gitTraffic: GitTraffic;
}

interface GitTraffic {
  readonly requests: string[];
  isDown: boolean;
}

function createListener({ api, git, page, violations, gitTraffic }: Parts): RequestListener {
  return (request, response) => {
    const isApi = request.url?.startsWith("/api/v3/") === true;
    if (gitTraffic.isDown && request.url?.includes(".git/") === true) {
      response.writeHead(503).end();
      return;
    }
    const handled = isApi ? api(request, response).then(() => true) : git.handle(request, response);
    handled
      .then((isHandled) => {
        if (isHandled && !isApi) gitTraffic.requests.push(`${request.method} ${request.url}`);
        if (!isHandled) page(request, response);
      })
      .catch((error: unknown) => {
        violations.push(`the double failed on ${request.method} ${request.url}: ${String(error)}`);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  };
}

/** @returns the URL it is reached at. */
async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  return `http://${HOST}:${typeof address === "object" && address !== null ? address.port : port}`;
}

function createApp(options: GitHubDoubleOptions, now: () => number): AppState {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const account = (id: number, login: string, type: Account["type"]): Account => ({
    id,
    login,
    type,
    token: `ghp_${randomBytes(18).toString("hex")}`,
  });
  return {
    id: 17,
    slug: "plumbline",
    name: "Plumbline",
    owner: account(1, "plumbline-makers", "User"),
    bot: account(2, "plumbline[bot]", "Bot"),
    publicKey,
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    permissions: options.permissions ?? DOUBLE_PERMISSIONS,
    events: options.events ?? DOUBLE_EVENTS,
    webhookSecret: randomBytes(24).toString("hex"),
    webhookUrl: "",
    createdAt: Math.floor(now() / 1000) * 1000,
  };
}
