import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { ApiError, apiError } from "./api-error.ts";
import { type Asked, readRequest } from "./asked.ts";
import type { Authentication } from "./authentication.ts";
import type { FaultEffect, Faults } from "./faults.ts";
import type { Actor } from "./model.ts";
import type { OpenApi } from "./openapi.ts";
import { type RateLimits, secondaryLimit } from "./rate-limits.ts";
import type { RequestLog } from "./request-log.ts";
import { APP_ROUTES } from "./routes/app.ts";
import { CHECK_ROUTES } from "./routes/checks.ts";
import { CONVERSATION_ROUTES } from "./routes/conversation.ts";
import { PULL_REQUEST_ROUTES } from "./routes/pull-requests.ts";
import { REPOSITORY_ROUTES } from "./routes/repositories.ts";
import { type Answer, type Call, checkAccess, type Route } from "./routes/route.ts";
import { SETUP_ROUTES } from "./routes/setup.ts";
import type { WebhookSender } from "./webhook-sender.ts";
import type { World } from "./world.ts";

export interface ApiParts {
  readonly world: World;
  readonly authentication: Authentication;
  readonly webhooks: WebhookSender;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly openApi: OpenApi;
  readonly violations: string[];
  readonly log: RequestLog;
}

const ROUTES: readonly Route[] = [
  ...APP_ROUTES,
  ...CHECK_ROUTES,
  ...CONVERSATION_ROUTES,
  ...PULL_REQUEST_ROUTES,
  ...REPOSITORY_ROUTES,
  ...SETUP_ROUTES,
];

/** Answers the REST API below `/api/v3`. */
export type ApiServer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createApiServer(parts: ApiParts): ApiServer {
  const matchers = ROUTES.map((route) => ({ route, pattern: patternOf(route.path) }));
  /** Per path, what was answered last and what before that was different. */
  const history = new Map<string, { last: Answer; before: Answer }>();

  return async (request, response) => {
    const asked = await readRequest(request);
    const effect = parts.faults.take(asked.method, asked.path);
    // The fault that was ordered: GitHub answers late.
    if (effect?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, effect.ms));
    if (effect?.kind === "reset" && effect.when === "before") return void response.destroy();
    const early = earlyAnswer(effect);
    const matched = match(matchers, asked);
    const answer = early ?? (await serve(parts, asked, matched));
    if (effect?.kind === "reset") return void response.destroy();
    const final = effect?.kind === "status" ? errorAnswer(apiError(effect.status, "Server Error")) : answer;
    respond(response, { parts, asked, answer: early ?? staleOr(history, asked, { answer: final, effect }) });
    record(parts, asked, { operation: matched?.operation ?? "", answer: final });
  };
}

/** An answer given instead of doing anything. */
function earlyAnswer(effect: FaultEffect | undefined): Answer | undefined {
  if (effect?.kind === "secondary-limit")
    return errorAnswer(secondaryLimit(effect.retryAfterSeconds, effect.status));
  if (effect?.kind === "status" && effect.when === "before")
    return errorAnswer(apiError(effect.status, "Server Error"));
  return undefined;
}

function staleOr(
  history: Map<string, { last: Answer; before: Answer }>,
  asked: Asked,
  { answer, effect }: { readonly answer: Answer; readonly effect: FaultEffect | undefined },
): Answer {
  if (asked.method !== "GET" || answer.status !== 200) return answer;
  const key = asked.url.pathname + asked.url.search;
  const known = history.get(key) ?? { last: answer, before: answer };
  const isNew = JSON.stringify(known.last.body) !== JSON.stringify(answer.body);
  const entry = isNew ? { last: answer, before: known.last } : known;
  history.set(key, entry);
  return effect?.kind === "stale" ? entry.before : answer;
}

interface Matched {
  readonly route: Route;
  readonly operation: string;
  readonly params: Record<string, string>;
}

function patternOf(path: string): RegExp {
  const source = path.split(/(\{\w+\})/).map((part) => {
    if (part === "{ref}") return "(?<ref>.+?)";
    return part.replace(/^\{(\w+)\}$/, "(?<$1>[^/]+)");
  });
  return new RegExp(`^${source.join("")}$`);
}

function match(matchers: readonly { route: Route; pattern: RegExp }[], asked: Asked): Matched | undefined {
  for (const { route, pattern } of matchers) {
    const found = route.method === asked.method ? pattern.exec(asked.path) : null;
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ]);
    return {
      route,
      operation: `${route.method} ${route.path}`,
      params: Object.fromEntries(params) as Record<string, string>,
    };
  }
  return undefined;
}

async function serve(parts: ApiParts, asked: Asked, matched: Matched | undefined): Promise<Answer> {
  let key: string | undefined;
  let end: ReturnType<RateLimits["begin"]> = () => undefined;
  let answer: Answer;
  try {
    if (matched === undefined) throw apiError(404, "Not Found");
    if (asked.body === undefined) throw apiError(400, "Problems parsing JSON");
    const actor = parts.authentication.actorOf(asked.headers);
    const { route } = matched;
    key = limitKey(actor);
    end = parts.limits.begin(key, { isWrite: route.method !== "GET", isContent: route.isContent === true });
    const call: Call = {
      ...parts,
      actor,
      params: { ...matched.params, "#path": asked.url.pathname, "#key": key },
      query: Object.fromEntries(asked.url.searchParams),
      body: asked.body,
    };
    checkAccess(route.access, call);
    answer = await route.handle(call);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    answer = errorAnswer(error);
  }
  const etag = etagOf(asked, answer);
  const isUnchanged = etag !== undefined && asked.headers["if-none-match"] === etag;
  end({ isFree: isUnchanged });
  const quota = key === undefined ? {} : quotaHeaders(parts.limits, key);
  const headers = { ...answer.headers, ...quota, ...(etag === undefined ? {} : { etag }) };
  return isUnchanged ? { status: 304, headers } : { ...answer, headers };
}

function errorAnswer(error: ApiError): Answer {
  return { status: error.status, body: error.body, headers: error.headers };
}

/** Tags differ from token to token, as GitHub's do. */
function etagOf(asked: Asked, answer: Answer): string | undefined {
  if (asked.method !== "GET" || answer.status !== 200) return undefined;
  const hash = createHash("sha256").update(asked.headers.authorization ?? "");
  hash.update(JSON.stringify(answer.body)).update(answer.headers?.["link"] ?? "");
  return `W/"${hash.digest("hex")}"`;
}

function quotaHeaders(limits: RateLimits, key: string): Record<string, string> {
  const { limit, remaining, used, reset } = limits.quota(key);
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(reset),
    "x-ratelimit-resource": "core",
  };
}

export function limitKey(actor: Actor): string {
  switch (actor.kind) {
    case "installation":
      return `installation/${actor.installation.id}`;
    case "user":
      return `user/${actor.account.id}`;
    case "app":
    case "anonymous":
      return actor.kind;
  }
}

function respond(
  response: ServerResponse,
  { parts, answer }: { readonly parts: ApiParts; readonly asked: Asked; readonly answer: Answer },
): void {
  if (response.destroyed) return;
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
  response.sendDate = false;
  response.writeHead(answer.status, {
    date: new Date(parts.world.now()).toUTCString(),
    "content-type": "application/json; charset=utf-8",
    "x-github-request-id": String(parts.log.entries.length),
    ...answer.headers,
  });
  response.end(text);
}

function record(
  parts: ApiParts,
  asked: Asked,
  done: { readonly operation: string; readonly answer: Answer },
): void {
  const { operation, answer } = done;
  const actor = actorKind(parts, asked);
  parts.log.add({
    at: parts.world.now(),
    method: asked.method,
    path: asked.path + asked.url.search,
    operation,
    actor: actor.kind,
    installationId: actor.kind === "installation" ? actor.installation.id : undefined,
    body: asked.body,
    isConditional: asked.headers["if-none-match"] !== undefined,
    status: answer.status,
  });
  if (answer.status >= 500) return;
  parts.violations.push(
    ...parts.openApi.checkExchange({
      operation: operation === "" ? `${asked.method} ${asked.path}` : operation,
      query: Object.fromEntries(asked.url.searchParams),
      requestBody: asked.body,
      status: answer.status,
      responseBody: answer.body,
    }),
  );
}

function actorKind(parts: ApiParts, asked: Asked): Actor {
  try {
    return parts.authentication.actorOf(asked.headers);
  } catch {
    return { kind: "anonymous" };
  }
}
