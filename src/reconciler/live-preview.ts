import type { Application } from "../domain/application.ts";
import type { SyncStatus } from "../domain/comparison.ts";
import type { Sides } from "../domain/displayable-manifest.ts";
import type { Health } from "../domain/health.ts";
import type { Manifest } from "../domain/manifest.ts";
import type { ResourceKey } from "../domain/resource-key.ts";
import type { SyncRequest } from "../domain/sync-plan.ts";
import type { SyncTaskSummary } from "../domain/sync-task.ts";
import type { RenderedTargets } from "./render-targets.ts";

/** The two answers of a preview that need a cluster. Reads and dry runs only; nothing is masked yet. */
export interface LivePreview {
  /** What the cluster already differs in, at targetRevision's tip. @throws OperationError */
  drift(application: Application): Promise<RawDrift>;
  /**
   * What a sync of these targets would do: the one that was asked for, or else the one that the policy would start.
   * @throws OperationError
   */
  dryRun(application: Application, targets: RenderedTargets, request?: SyncRequest): Promise<RawDryRun>;
}

export interface RawDrift {
  readonly revision: string;
  readonly sync: SyncStatus;
  readonly health: Health;
  readonly sides: Sides<Manifest>;
}

export interface RawDryRun {
  readonly tasks: readonly SyncTaskSummary[];
  readonly guardDigest: string;
  readonly rejected: readonly { readonly key: ResourceKey; readonly message: string }[];
  readonly untried: readonly ResourceKey[];
}
