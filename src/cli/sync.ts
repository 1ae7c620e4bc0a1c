import type { JsonValue } from "../domain/json.ts";
import { stringifyJson } from "../domain/json.ts";
import type { SyncTaskSummary } from "../domain/sync-task.ts";
import { APPLICATION_HELP, type ApplicationChoice, applicationChoice } from "./application-choice.ts";
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

export interface SyncQuestion {
  readonly application: ApplicationChoice;
  readonly repositories: RepositoryOptions;
  readonly prune: "asked" | "left-out";
  /** Guard digest; `""` for none. */
  readonly confirm: string;
  /** `G:K:NS/N`; empty for all. */
  readonly resources: readonly string[];
}

export interface PlanAnswer {
  readonly application: string;
  readonly revision: string;
  readonly tasks: readonly SyncTaskSummary[];
  /** `""` where nothing was withheld by a guard. */
  readonly guardDigest: string;
  readonly warnings: readonly string[];
}

export interface SyncAnswer {
  readonly application: string;
  readonly revision: string;
  /** `Succeeded`, `Failed`, `Error`; `Running` when time ran out first. */
  readonly phase: string;
  readonly sync: string;
  readonly health: string;
  readonly message: string;
  readonly tasks: readonly { readonly task: string; readonly status: string; readonly message: string }[];
}

export interface SyncDependencies {
  readonly plan: (question: SyncQuestion) => Promise<PlanAnswer>;
  /** @param onProgress - a line for people, at each step. */
  readonly sync: (
    question: SyncQuestion & { readonly timeoutMs: number },
    onProgress: (line: string) => void,
  ) => Promise<SyncAnswer>;
}

/** How long `sync` waits for Healthy unless told otherwise. */
const TIMEOUT_SECONDS = 300;

/** `plumbline sync`: plans, applies, waits. */
export function createSyncCommand(dependencies: SyncDependencies): Command {
  return {
    name: "sync",
    summary: "Sync an Application to the kubeconfig's current cluster, and wait until it is Healthy",
    usage:
      "plumbline sync (-f APP.yaml [NAME] | NAME) [--dry-run] [--prune] [--confirm DIGEST] [--resource G:K:NS/N]… [--repo …] [--timeout S] [-o text|json]",
    options: {
      file: { type: "string", short: "f" },
      "dry-run": { type: "boolean" },
      prune: { type: "boolean" },
      confirm: { type: "string" },
      resource: { type: "string", multiple: true },
      timeout: { type: "string" },
      output: { type: "string", short: "o" },
      ...REPOSITORY_OPTION,
    },
    help: [
      ...APPLICATION_HELP,
      "--dry-run            print the plan and change nothing; without a kubeconfig, against an empty cluster",
      "--prune              delete what left Git; guards may withhold deletions that look like a mistake",
      "--confirm DIGEST     lift exactly the deletions that were withheld under this digest",
      "--resource G:K:NS/N  only these objects; runs no hooks; may be repeated",
      ...REPOSITORY_HELP,
      `--timeout S          seconds to wait for Healthy (${TIMEOUT_SECONDS})`,
      "-o text|json         for people (default), or for scripts",
    ],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["text", "json"]);
      const question: SyncQuestion = {
        application: applicationChoice(context),
        repositories: repositoryOptions(context),
        prune: hasFlag(context, "prune") ? "asked" : "left-out",
        confirm: textOption(context, "confirm") ?? "",
        resources: listOption(context, "resource"),
      };
      if (hasFlag(context, "dry-run")) return printPlan(context, await dependencies.plan(question), format);
      const timeoutMs = timeoutOf(context) * 1_000;
      const onProgress = format === "json" ? context.warn : context.print;
      return printOutcome(context, await dependencies.sync({ ...question, timeoutMs }, onProgress), format);
    },
  };
}

function printPlan(context: CommandContext, answer: PlanAnswer, format: "text" | "json"): ExitCode {
  const { application, revision, tasks, guardDigest, warnings } = answer;
  for (const warning of warnings) context.warn(`warning: ${warning}`);
  if (format === "json") {
    const rows = tasks.map((task): JsonValue => ({ ...task }));
    context.print(
      stringifyJson(
        { application, revision, tasks: rows, ...(guardDigest === "" ? {} : { guardDigest }) },
        2,
      ),
    );
  } else {
    context.print(`${application} at ${revision}`);
    for (const task of tasks) context.print(taskLine(task));
    if (guardDigest !== "") context.print(`Withheld deletions are confirmed by: --confirm ${guardDigest}`);
  }
  return tasks.some(({ action }) => action !== "skip") ? 1 : 0;
}

function taskLine({ phase, wave, action, group, kind, namespace, name, reason }: SyncTaskSummary): string {
  const object = `${kind}${group === "" ? "" : `.${group}`} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  return `${phase.padEnd(8)} ${String(wave).padStart(3)}  ${action.padEnd(6)}  ${object}${reason === undefined ? "" : ` (${reason})`}`;
}

function printOutcome(context: CommandContext, answer: SyncAnswer, format: "text" | "json"): ExitCode {
  const { tasks, ...rest } = answer;
  if (format === "json") {
    context.print(stringifyJson({ ...rest, tasks: tasks.map((task): JsonValue => ({ ...task })) }, 2));
  } else {
    for (const { task, status, message } of tasks) {
      if (status === "SyncFailed") context.print(`failed: ${task}: ${message}`);
    }
    context.print(
      `${rest.application}: ${rest.phase}, ${rest.sync}, ${rest.health}${rest.message === "" ? "" : ` (${rest.message})`}`,
    );
  }
  return rest.phase === "Succeeded" && rest.health === "Healthy" ? 0 : 1;
}

function timeoutOf(context: CommandContext): number {
  const text = textOption(context, "timeout") ?? String(TIMEOUT_SECONDS);
  const seconds = Number(text.replace(/s$/, ""));
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new UsageError(`--timeout is a number of seconds, not ${text}`);
  return seconds;
}
