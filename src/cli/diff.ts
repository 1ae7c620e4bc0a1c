import type { Preview } from "../domain/preview.ts";
import type { Problem } from "../domain/problem.ts";
import { CLUSTER_HELP, CLUSTER_OPTION, type ClusterChoice, clusterChoice } from "./cluster-options.ts";
import {
  type Command,
  type CommandContext,
  type ExitCode,
  hasFlag,
  listOption,
  outputOption,
  textOption,
  UsageError,
} from "./command.ts";
import {
  REPOSITORY_HELP,
  REPOSITORY_OPTION,
  type RepositoryOptions,
  repositoryOptions,
} from "./repository-options.ts";

export interface DiffQuestion {
  /** Application files; empty for whatever the repository defines. */
  readonly files: readonly string[];
  readonly repositories: RepositoryOptions;
  readonly base: string;
  readonly head: string;
  /** Adds drift and dry run, from that cluster. */
  readonly live: ClusterChoice | "left-out";
}

export interface DiffAnswer {
  readonly preview: Preview;
  /** Whether a definition could not be read that should have been. */
  readonly isBroken: boolean;
  readonly text: string;
  /** The comment, after its marker line. */
  readonly markdown: string;
  readonly json: string;
  readonly warnings: readonly string[];
}

export interface DiffDependencies {
  /** @throws OperationError when nothing can be previewed at all; what concerns one Application is in the preview */
  readonly diff: (question: DiffQuestion) => Promise<DiffAnswer>;
}

/** `plumbline diff`: the pull request's preview, without the pull request. */
export function createDiffCommand({ diff }: DiffDependencies): Command {
  return {
    name: "diff",
    summary: "Show what merging one revision into another changes",
    usage:
      "plumbline diff [-f APP.yaml]… [--repo DIR | --repo URL=DIR]… --base REV --head REV [--live [--kubeconfig FILE] [--context NAME]] [-o text|markdown|json]",
    takes: "words",
    options: {
      file: { type: "string", short: "f", multiple: true },
      base: { type: "string" },
      head: { type: "string" },
      live: { type: "boolean" },
      output: { type: "string", short: "o" },
      ...REPOSITORY_OPTION,
      ...CLUSTER_OPTION,
    },
    help: [
      "-f APP.yaml          Applications, and AppProjects to judge them by, or a folder of them; else those found in the repository",
      ...REPOSITORY_HELP,
      "                     the first of them is compared; without any, the folder you are in",
      "--base REV           what is merged into: a branch, tag, SHA, HEAD, origin/main, main~2",
      "--head REV           what is merged",
      "--live               add what the cluster already differs in, and what a sync would do",
      ...CLUSTER_HELP,
      "-o FORMAT            text (default), markdown (the pull request's comment, byte for byte), or json",
    ],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["text", "markdown", "json"]);
      const [extra] = context.args.positionals;
      if (extra !== undefined)
        throw new UsageError(`what is \`${extra}\`? Revisions go after --base and --head`);
      const answer = await diff({
        files: listOption(context, "file"),
        repositories: repositoryOptions(context),
        base: required(textOption(context, "base"), "--base"),
        head: required(textOption(context, "head"), "--head"),
        live: liveOption(context),
      });
      for (const warning of answer.warnings) context.warn(`warning: ${warning}`);
      context.print(answer[format]);
      const failures = failuresOf(answer.preview);
      for (const failure of failures) context.warn(`plumbline diff: ${failure}`);
      if (failures.length > 0 || answer.isBroken) return 2;
      return isDifferent(answer.preview) ? 1 : 0;
    },
  };
}

/** What could not be previewed, or could not be asked: scripts that look at nothing but the exit code find the words here. */
function failuresOf({ problem, applications }: Preview): readonly string[] {
  const failures = applications.flatMap(({ namespace, name, effect, drift, dryRun }) =>
    [effect, drift, dryRun].flatMap((outcome) =>
      outcome?.kind === "failed" ? [`${namespace}/${name}: ${inWords(outcome.problem)}`] : [],
    ),
  );
  return [...new Set([...(problem === undefined ? [] : [inWords(problem)]), ...failures])];
}

function inWords({ reason, title, remedy }: Problem): string {
  return `${reason}: ${title}\n${remedy}`;
}

function isDifferent({ applications }: Preview): boolean {
  return applications.some(
    ({ definition, effect, dryRun }) =>
      definition !== "kept" ||
      (effect.kind === "ok" && effect.value.length > 0) ||
      (dryRun?.kind === "ok" && dryRun.value.rejected.length > 0),
  );
}

/** @throws UsageError where a cluster is named that nothing would be asked of */
function liveOption(context: CommandContext): ClusterChoice | "left-out" {
  const choice = clusterChoice(context);
  if (hasFlag(context, "live")) return choice;
  if (choice.kubeconfig !== "") throw new UsageError("--kubeconfig goes with --live");
  if (choice.context !== "") throw new UsageError("--context goes with --live");
  return "left-out";
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new UsageError(`${name} is missing`);
  return value;
}
