import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createFolderControlPlane } from "../adapters/control-plane/folder.ts";
import type { StandIn } from "../adapters/git/git-repositories.ts";
import { createSystemClock } from "../adapters/system/clock.ts";
import type { RepositoryOptions } from "../cli/repository-options.ts";
import { assembleControlPlane, readControlPlane } from "../config/control-plane.ts";
import { keepLastGood } from "../config/keep-last-good.ts";
import { readDefinitions, unreadableFile } from "../config/read-definitions.ts";
import type { ControlPlaneSnapshot } from "../domain/control-plane.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { createRenderStack, type RenderStack } from "./render-stack.ts";

/** What a one-shot command of the CLI works with. */
export interface CliWorld extends RenderStack {
  readonly clock: Clock;
  readonly log: Log;
}

export interface CliOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly log: Log;
}

/** Runs `work` with Git and the engines at hand, and puts everything away afterwards. */
export async function withCliWorld<T>(
  { environment, workingDirectory, log }: CliOptions,
  repositories: RepositoryOptions,
  work: (world: CliWorld) => Promise<T>,
): Promise<T> {
  const stateDir = mkdtempSync(join(tmpdir(), "plumbline-"));
  const clock = createSystemClock();
  const stack = createRenderStack({
    stateDir,
    clock,
    log,
    environment,
    credentials: { credentialFor: async () => undefined },
    standIns: standInsOf(repositories, workingDirectory),
    protocols: ["https", "http", "ssh", "file"],
    // One command, few renders: a second worker or a warm-up would cost more than they save.
    renderer: { workers: 1, spares: 0, warmUp: false },
  });
  try {
    return await work({ ...stack, clock, log });
  } finally {
    await stack.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Reads definitions from files as the operator's control plane would be read. @throws OperationError FileUnreadable */
export async function readDefinitionFiles(
  files: readonly string[],
  workingDirectory: string,
): Promise<ControlPlaneSnapshot> {
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readText(file, workingDirectory) })),
  );
  return readControlPlane(texts);
}

/** The control plane's folder, as `PLUMBLINE_CONTROL_PLANE` names it. @throws OperationError ControlPlaneUnreadable */
export async function readControlPlaneFolder({
  environment,
  workingDirectory,
  log,
}: CliOptions): Promise<ControlPlaneSnapshot> {
  const named = environment["PLUMBLINE_CONTROL_PLANE"] ?? "";
  const directory = named === "" ? "control-plane" : named.replace(/^directory:/, "");
  const reader = { readDefinitions, unreadableFile, keepLastGood, assembleControlPlane };
  const folder = await createFolderControlPlane({
    directory: resolve(workingDirectory, directory),
    reader,
    clock: createSystemClock(),
    log,
  });
  try {
    return folder.current();
  } finally {
    await folder.close();
  }
}

/** @throws OperationError FileUnreadable */
export async function readText(file: string, workingDirectory: string): Promise<string> {
  try {
    return await readFile(resolve(workingDirectory, file), "utf8");
  } catch (error) {
    throw OperationError.of("FileUnreadable", { file }, { cause: error });
  }
}

function standInsOf({ directory, byUrl }: RepositoryOptions, workingDirectory: string): readonly StandIn[] {
  const everywhere = directory === "" ? [] : [{ directory: resolve(workingDirectory, directory) }];
  const named = byUrl.map(({ url, directory: folder }) => ({
    url,
    directory: resolve(workingDirectory, folder),
  }));
  return [...named, ...everywhere];
}
