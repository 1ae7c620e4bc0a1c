import type { Clock } from "../../ports/clock.ts";
import type { GitCredentials } from "../../ports/git-credentials.ts";
import type { Log } from "../../ports/log.ts";
import type { GitLimits } from "./git-limits.ts";
import type { GitProcess } from "./git-process.ts";
import type { SizedCache } from "./object-cache.ts";
import type { TreeObject } from "./tree-object.ts";

/** What all repositories of one service share. */
export interface RepositoryContext {
  readonly git: GitProcess;
  readonly clock: Clock;
  readonly log: Log;
  readonly credentials: GitCredentials;
  readonly limits: GitLimits;
  readonly trees: SizedCache<TreeObject>;
  readonly folder: string;
  /** For keys and certificates, while a Git command needs them. */
  readonly privateFolder: string;
  readonly closed: AbortController;
}
