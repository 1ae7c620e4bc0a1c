import type { ServerDryRun } from "../../ports/server-dry-run.ts";
import type { ApiServer } from "./api-server.ts";
import { applyObject } from "./apply-object.ts";
import type { Kinds } from "./kinds.ts";

/** {@link ServerDryRun} on a Kubernetes API server. */
export function createServerDryRun(api: ApiServer, kinds: Kinds): ServerDryRun {
  return {
    dryRunApply: (target, { validate }) => applyObject({ api, kinds }, target, { validate, dryRun: "All" }),
  };
}
