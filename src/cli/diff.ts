import {
  type Command,
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
  /** Adds drift and dry run, from the kubeconfig's current context. */
  readonly live: "asked" | "left-out";
}

export interface DiffAnswer {
  /** Nothing differs, something does, or something could not be previewed. */
  readonly outcome: "same" | "different" | "failed";
  readonly text: string;
  /** The comment, after its marker line. */
  readonly markdown: string;
  readonly json: string;
  readonly warnings: readonly string[];
}

/** `plumbline diff`: the pull request's preview, without the pull request. */
export function createDiffCommand({
  diff,
}: {
  readonly diff: (question: DiffQuestion) => Promise<DiffAnswer>;
}): Command {
  return {
    name: "diff",
    summary: "Show what merging one revision into another changes",
    usage:
      "plumbline diff [-f APP.yaml]… [--repo DIR | --repo URL=DIR]… --base REV --head REV [--live] [-o text|markdown|json]",
    options: {
      file: { type: "string", short: "f", multiple: true },
      base: { type: "string" },
      head: { type: "string" },
      live: { type: "boolean" },
      output: { type: "string", short: "o" },
      ...REPOSITORY_OPTION,
    },
    help: [
      "-f APP.yaml      Applications, and AppProjects to judge them by; else those found in the repository",
      ...REPOSITORY_HELP,
      "--base REV       what is merged into",
      "--head REV       what is merged",
      "--live           add what the cluster already differs in, and what a sync would do",
      "-o FORMAT        text (default), markdown (the pull request's comment, byte for byte), or json",
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
        live: hasFlag(context, "live") ? "asked" : "left-out",
      });
      for (const warning of answer.warnings) context.warn(`warning: ${warning}`);
      context.print(answer[format]);
      return EXIT_CODES[answer.outcome];
    },
  };
}

const EXIT_CODES = { same: 0, different: 1, failed: 2 } as const;

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new UsageError(`${name} is missing`);
  return value;
}
