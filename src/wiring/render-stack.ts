import {
  createGitRepositories,
  type GitRepositoriesService,
  type StandIn,
} from "../adapters/git/git-repositories.ts";
import { createRenderer, type ProcessRenderer, type RendererOptions } from "../adapters/renderer/renderer.ts";
import { sha256 } from "../adapters/system/digest.ts";
import type { RepositoryProtocol } from "../domain/repository-url.ts";
import type { Clock } from "../ports/clock.ts";
import type { GitCredentials } from "../ports/git-credentials.ts";
import type { Log } from "../ports/log.ts";
import { createRenderCache, type RenderCache } from "../reconciler/render-cache.ts";
import { createRevisions, type Revisions } from "../reconciler/revisions.ts";

/** From a repository's URL to rendered documents. */
export interface RenderStack {
  readonly repositories: GitRepositoriesService;
  readonly revisions: Revisions;
  readonly renderer: ProcessRenderer;
  readonly renders: RenderCache;
  close(): Promise<void>;
}

export interface RenderStackOptions {
  readonly stateDir: string;
  readonly credentials: GitCredentials;
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folders of this machine in place of repositories. */
  readonly standIns?: readonly StandIn[];
  readonly protocols?: readonly RepositoryProtocol[];
  readonly renderer?: Omit<RendererOptions, "objects">;
  /** Makes the renderer; a process of the stack's own unless said. */
  readonly startRenderer?: (options: RendererOptions) => ProcessRenderer;
}

/** Puts Git, the renderer process and the cache together. */
export function createRenderStack(options: RenderStackOptions): RenderStack {
  const { stateDir, credentials, clock, log, environment, standIns, protocols } = options;
  const { startRenderer = createRenderer } = options;
  const repositories = createGitRepositories({
    stateDir,
    credentials,
    clock,
    log,
    environment,
    ...(standIns === undefined ? {} : { standIns }),
    ...(protocols === undefined ? {} : { allow: protocols }),
  });
  const renderer = startRenderer({ ...options.renderer, objects: repositories });
  return {
    repositories,
    renderer,
    revisions: createRevisions(repositories),
    renders: createRenderCache(renderer, sha256),
    async close() {
      await renderer.close();
      await repositories.close();
    },
  };
}
