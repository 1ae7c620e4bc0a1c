import type { ApplicationStatus } from "../domain/application-status.ts";
import type { DryRun } from "../domain/preview.ts";
import type { Problem } from "../domain/problem.ts";
import { createLedger } from "./budget.ts";
import { dryRunFacts } from "./dry-run-facts.ts";
import { cellCode, cellProse, clip, codeSpan, prose, remedyMarkdown } from "./markdown.ts";
import { progressVerdict, statusRows } from "./progress.ts";
import type { Render } from "./templates.ts";
import { count, listInWords, nameIn, short } from "./words.ts";

/** A command that was not carried out, and every fact that stood in its way. */
export interface Refusal {
  /** As it was written: `/sync web`; `""` when it is the comment as a whole. */
  readonly command: string;
  readonly problem: Problem;
  /** One sentence each, code in backticks. */
  readonly facts: readonly string[];
}

/** What `/sync --dry-run` found for one Application. */
export interface PlanReply extends DryRun {
  readonly application: string;
  readonly revision: string;
}

/** What `/sync` has begun. */
export interface Started {
  /** As it was written: `/sync web`. */
  readonly command: string;
  readonly applications: readonly { readonly namespace: string; readonly name: string }[];
}

export interface HelpEntry {
  /** `/sync [APP…] [--prune]`. */
  readonly usage: string;
  readonly summary: string;
  /** Why it would be refused now, to this person, here; `""` where it would be obeyed. */
  readonly refusedBecause: string;
}

export interface Help {
  readonly login: string;
  readonly commands: readonly HelpEntry[];
}

/** Why an Application is, or is not, affected. */
export interface AffectedExplanation {
  readonly namespace: string;
  readonly name: string;
  readonly isAffected: boolean;
  /** In words, where paths do not say it all: its definition changes, it reads another repository. */
  readonly because: string;
  /** Changed paths that it reads. */
  readonly paths: readonly string[];
}

/** A reply is a short text: what is longer is in the check and in the preview. */
const REPLY_BUDGET = { chars: 20_000, bytes: 60_000 };
const TEXT_CHARS_MAX = 500;
const PATHS_SHOWN_MAX = 20;
const EXPLAINED_MAX = 30;
const NAMES_SHOWN_MAX = 20;

export function replyRefusal(render: Render, { command, problem, facts }: Refusal): string {
  return render("reply-refusal", {
    command: command === "" ? "This comment" : codeSpan(clip(command, 200)),
    title: prose(clip(problem.title, TEXT_CHARS_MAX)),
    facts: facts.slice(0, 20).map((fact) => prose(clip(fact, TEXT_CHARS_MAX))),
    remedy: remedyMarkdown(problem, 3_000),
  });
}

export function replyPlan(render: Render, plans: readonly PlanReply[]): string {
  const ledger = createLedger(REPLY_BUDGET);
  return plans.map((plan) => onePlan(render, plan, ledger)).join("\n\n");
}

function onePlan(
  render: Render,
  plan: PlanReply,
  ledger: { take(text: string, extra?: number): boolean },
): string {
  const { sentence, lines } = dryRunFacts(plan);
  const end = lines.findIndex((line) => !ledger.take(line, 3));
  const shown = end === -1 ? lines : lines.slice(0, end);
  return render("reply-plan", {
    name: codeSpan(clip(plan.application, 200)),
    revision: /^[0-9a-f]+$/.test(plan.revision) ? short(plan.revision) : "unknown",
    sentence,
    lines: shown,
    more: shown.length === lines.length ? "" : `${count(lines.length - shown.length, "line")} more`,
  });
}

/** Answers `/status`. */
export function replyStatus(
  render: Render,
  { statuses }: { readonly statuses: readonly ApplicationStatus[] },
): string {
  const verdict = progressVerdict(statuses).replace(/^Merged: /, "");
  return render("reply-status", { lead: `**${capital(verdict)}**`, ...statusRows(statuses, REPLY_BUDGET) });
}

/** Answers a `/sync` that has its intents written: nothing in it grows old, what follows is told elsewhere. */
export function replyStarted(render: Render, { command, applications }: Started): string {
  const nameOf = nameIn(applications);
  const names = applications.slice(0, EXPLAINED_MAX).map((one) => codeSpan(clip(nameOf(one), 200)));
  const rest = applications.length - names.length;
  return render("reply-started", {
    command: codeSpan(clip(command, 200)),
    what: applications.length === 1 ? "the sync" : `the sync of ${applications.length} Applications`,
    names: [...names, ...(rest > 0 ? [`${rest} more`] : [])].join(", "),
    them: applications.length === 1 ? "it" : "them",
  });
}

export function replyHelp(render: Render, { login, commands }: Help): string {
  return render("reply-help", {
    login: codeSpan(clip(login, 100)),
    commands: commands.map(({ usage, summary, refusedBecause }) => ({
      usage: cellCode(usage),
      summary: cellProse(summary),
      now: refusedBecause === "" ? "yes" : `no: ${cellProse(clip(refusedBecause, TEXT_CHARS_MAX))}`,
    })),
  });
}

/** Affected ones first; those of which the same is to be said, in one breath. */
export function replyExplain(render: Render, explanations: readonly AffectedExplanation[]): string {
  const nameOf = nameIn(explanations);
  const groups = Map.groupBy(explanations, (one) => JSON.stringify([one.isAffected, one.because, one.paths]));
  const byVerdict = [...groups.values()].sort(
    (a, b) => Number(isAffectedGroup(b)) - Number(isAffectedGroup(a)),
  );
  const rest = byVerdict.slice(EXPLAINED_MAX).reduce((sum, group) => sum + group.length, 0);
  return render("reply-explain", {
    applications: byVerdict.slice(0, EXPLAINED_MAX).map((group) => ({
      name: namesInWords(group.map((one) => codeSpan(clip(nameOf(one), 200)))),
      verdict: explainVerdict(group),
      paths: explainPaths(group[0]?.paths ?? []),
    })),
    more: rest > 0 ? `and ${count(rest, "Application")} more; \`/explain NAME\` tells about one` : "",
  });
}

function isAffectedGroup([first]: readonly AffectedExplanation[]): boolean {
  return first?.isAffected === true;
}

function namesInWords(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN_MAX;
  return listInWords(rest > 0 ? [...names.slice(0, NAMES_SHOWN_MAX), `${rest} more`] : names);
}

function explainVerdict(group: readonly AffectedExplanation[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { isAffected, because, paths } = first;
  const [is, it, reads] = group.length === 1 ? ["is", "it", "reads"] : ["are", "they", "read"];
  const why = because === "" ? "" : `: ${prose(clip(because, TEXT_CHARS_MAX))}`;
  if (!isAffected) return `${is} not affected${why || `: ${it} ${reads} none of the changed paths`}.`;
  return paths.length === 0 ? `${is} affected${why}.` : `${is} affected${why}. ${capital(it)} ${reads}:`;
}

function explainPaths(paths: readonly string[]): readonly string[] {
  const shown = paths.slice(0, PATHS_SHOWN_MAX).map((path) => codeSpan(clip(path, 300)));
  return paths.length > shown.length ? [...shown, `and ${paths.length - shown.length} more`] : shown;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
