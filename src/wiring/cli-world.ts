import { resolve } from "node:path";

import type { StandIn } from "../adapters/git/git-repositories.ts";
import { createSystemClock } from "../adapters/system/clock.ts";
import { makeTemporaryFolder } from "../adapters/system/temporary-folder.ts";
import type { RepositoryOptions } from "../cli/repository-options.ts";
import { chooseCredential } from "../domain/choose-credential.ts";
import type { ControlPlaneSnapshot } from "../domain/control-plane.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { CLI_PROTOCOLS } from "./cli-definitions.ts";
import type { CliOptions } from "./cli-options.ts";
import { createRenderStack, type RenderStack } from "./render-stack.ts";

/** What a one-shot command of the CLI works with. */
export interface CliWorld extends RenderStack {
  readonly clock: Clock;
  readonly log: Log;
  /** Changes in the folders that stand in for repositories that are not committed, and so not rendered. */
  readonly uncommitted: readonly string[];
}

/** Which folders stand in for repositories, and who may read the others. */
export interface CliSources {
  readonly repositories: RepositoryOptions;
  readonly snapshot: Pick<ControlPlaneSnapshot, "repositories" | "repositoryTemplates">;
}

/** Runs `work` with Git and the engines at hand, and puts everything away afterwards. */
export async function withCliWorld<T>(
  { environment, workingDirectory, log, startRenderer }: CliOptions,
  { repositories, snapshot }: CliSources,
  work: (world: CliWorld) => Promise<T>,
): Promise<T> {
  const folder = await makeTemporaryFolder({ purpose: "cli" });
  const clock = createSystemClock();
  const standIns = standInsOf(repositories, workingDirectory);
  const stack = createRenderStack({
    stateDir: folder.path,
    clock,
    log,
    environment,
    credentials: { credentialFor: async (address) => chooseCredential(snapshot, address).git },
    standIns,
    protocols: CLI_PROTOCOLS,
    // One command, few renders: a second worker or a warm-up would cost more than they save.
    renderer: { workers: 1, spares: 0, warmUp: false },
    ...(startRenderer === undefined ? {} : { startRenderer }),
  });
  try {
    const uncommitted = (await Promise.all(standIns.map((one) => uncommittedIn(stack, one)))).flat();
    return await work({ ...stack, clock, log, uncommitted });
  } finally {
    await stack.close();
    await folder.remove();
  }
}

/** The address under which the folder that stands in for every repository is opened. */
export function standInUrl(directory: string, workingDirectory: string): string {
  return resolve(workingDirectory, directory);
}

const PATHS_NAMED_MAX = 5;

async function uncommittedIn(
  { repositories }: RenderStack,
  { url, directory }: StandIn,
): Promise<readonly string[]> {
  const repository = await repositories.open({ url: url ?? directory, project: "" });
  const paths = await repository.uncommittedPaths();
  if (paths.length === 0) return [];
  const more = paths.length > PATHS_NAMED_MAX ? ` and ${paths.length - PATHS_NAMED_MAX} more` : "";
  const named = paths.slice(0, PATHS_NAMED_MAX).map((path) => `\`${path}\``);
  return [`uncommitted changes in \`${directory}\` are not rendered: ${named.join(", ")}${more}`];
}

function standInsOf({ directory, byUrl }: RepositoryOptions, workingDirectory: string): readonly StandIn[] {
  const everywhere = directory === "" ? [] : [{ directory: standInUrl(directory, workingDirectory) }];
  const named = byUrl.map(({ url, directory: folder }) => ({
    url,
    directory: standInUrl(folder, workingDirectory),
  }));
  return [...named, ...everywhere];
}
