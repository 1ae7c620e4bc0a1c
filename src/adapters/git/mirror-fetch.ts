import { createHash } from "node:crypto";

import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Want } from "./fetch-queue.ts";
import type { GitLimits } from "./git-limits.ts";
import { FOUND_REFS, KEPT_REFS, packBytes } from "./mirror-store.ts";
import type { Remote } from "./remote.ts";
import type { RepositoryCommands } from "./repository-commands.ts";

export interface FetchTarget {
  readonly gitDirectory: string;
  readonly commands: RepositoryCommands;
  readonly remote: Remote;
  readonly clock: Clock;
  readonly limits: GitLimits;
}

const SIZE_CHECK_INTERVAL_MS = 1_000;

/**
 * Brings commits, and all they reach, into a bare repository and keeps them by name: by id where the server gives
 * commits by id, else by way of the refs named, else of all branches and tags.
 * @throws OperationError RevisionNotFound when no ref leads to one of them.
 */
export async function fetchCommits(target: FetchTarget, { shas, refs }: Want): Promise<void> {
  const byId = shas.map((sha) => `${sha}:${KEPT_REFS}${sha}`);
  if ((await fetchRefspecs(target, byId)) === "fetched") return;

  const { refs: listed } = await target.remote.listRefs();
  const named = refs.filter((ref) => listed.has(ref));
  const usual = [...listed.keys()].filter((ref) => /^refs\/(heads|tags)\//.test(ref));
  for (const sources of [named, usual]) {
    await fetchRefspecs(target, sources.map(asFound));
    if ((await firstUnreachable(target.commands, shas)) === undefined) return keep(target.commands, shas);
  }
  throw OperationError.of("RevisionNotFound", {
    revision: (await firstUnreachable(target.commands, shas)) ?? "",
    detail: `No branch or tag of \`${target.remote.printable}\` leads to it: it was removed, or belongs to another repository.`,
  });
}

/** One fetch, under the watch of the size limit. Nothing wanted, nothing done. */
export async function fetchRefspecs(
  target: FetchTarget,
  refspecs: readonly string[],
): Promise<"fetched" | "absent"> {
  const { gitDirectory, remote } = target;
  if (refspecs.length === 0) return "fetched";
  const ended = new AbortController();
  const tooLarge = new AbortController();
  watchSize(target, ended.signal).then(
    (error) => tooLarge.abort(error),
    () => {},
  );
  try {
    return await remote.fetch(gitDirectory, refspecs, tooLarge.signal);
  } finally {
    ended.abort();
  }
}

/** Resolves once the repository has outgrown its limit; rejects when the fetch is over. */
async function watchSize({ clock, limits, gitDirectory, remote }: FetchTarget, ended: AbortSignal) {
  do {
    await clock.sleep(SIZE_CHECK_INTERVAL_MS, ended);
  } while ((await packBytes(gitDirectory)) <= limits.mirrorBytesMax);
  const limit = `${Math.round(limits.mirrorBytesMax / 1_048_576)} MiB`;
  return OperationError.of("RepositoryTooLarge", { url: remote.printable, limit });
}

/** A flat name of our own: `a` and `a/b` cannot both be files, and one may have taken the other's place. */
function asFound(ref: string): string {
  return `${ref}:${FOUND_REFS}${createHash("sha256").update(ref).digest("hex")}`;
}

async function firstUnreachable(
  { run }: RepositoryCommands,
  shas: readonly string[],
): Promise<string | undefined> {
  for (const sha of shas) {
    const { stdout } = await run({
      arguments: [
        "for-each-ref",
        "--count=1",
        "--format=%(refname)",
        `--contains=${sha}`,
        FOUND_REFS,
        KEPT_REFS,
      ],
      exitCodes: [0, 128, 129],
    });
    if (stdout.length === 0) return sha;
  }
  return undefined;
}

async function keep({ run }: RepositoryCommands, shas: readonly string[]): Promise<void> {
  const { stdout } = await run({ arguments: ["for-each-ref", "--format=%(refname)", FOUND_REFS] });
  const found = stdout.toString("latin1").split("\n");
  const input = [
    ...shas.map((sha) => `update ${KEPT_REFS}${sha} ${sha}\n`),
    ...found.filter((name) => name !== "").map((name) => `delete ${name}\n`),
  ];
  await run({ arguments: ["update-ref", "--stdin"], input: input.join("") });
}
