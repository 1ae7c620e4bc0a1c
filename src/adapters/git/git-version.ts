import { OperationError } from "../../errors/operation-error.ts";
import { GitFailure } from "./git-failure.ts";
import type { GitProcess } from "./git-process.ts";

/** `git merge-tree --write-tree` came with it. */
export const GIT_VERSION_MIN = "2.38";

const VERSION_TIMEOUT_MS = 10_000;

/**
 * Git's version, where it is new enough.
 * @throws OperationError GitMissing, GitTooOld
 */
export async function checkGitVersion(git: GitProcess): Promise<string> {
  const text = await versionText(git);
  const [, major, minor] = /([0-9]+)\.([0-9]+)/.exec(text) ?? [];
  const [majorMin = 0, minorMin = 0] = GIT_VERSION_MIN.split(".").map(Number);
  const isEnough = Number(major) > majorMin || (Number(major) === majorMin && Number(minor) >= minorMin);
  const found = /[0-9]+(\.[0-9]+)+/.exec(text)?.[0] ?? "of unknown version";
  if (!isEnough) throw OperationError.of("GitTooOld", { found, wanted: GIT_VERSION_MIN });
  return found;
}

async function versionText(git: GitProcess): Promise<string> {
  try {
    const { stdout } = await git.run({
      arguments: ["version"],
      timeoutMs: VERSION_TIMEOUT_MS,
      outputBytesMax: 4_096,
    });
    return stdout.toString("utf8");
  } catch (error) {
    if (error instanceof GitFailure) {
      throw OperationError.of("GitMissing", { wanted: GIT_VERSION_MIN }, { cause: error });
    }
    throw error;
  }
}
