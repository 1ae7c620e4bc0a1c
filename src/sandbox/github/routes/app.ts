import { apiError } from "../api-error.ts";
import type { AppPermissions, InstallationState } from "../model.ts";
import { isoTime, presentApp, presentInstallation, presentProfile, presentRepository } from "../present.ts";
import type { Delivery } from "../webhook-sender.ts";
import { findAccount } from "../world.ts";
import { type Access, type Call, created, ok, paginate, type Route } from "./route.ts";

const APP: Access = { kind: "app" };

/** What the App asks about itself, its installations and its deliveries. */
export const APP_ROUTES: readonly Route[] = [
  { method: "GET", path: "/app", access: APP, handle: ({ world }) => ok(presentApp(world)) },
  {
    method: "GET",
    path: "/app/installations",
    access: APP,
    handle(call) {
      const { page, headers } = paginate(call, [...call.world.installations.values()]);
      return { status: 200, headers, body: page.map((one) => presentInstallation(call.world, one)) };
    },
  },
  {
    method: "GET",
    path: "/app/installations/{installation_id}",
    access: APP,
    handle: (call) => ok(presentInstallation(call.world, installationOf(call))),
  },
  {
    method: "POST",
    path: "/app/installations/{installation_id}/access_tokens",
    access: APP,
    handle: mintToken,
  },
  {
    method: "GET",
    path: "/installation/repositories",
    access: { kind: "installation" },
    handle: listRepositories,
  },
  {
    method: "GET",
    path: "/app/hook/deliveries",
    access: APP,
    handle(call) {
      // GitHub pages this list by cursor; the double's whole log fits the page asked for.
      const limit = Math.min(100, Number(call.query["per_page"] ?? 30) || 30);
      const after = Number(call.query["cursor"] ?? Number.MAX_SAFE_INTEGER);
      const older = call.webhooks.deliveries().filter(({ id }) => id < after);
      const last = older[limit - 1];
      const next = `<${call.world.url}/api/v3/app/hook/deliveries?per_page=${limit}&cursor=${last?.id}>; rel="next"`;
      const headers: Record<string, string> = older.length > limit ? { link: next } : {};
      return { status: 200, headers, body: older.slice(0, limit).map(presentDelivery) };
    },
  },
  {
    method: "GET",
    path: "/app/hook/deliveries/{delivery_id}",
    access: APP,
    handle(call) {
      const delivery = call.webhooks.deliveries().find(({ id }) => id === Number(call.params["delivery_id"]));
      if (delivery === undefined) throw apiError(404, "Not Found");
      const { headers, payload, answer } = delivery;
      return ok({
        ...presentDelivery(delivery),
        request: { headers, payload },
        response: { headers: {}, payload: answer },
      });
    },
  },
  {
    method: "POST",
    path: "/app/hook/deliveries/{delivery_id}/attempts",
    access: APP,
    handle(call) {
      const isKnown = call.webhooks.redeliver(Number(call.params["delivery_id"]));
      if (!isKnown) throw apiError(404, "Not Found");
      return { status: 202, body: {} };
    },
  },
  {
    method: "GET",
    path: "/users/{username}",
    access: { kind: "anybody" },
    handle: (call) => ok(presentProfile(call.world, findAccount(call.world, call.params["username"] ?? ""))),
  },
  {
    method: "GET",
    path: "/rate_limit",
    access: { kind: "anybody" },
    handle(call) {
      const core = call.limits.quota(call.params["#key"] ?? "");
      return ok({ resources: { core, search: core }, rate: core });
    },
  },
];

function installationOf(call: Call): InstallationState {
  const installation = call.world.installations.get(Number(call.params["installation_id"]));
  if (installation === undefined) throw apiError(404, "Not Found");
  return installation;
}

function mintToken(call: Call) {
  const installation = installationOf(call);
  if (installation.suspendedAt !== undefined) throw apiError(403, "This installation has been suspended");
  const asked = call.body["permissions"] as AppPermissions | undefined;
  const all = call.world.app.permissions;
  const excess = Object.entries(asked ?? {}).find(
    ([name, level]) => all[name] !== "write" && all[name] !== level,
  );
  if (excess !== undefined)
    throw apiError(422, "The permissions requested are not granted to this installation.");
  const { token, expiresAt, permissions } = call.authentication.mint(installation, asked ?? all);
  return created({ token, expires_at: isoTime(expiresAt), permissions, repository_selection: "selected" });
}

function listRepositories(call: Call) {
  if (call.actor.kind !== "installation") throw apiError(403, "Resource not accessible");
  const { repositoryIds } = call.actor.installation;
  const repositories = [...call.world.repositories.values()].filter(({ id }) => repositoryIds.has(id));
  const { page, headers } = paginate(call, repositories);
  const body = {
    total_count: repositories.length,
    repository_selection: "selected",
    repositories: page.map((repository) => presentRepository(call.world, repository)),
  };
  return { status: 200, headers, body };
}

function presentDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: isoTime(delivery.deliveredAt),
    redelivery: delivery.isRedelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action ?? null,
    installation_id: delivery.installationId ?? null,
    repository_id: delivery.repositoryId ?? null,
    throttled_at: null,
  };
}
