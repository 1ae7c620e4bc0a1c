import { z } from "zod";

import type { ReconcileRequest } from "../domain/reconcile-request.ts";
import { Id } from "./payloads.ts";

/** `installation`, `installation_repositories` and `repository` alike. */
export const InstallationPayload = z.object({ action: z.string(), installation: z.object({ id: Id }) });

const REPOSITORY_ACTIONS: ReadonlySet<string> = new Set([
  "archived",
  "deleted",
  "edited",
  "privatized",
  "publicized",
  "renamed",
  "transferred",
  "unarchived",
]);

/** Where the App may look has changed: the whole list is read again. */
export function requestsForInstallation(): readonly ReconcileRequest[] {
  return [{ kind: "Installations" }];
}

/** Names, branches and visibility of repositories are part of that list. */
export function requestsForRepository({
  action,
}: z.infer<typeof InstallationPayload>): readonly ReconcileRequest[] {
  return REPOSITORY_ACTIONS.has(action) ? [{ kind: "Installations" }] : [];
}
