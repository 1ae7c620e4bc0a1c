import type { ConfigProblem } from "../domain/control-plane.ts";
import { type JsonValue, stringifyJson } from "../domain/json.ts";
import { type Command, type ExitCode, outputOption, sayTo, UsageError } from "./command.ts";

export interface ValidateDependencies {
  /**
   * Every problem of the files, and of what lies in the folders, judged as one control plane.
   * @throws OperationError FileUnreadable
   */
  readonly validate: (paths: readonly string[]) => Promise<Validated>;
}

export interface Validated {
  readonly problems: readonly ConfigProblem[];
  /** How many were looked at. */
  readonly files: number;
}

/** `plumbline validate`: every problem of Applications, AppProjects, Secrets and settings in files, at once. */
export function createValidateCommand({ validate }: ValidateDependencies): Command {
  return {
    name: "validate",
    summary: "Name every problem of Applications, AppProjects, Secrets and settings in files",
    usage: "plumbline validate FILE|FOLDER… [-o text|json]",
    takes: "words",
    options: { output: { type: "string", short: "o" } },
    help: [
      "FILE                 as many as belong together; - for standard input",
      "FOLDER               every .yaml, .yml and .json file below it that speaks of Argo CD, and .github/plumbline.yml",
      "-o text|json         for people (default), or for scripts",
    ],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["text", "json"]);
      const { positionals } = context.args;
      if (positionals.length === 0) throw new UsageError("say which FILE holds the definitions");
      const { problems, files } = await validate(positionals);
      const say = sayTo(context);
      if (format === "json") context.print(stringifyJson(problems.map(rowOf), 2));
      else {
        for (const problem of problems) say(linesOf(problem));
        say(summaryOf(problems, files));
      }
      return problems.some(isError) ? 1 : 0;
    },
  };
}

function isError({ severity }: ConfigProblem): boolean {
  return severity === "error";
}

function rowOf({ severity, reason, title, remedy, file, document, line, field }: ConfigProblem): JsonValue {
  return { severity, reason, title, remedy, file, document, line, field };
}

function linesOf({ severity, reason, title, remedy, file, line, field }: ConfigProblem): string {
  const place = `${file}${line > 0 ? `:${line}` : ""}`;
  const where = field === "" || title.includes(`\`${field}\``) ? "" : ` (${field})`;
  return `${place}: ${severity}: ${reason}: ${title}${where}\n  ${remedy.replaceAll("\n", "\n  ")}`;
}

function summaryOf(problems: readonly ConfigProblem[], files: number): string {
  const errors = problems.filter(isError).length;
  const warnings = problems.length - errors;
  const of = `${files} file${files === 1 ? "" : "s"}`;
  if (problems.length === 0) return `${of}: no problems`;
  return `${of}: ${errors} error${errors === 1 ? "" : "s"}, ${warnings} warning${warnings === 1 ? "" : "s"}`;
}
