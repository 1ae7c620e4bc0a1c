import { apiError } from "../api-error.ts";
import { presentAccount, presentFullRepository } from "../present.ts";
import { findAccount, roleOf } from "../world.ts";
import { type Access, ok, type Route, repositoryOf } from "./route.ts";

const METADATA: Access = { kind: "repository", permission: "metadata", level: "read", role: "read" };
/** Rights that existed before the finer ones: what the `permission` field still says. */
const OLD_NAMES = {
  none: "none",
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
} as const;

export const REPOSITORY_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}",
    access: METADATA,
    handle: (call) => ok(presentFullRepository(call.world, repositoryOf(call))),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/collaborators/{username}/permission",
    access: METADATA,
    handle(call) {
      const repository = repositoryOf(call);
      if (call.actor.kind === "anonymous") throw apiError(401, "Requires authentication");
      const account = findAccount(call.world, call.params["username"] ?? "");
      const role = roleOf(repository, account);
      const user = { ...presentAccount(call.world, account), role_name: role };
      return ok({ permission: OLD_NAMES[role], role_name: role, user });
    },
  },
];
