import { OBJECT_ID } from "../../domain/git-tree.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { MergeResult } from "../../ports/git.ts";
import { explainFailure } from "./explain-failure.ts";
import { GitFailure } from "./git-failure.ts";
import type { GitLimits } from "./git-limits.ts";
import type { GitCommand, GitOutput, GitProcess } from "./git-process.ts";

/** The questions about history that only Git itself answers, one process each, no network. */
export interface RepositoryCommands {
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  mergeTrees(base: string, head: string): Promise<MergeResult>;
  findCommit(prefix: string): Promise<string | undefined>;
  /** Any other command on this repository. @throws OperationError */
  run(command: Partial<GitCommand> & Pick<GitCommand, "arguments">): Promise<GitOutput>;
}

export interface RepositoryCommandsOptions {
  readonly git: GitProcess;
  readonly gitDirectory: string;
  /** For messages. */
  readonly url: string;
  readonly limits: GitLimits;
  readonly closed: AbortSignal;
}

export function createRepositoryCommands(options: RepositoryCommandsOptions): RepositoryCommands {
  const { git, gitDirectory, url, limits, closed } = options;
  const run: RepositoryCommands["run"] = async (command) => {
    try {
      return await git.run({
        timeoutMs: limits.localTimeoutMs,
        outputBytesMax: limits.outputBytesMax,
        signal: closed,
        ...command,
        arguments: [`--git-dir=${gitDirectory}`, ...command.arguments],
      });
    } catch (error) {
      throw explainFailure(error, url);
    }
  };

  return {
    run,
    isAncestor: (ancestor, descendant) => isAncestor(run, url, [ancestor, descendant]),
    mergeTrees: (base, head) => mergeTrees(run, url, [base, head]),
    findCommit: (prefix) => findCommit(run, prefix),
  };
}

type Run = RepositoryCommands["run"];
type Pair = readonly [string, string];

async function isAncestor(run: Run, url: string, [ancestor, descendant]: Pair): Promise<boolean> {
  requireIds([ancestor, descendant]);
  if (ancestor === descendant) return true;
  const { exitCode } = await onCommits([ancestor, descendant], url, () =>
    run({
      arguments: ["merge-base", "--is-ancestor", "--end-of-options", ancestor, descendant],
      exitCodes: [0, 1],
    }),
  );
  return exitCode === 0;
}

const MERGE = [
  "merge-tree",
  "--write-tree",
  "-z",
  "--name-only",
  "--no-messages",
  "--end-of-options",
] as const;

async function mergeTrees(run: Run, url: string, [base, head]: Pair): Promise<MergeResult> {
  requireIds([base, head]);
  const { exitCode, stdout } = await onCommits([base, head], url, () =>
    run({ arguments: [...MERGE, base, head], exitCodes: [0, 1] }),
  );
  const [tree = "", ...paths] = stdout.toString("utf8").split("\0");
  if (exitCode === 0) return { kind: "merged", tree };
  return { kind: "conflict", paths: [...new Set(paths.filter((path) => path !== ""))].sort() };
}

async function findCommit(run: Run, prefix: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{4,40}$/.test(prefix)) return undefined;
  const { stdout } = await run({
    arguments: ["rev-parse", "--verify", "--quiet", "--end-of-options", `${prefix}^{commit}`],
    exitCodes: [0, 1, 128],
  });
  const sha = stdout.toString("latin1").trim();
  return OBJECT_ID.test(sha) && sha.startsWith(prefix) ? sha : undefined;
}

/** Nothing but an object id is ever put where Git reads a revision (T054). */
function requireIds(ids: readonly string[]): void {
  for (const id of ids) {
    if (!OBJECT_ID.test(id)) {
      throw OperationError.of("RevisionMalformed", { revision: id, detail: "it is not a full commit SHA" });
    }
  }
}

async function onCommits<T>(commits: readonly string[], url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const said =
      error instanceof OperationError && error.cause instanceof GitFailure ? error.cause.stderr : "";
    const [base = "", head = ""] = commits;
    if (/unrelated histories/.test(said)) {
      throw OperationError.of("RevisionsUnrelated", { base, head }, { cause: error });
    }
    const missing = commits.find(
      (sha) => said.includes(sha) && /not something we can merge|[Nn]ot a valid (commit|object)/.test(said),
    );
    if (missing !== undefined) {
      throw OperationError.of("RevisionNotFetched", { revision: missing, url }, { cause: error });
    }
    throw error;
  }
}
