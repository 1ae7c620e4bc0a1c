import { parseGoDuration } from "../config/go-text.ts";
import type { JsonValue } from "../domain/json.ts";
import { stringifyJson } from "../domain/json.ts";
import type { Problem } from "../domain/problem.ts";
import { describeResource, formatGroupKind } from "../domain/resource-key.ts";
import type { SyncTaskSummary } from "../domain/sync-task.ts";
import { readTaskId } from "../domain/task-outcome.ts";
import { withheldInWords } from "../report/dry-run-facts.ts";
import { APPLICATION_HELP, type ApplicationChoice, applicationChoice } from "./application-choice.ts";
import { CLUSTER_HELP, CLUSTER_OPTION, type ClusterChoice, clusterChoice } from "./cluster-options.ts";
import {
  type Command,
  type CommandContext,
  type ExitCode,
  hasFlag,
  listOption,
  outputOption,
  sayTo,
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
  readonly cluster: ClusterChoice;
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
  /** Why a sync by this plan would be refused. */
  readonly problem?: Problem;
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
  /** What differs and was left alone, with why. */
  readonly withheld: readonly SyncTaskSummary[];
  /** `""` where nothing was withheld by a guard. */
  readonly guardDigest: string;
}

/** Who is told while a sync is under way. */
export interface SyncListener {
  /** A line for people, at each step. */
  readonly progress: (line: string) => void;
  readonly warn: (line: string) => void;
}

export interface SyncDependencies {
  readonly plan: (question: SyncQuestion) => Promise<PlanAnswer>;
  readonly sync: (
    question: SyncQuestion & { readonly timeoutMs: number },
    listener: SyncListener,
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
      "plumbline sync (-f APP.yaml [NAME] | NAME) [--dry-run] [--prune] [--confirm DIGEST] [--resource G:K:NS/N]… [--repo …] [--kubeconfig FILE] [--context NAME] [--timeout S] [-o text|json]",
    takes: "words",
    options: {
      file: { type: "string", short: "f" },
      "dry-run": { type: "boolean" },
      prune: { type: "boolean" },
      confirm: { type: "string" },
      resource: { type: "string", multiple: true },
      timeout: { type: "string" },
      output: { type: "string", short: "o" },
      ...REPOSITORY_OPTION,
      ...CLUSTER_OPTION,
    },
    help: [
      ...APPLICATION_HELP,
      "--dry-run            print the plan and change nothing; without a kubeconfig, against an empty cluster",
      "--prune              delete what left Git; guards may withhold deletions that look like a mistake",
      "--confirm DIGEST     lift exactly the deletions that were withheld under this digest",
      "--resource G:K:NS/N  only these objects; runs no hooks; may be repeated",
      ...REPOSITORY_HELP,
      ...CLUSTER_HELP,
      `--timeout S          seconds to wait for Healthy (${TIMEOUT_SECONDS}), or a duration: 5m`,
      "-o text|json         for people (default), or for scripts",
    ],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["text", "json"]);
      const question: SyncQuestion = {
        application: applicationChoice(context),
        repositories: repositoryOptions(context),
        cluster: clusterChoice(context),
        prune: hasFlag(context, "prune") ? "asked" : "left-out",
        confirm: textOption(context, "confirm") ?? "",
        resources: listOption(context, "resource"),
      };
      const timeoutMs = timeoutOf(context) * 1_000;
      if (hasFlag(context, "dry-run")) return printPlan(context, await dependencies.plan(question), format);
      const listener: SyncListener = {
        progress: format === "json" ? context.warn : sayTo(context),
        warn: (line) => context.warn(`warning: ${line}`),
      };
      return printOutcome(context, await dependencies.sync({ ...question, timeoutMs }, listener), format);
    },
  };
}

function printPlan(context: CommandContext, answer: PlanAnswer, format: "text" | "json"): ExitCode {
  const { application, revision, tasks, guardDigest, warnings, problem } = answer;
  for (const warning of warnings) context.warn(`warning: ${warning}`);
  if (format === "json") {
    const digest = guardDigest === "" ? {} : { guardDigest };
    context.print(stringifyJson({ application, revision, tasks: tasks.map(rowOf), ...digest }, 2));
  } else {
    const say = sayTo(context);
    say(`${application} at ${revision}`);
    for (const task of tasks) say(taskLine(task));
    if (guardDigest !== "") say(confirmLine(guardDigest));
  }
  if (problem !== undefined) {
    context.warn(`plumbline sync: ${problem.reason}: ${problem.title}\n${problem.remedy}`);
    return 2;
  }
  return tasks.some(({ action }) => action !== "skip") ? 1 : 0;
}

function rowOf(task: SyncTaskSummary): JsonValue {
  return { ...task };
}

function taskLine(task: SyncTaskSummary): string {
  const { phase, wave, action, group, kind, namespace, name, reason } = task;
  const object = `${formatGroupKind({ group, kind })} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  const why = reason === undefined ? "" : ` (${reason}: ${withheldInWords(reason)})`;
  return `${phase.padEnd("PostSync".length)} ${String(wave).padStart(3)}  ${action.padEnd("update".length)}  ${object}${why}`;
}

/** `left alone: ConfigMap shop/old (PruneDisabled: pruning is off; …)`. */
function withheldLine({ reason, ...task }: SyncTaskSummary): string {
  const why = reason === undefined ? "" : ` (${reason}: ${withheldInWords(reason)})`;
  return `left alone: ${describeResource(task)}${why}`;
}

function confirmLine(guardDigest: string): string {
  return `what is held back is confirmed by: --prune --confirm ${guardDigest}`;
}

function printOutcome(context: CommandContext, answer: SyncAnswer, format: "text" | "json"): ExitCode {
  const { tasks, withheld, guardDigest, ...rest } = answer;
  if (format === "json") {
    const rows = tasks.map((task): JsonValue => ({ ...task }));
    const digest = guardDigest === "" ? {} : { guardDigest };
    context.print(stringifyJson({ ...rest, tasks: rows, withheld: withheld.map(rowOf), ...digest }, 2));
  } else {
    const say = sayTo(context);
    for (const task of withheld) say(withheldLine(task));
    if (guardDigest !== "") say(confirmLine(guardDigest));
    const [firstParagraph = ""] = rest.message.split("\n\n", 1);
    const why = firstParagraph === "" ? "" : ` (${firstParagraph.replace(/\s*\n\s*/g, " ")})`;
    say(`${rest.application}: ${rest.phase}, ${rest.sync}, ${rest.health}${why}`);
  }
  for (const { task, status, message } of tasks) {
    if (status !== "SyncFailed") continue;
    const { phase, object } = readTaskId(task);
    context.warn(`plumbline sync: ${phase === "" ? "" : `${phase} `}${object}: ${message}`);
  }
  return rest.phase === "Succeeded" && rest.health === "Healthy" ? 0 : 1;
}

function timeoutOf(context: CommandContext): number {
  const text = textOption(context, "timeout") ?? String(TIMEOUT_SECONDS);
  const seconds = /^[0-9.]+$/.test(text) ? Number(text) : (parseGoDuration(text) ?? 0) / 1_000;
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new UsageError(`--timeout is a number of seconds, or a duration such as 5m or 1m30s, not ${text}`);
  return seconds;
}
