import type { Application } from "../domain/application.ts";
import type { Outcome, Preview } from "../domain/preview.ts";
import type { Problem } from "../domain/problem.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import type { RawDrift, RawDryRun } from "./live-preview.ts";
import type { RenderedTargets } from "./render-targets.ts";
import type { SourceTree } from "./revisions.ts";

/** Two states of the world that a preview compares, and who may have written the second. */
export interface Change {
  readonly base: { readonly branch: string; readonly sha: string };
  readonly headSha: string;
  readonly trust: TrustLevel;
  /** Paths that differ between the two, by the key of the repository. */
  readonly changedPaths: ReadonlyMap<string, readonly string[]>;
  /** Those that may be affected: the ones whose inputs turn out to be the same are left out of the preview. */
  readonly applications: readonly ChangedApplication[];
  readonly applicationsConsidered: number;
  readonly warnings: readonly Problem[];
}

/** One Application on both sides; a side is absent where the Application is not defined there. */
export interface ChangedApplication {
  readonly base?: ApplicationSide;
  readonly head?: ApplicationSide;
  /** It was never rendered, so what it reads is not known: it is here because it may be affected, not because it is. */
  readonly isGuess?: boolean;
}

export interface ApplicationSide {
  readonly application: Application;
  /** One a source; or why they could not be found. */
  readonly trees: Outcome<readonly SourceTree[]>;
}

/** What a later command on the pull request is bound to. */
export interface ShownRender {
  readonly digest: string;
  readonly inputKey: string;
  readonly guardDigest: string;
}

export interface PreviewedChange {
  readonly preview: Preview;
  /** By `namespace/name`, for each Application that rendered. */
  readonly shown: Readonly<Record<string, ShownRender>>;
}

/** A side as it rendered; `undefined` where the Application is not defined. */
export type RenderedSide = Outcome<RenderedTargets> | undefined;

/** Everything that was found out about one Application of a change, before any of it is masked or put into words. */
export interface ObservedChange {
  readonly changed: ChangedApplication;
  readonly application: Application;
  readonly base: RenderedSide;
  readonly head: RenderedSide;
  readonly forbidden: Problem | undefined;
  readonly drift: Outcome<RawDrift> | undefined;
  readonly dryRun: Outcome<RawDryRun> | undefined;
}
