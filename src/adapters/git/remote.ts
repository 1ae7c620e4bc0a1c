import { printableUrl, type RepositoryUrl } from "../../domain/repository-url.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RemoteRefs, RepositoryAddress } from "../../ports/git.ts";
import type { GitCredentials } from "../../ports/git-credentials.ts";
import { explainFailure } from "./explain-failure.ts";
import { GitFailure } from "./git-failure.ts";
import type { GitLimits } from "./git-limits.ts";
import type { GitProcess } from "./git-process.ts";
import { withAccess } from "./prepare-access.ts";
import { parseRefs } from "./remote-refs.ts";

/** The other end of a repository: the two commands that use the network, and nothing else does. */
export interface Remote {
  readonly printable: string;
  listRefs(): Promise<RemoteRefs>;
  /**
   * Fetches by refspecs, no tags on the side, no submodules.
   * @returns `absent` when the remote does not have, or give, one of the sources.
   */
  fetch(
    gitDirectory: string,
    refspecs: readonly string[],
    signal: AbortSignal,
  ): Promise<"fetched" | "absent">;
}

export interface RemoteOptions {
  readonly git: GitProcess;
  readonly clock: Clock;
  readonly credentials: GitCredentials;
  readonly address: RepositoryAddress;
  readonly url: RepositoryUrl;
  /** Where keys are put while a command runs. */
  readonly privateFolder: string;
  readonly limits: GitLimits;
  readonly closed: AbortSignal;
}

/** Not there, or not to be had by id: servers before protocol version 2 give only what refs point at. */
const ABSENT =
  /not our ref|unadvertised object|couldn't find remote ref|remote did not send|no such remote ref/i;

export function createRemote(options: RemoteOptions): Remote {
  const { git, limits, url, closed } = options;
  const printable = printableUrl(url.text);

  return {
    printable,
    listRefs: () =>
      withRetries(options, async () => {
        const { stdout } = await reach(options, (access) =>
          git.run({
            ...access,
            arguments: ["ls-remote", "--symref", "--quiet", "--end-of-options", url.text],
            timeoutMs: limits.listTimeoutMs,
            outputBytesMax: limits.outputBytesMax,
            signal: closed,
          }),
        );
        return parseRefs(stdout.toString("utf8"));
      }),
    fetch: (gitDirectory, refspecs, signal) =>
      withRetries(options, async () => {
        try {
          await reach(options, (access) =>
            git.run({
              ...access,
              arguments: [`--git-dir=${gitDirectory}`, "fetch", ...FETCH_OPTIONS, url.text],
              input: refspecs.map((refspec) => `${refspec}\n`).join(""),
              timeoutMs: limits.fetchTimeoutMs,
              outputBytesMax: limits.outputBytesMax,
              signal: AbortSignal.any([closed, signal]),
            }),
          );
          return "fetched";
        } catch (error) {
          if (error instanceof OperationError && saysAbsent(error.cause)) return "absent";
          throw error;
        }
      }),
  };
}

const FETCH_OPTIONS = [
  "--quiet",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
  "--force",
  "--refmap=",
  "--stdin",
  "--end-of-options",
] as const;

async function reach<T>(
  { credentials, address, url, privateFolder }: RemoteOptions,
  use: Parameters<typeof withAccess<T>>[1],
): Promise<T> {
  const credential = (await credentials.credentialFor(address)) ?? {};
  try {
    return await withAccess({ url, credential, privateFolder }, use);
  } catch (error) {
    throw explainFailure(error, printableUrl(url.text));
  }
}

/** Tries again what may pass in a moment; a command that took all its time has had its chance. */
async function withRetries<T>(
  { clock, limits, closed }: RemoteOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  for (const waitMs of limits.retryWaitsMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!mayPassSoon(error)) throw error;
      await clock.sleep(waitMs, closed);
    }
  }
  return attempt();
}

function mayPassSoon(error: unknown): boolean {
  if (!(error instanceof OperationError) || error.reason !== "RepositoryUnreachable") return false;
  return !(error.cause instanceof GitFailure && error.cause.kind === "timeout");
}

function saysAbsent(cause: unknown): boolean {
  return cause instanceof GitFailure && ABSENT.test(cause.stderr);
}
