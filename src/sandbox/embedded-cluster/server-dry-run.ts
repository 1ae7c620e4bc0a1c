import { FIELD_MANAGER } from "../../domain/cluster.ts";
import type { LiveManifest, Manifest } from "../../domain/manifest.ts";
import type { ApplyOptions } from "../../ports/cluster-writes.ts";
import type { ServerDryRun } from "../../ports/server-dry-run.ts";
import type { ApiServer } from "./api-server.ts";
import { liveManifest, type PortParts } from "./cluster-reads.ts";
import type { Persistence } from "./commit-object.ts";
import { answered, type RequestFacts } from "./operation-errors.ts";

/** {@link ServerDryRun} on an embedded cluster. */
export function createServerDryRun(parts: PortParts & { readonly server: ApiServer }): ServerDryRun {
  return {
    dryRunApply: (target, options) => applyObject(parts, target, { ...options, persistence: "dryRun" }),
  };
}

/** Server-side apply as our manager: kept, or only tried. */
export function applyObject(
  { server, gate, destination }: PortParts & { readonly server: ApiServer },
  target: Manifest,
  { persistence, validate, conflicts }: ApplyOptions & { readonly persistence: Persistence },
): Promise<LiveManifest> {
  return answered(factsOf(destination, "apply", target), async () => {
    await gate.pass({
      verb: persistence === "dryRun" ? "dryRunApply" : "apply",
      kind: target.key,
      key: target.key,
    });
    const context = { manager: FIELD_MANAGER, persistence, validate };
    const manner = conflicts === "refused" ? "polite" : "forced";
    return liveManifest(server.apply(target.object, context, manner), target.apiVersion);
  });
}

/** What a request about this manifest is called where it fails. */
export function factsOf(destination: string, verb: string, target: Manifest): RequestFacts {
  const { key, apiVersion, object } = target;
  return { destination, what: `${verb} ${key.kind} objects`, key, apiVersion, object };
}
