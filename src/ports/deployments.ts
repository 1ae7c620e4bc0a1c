/** Commits whose way into the clusters is being told on GitHub, kept so that a restart goes on telling. */
export interface Deployments {
  load(): readonly Deployment[];
  save(deployment: Deployment): void;
  /** Forgets what began before then. */
  forgetBefore(startedAt: number): void;
}

export interface Deployment {
  readonly installationId: number;
  readonly repositoryId: number;
  /** The merge commit, or whatever commit a branch came to point at. */
  readonly sha: string;
  /** Pull requests that this commit merged: their comments go on telling. */
  readonly pullRequests: readonly number[];
  /** `namespace/name`, sorted: the Applications whose objects the commit changed. */
  readonly applications: readonly string[];
  readonly startedAt: number;
  /** Everything has arrived or failed, and was said. */
  readonly isOver: boolean;
}
