import type { Permission } from "../../../domain/github.ts";
import { apiError } from "../api-error.ts";
import type { Authentication } from "../authentication.ts";
import type { Actor, PullState, RepositoryState } from "../model.ts";
import type { PullPlace } from "../present-pull-request.ts";
import type { RateLimits } from "../rate-limits.ts";
import type { WebhookSender } from "../webhook-sender.ts";
import { accountOf, findRepository, hasRole, type World } from "../world.ts";

/** One operation of the API. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** As GitHub's description writes it: `/repos/{owner}/{repo}`. */
  readonly path: string;
  /** It makes something people see, so it counts against the content limit. */
  readonly isContent?: boolean;
  readonly access: Access;
  handle(call: Call): Answer | Promise<Answer>;
}

/** Who may ask: the App by JWT, an installation by token, anybody, or who has the right on the repository. */
export type Access =
  | { readonly kind: "anybody" }
  | { readonly kind: "app" }
  | { readonly kind: "installation" }
  | {
      readonly kind: "repository";
      /** The App's permission, by GitHub's name. */
      readonly permission: string;
      readonly level: "read" | "write";
      /** What a person needs. */
      readonly role: Permission;
    };

export interface Call {
  readonly world: World;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Its shape is checked against the description when the answer is given. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly authentication: Authentication;
  readonly webhooks: WebhookSender;
  readonly limits: RateLimits;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });

/** @throws ApiError 401, 403, 404 */
export function checkAccess(access: Access, call: Call): void {
  if (access.kind === "anybody") return;
  const { actor } = call;
  if (actor.kind === "anonymous" && access.kind !== "repository")
    throw apiError(401, "Requires authentication");
  if (access.kind === "app" && actor.kind !== "app")
    throw apiError(401, "A JSON web token could not be decoded");
  if (access.kind === "installation" && actor.kind !== "installation")
    throw apiError(403, "Resource not accessible");
  if (actor.kind === "installation" && actor.installation.suspendedAt !== undefined) {
    throw apiError(403, "This installation has been suspended");
  }
  if (access.kind === "repository") checkRepositoryAccess(access, call);
}

function checkRepositoryAccess(access: Extract<Access, { kind: "repository" }>, call: Call): void {
  const { actor } = call;
  const repository = repositoryOf(call);
  switch (actor.kind) {
    case "anonymous":
      if (repository.isPrivate) throw apiError(404, "Not Found");
      if (access.level === "write") throw apiError(401, "Requires authentication");
      return;
    case "app":
      throw apiError(401, "Requires authentication");
    case "user":
      if (!hasRole(repository, actor.account, "read")) throw apiError(404, "Not Found");
      if (!hasRole(repository, actor.account, access.role))
        throw apiError(403, "Must have more rights to Repository.");
      return;
    case "installation":
      checkGrant(access, actor, repository);
  }
}

function checkGrant(
  access: Extract<Access, { kind: "repository" }>,
  actor: Extract<Actor, { kind: "installation" }>,
  repository: RepositoryState,
): void {
  const isCovered = actor.installation.repositoryIds.has(repository.id);
  if (!isCovered && (repository.isPrivate || access.level === "write")) throw apiError(404, "Not Found");
  const granted = actor.permissions[access.permission];
  if (granted === "write" || (granted === "read" && access.level === "read")) return;
  const accepted = { "x-accepted-github-permissions": `${access.permission}=${access.level}` };
  throw apiError(403, "Resource not accessible by integration", accepted);
}

/** @throws ApiError 404 */
export function repositoryOf({ world, params }: Call): RepositoryState {
  const repository = findRepository(world, params["owner"] ?? "", params["repo"] ?? "");
  if (repository === undefined) throw apiError(404, "Not Found");
  return repository;
}

/** @throws ApiError 404 */
export function placeOf(call: Call): PullPlace {
  const repository = repositoryOf(call);
  const pull = repository.pulls.get(Number(call.params["pull_number"] ?? call.params["issue_number"]));
  if (pull === undefined) throw apiError(404, "Not Found");
  return { repository, pull };
}

export function senderOf(call: Call) {
  return accountOf(call.world, call.actor);
}

/** The App that writes, when one does. */
export function viaAppOf(call: Call): { viaAppId?: number } {
  return call.actor.kind === "installation" ? { viaAppId: call.world.app.id } : {};
}

/** The text of a field, or `""`. */
export function text(call: Call, field: string): string {
  const value = call.body[field];
  return typeof value === "string" ? value : "";
}

/** One page of a list, with the links to the others. */
export function paginate<T>(
  call: Call,
  items: readonly T[],
): { readonly page: readonly T[]; readonly headers: Record<string, string> } {
  const perPage = Math.min(100, Math.max(1, Number(call.query["per_page"] ?? 30) || 30));
  const current = Math.max(1, Number(call.query["page"] ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const page = items.slice((current - 1) * perPage, current * perPage);
  return { page, headers: linkHeader(call, current, last) };
}

function linkHeader(call: Call, current: number, last: number): Record<string, string> {
  const path = call.params["#path"] ?? "";
  const link = (page: number, rel: string): string => {
    const query = new URLSearchParams({ ...call.query, page: String(page) });
    return `<${call.world.url}${path}?${query}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (current > 1) links.push(link(current - 1, "prev"), link(1, "first"));
  if (current < last) links.push(link(current + 1, "next"), link(last, "last"));
  return links.length === 0 ? {} : { link: links.join(", ") };
}

/** Pull requests in the order a list wants them. */
export function sortPulls(pulls: readonly PullState[], query: Readonly<Record<string, string>>): PullState[] {
  const key = query["sort"] === "updated" ? "updatedAt" : "createdAt";
  // GitHub: newest first when sorted by creation or not at all, else oldest first.
  const direction = query["direction"] ?? (key === "createdAt" ? "desc" : "asc");
  const sign = direction === "desc" ? -1 : 1;
  return [...pulls].sort((a, b) => sign * (a[key] - b[key] || a.number - b.number));
}
