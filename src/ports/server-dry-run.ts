import type { LiveManifest, Manifest } from "../domain/manifest.ts";

/** Asks the API server what it would make of an object, without its making anything. Has no way to write. */
export interface ServerDryRun {
  /**
   * Server-side apply as our field manager, forced, `dryRun=All`, strict field validation unless told otherwise.
   * @throws OperationError ApplyRejected (with the server's message, Secret values scrubbed), ClusterUnreachable …
   */
  dryRunApply(target: Manifest, options: { readonly validate: "strict" | "ignore" }): Promise<LiveManifest>;
}
