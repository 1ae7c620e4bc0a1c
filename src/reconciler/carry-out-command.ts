import type { Command } from "../commands/command.ts";
import { explainRefusal } from "../commands/explain-refusal.ts";
import { formatCommand } from "../commands/format-command.ts";
import { COMMAND_HELP } from "../commands/help.ts";
import type { ApplicationStatus } from "../domain/application-status.ts";
import { COMMAND_VERBS, judgeCommand } from "../domain/command-binding.ts";
import type { Problem } from "../domain/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { ShownPreviews } from "../ports/shown-previews.ts";
import type { Reports } from "../report/reports.ts";
import type { ApplicationStates } from "./application-states.ts";
import { explainAffected } from "./explain-affected.ts";
import { type Answer, caseOf, type Order } from "./obey-comment.ts";
import type { PreviewPullRequest } from "./preview-pull-request.ts";
import type { Registry } from "./registry.ts";
import { type SyncCommand, type SyncCommandPorts, syncByCommand } from "./sync-by-command.ts";

export interface CarryOutPorts extends SyncCommandPorts {
  readonly registry: Registry;
  readonly states: ApplicationStates;
  readonly reports: Reports;
  readonly preview: PreviewPullRequest;
  readonly shownPreviews: ShownPreviews;
  readonly clock: Clock;
  readonly enqueuePullRequest: (order: Order) => void;
}

/** Does what an accepted command orders, and says what came of it. */
export function createCarryOut(ports: CarryOutPorts): (command: Command, order: Order) => Promise<Answer> {
  return async (command, order) => {
    switch (command.verb) {
      case "diff":
        return diff(command, order, ports);
      case "refresh":
        return refresh(command, order, ports);
      case "status":
        return done(ports.reports.reply.status({ statuses: statusesOf(affectedIds(order, ports), ports) }));
      case "help":
        return done(help(order, ports));
      case "explain":
        return explain(command, order, ports);
      case "sync":
        return sync(command, order, ports);
    }
  };
}

/** On a fork's pull request it allows exactly the commit its author could see; the preview itself is the answer. */
function diff(command: Extract<Command, { verb: "diff" }>, order: Order, ports: CarryOutPorts): Answer {
  const { repository, pull } = order;
  if (command.confirm !== "") {
    const [newest] = ports.shownPreviews.list(repository.id, pull.number);
    const digest = newest?.headSha === pull.head.sha ? (newest.digest ?? "") : "";
    if (!isDigestOf(command.confirm, digest)) return refused(command, NOT_SHOWN, ports);
    ports.shownPreviews.confirmChange(repository.id, pull.number, digest);
  }
  if (pull.isFork) ports.shownPreviews.allowFork(repository.id, pull.number, pull.head.sha);
  ports.enqueuePullRequest(order);
  return done("");
}

/** As many digits as previews show: fewer could be another's. */
const DIGEST_DIGITS_MIN = 12;

function isDigestOf(confirmed: string, digest: string): boolean {
  return confirmed.length >= DIGEST_DIGITS_MIN && digest.startsWith(confirmed);
}

const NOT_SHOWN: Problem = {
  reason: "DigestNotShown",
  title: "this is not the digest of the newest preview",
  remedy: "Nothing was changed. Look at the newest preview; its digest is in its last line.",
  retryable: false,
};

function refresh(command: Extract<Command, { verb: "refresh" }>, order: Order, ports: CarryOutPorts): Answer {
  const chosen = choose(command, order, ports);
  if (chosen.kind === "refused") return chosen.answer;
  for (const id of chosen.ids) ports.enqueueApplication(id);
  if (order.pull.state === "open") ports.enqueuePullRequest(order);
  return done("");
}

function help(order: Order, ports: CarryOutPorts): string {
  const commands = COMMAND_VERBS.map((verb) => {
    const judgement = judgeCommand(caseOf(verb, order, ports));
    const refusal = judgement.kind === "refused" ? explainRefusal(judgement.refusal) : undefined;
    const refusedBecause = refusal === undefined ? "" : [refusal.problem.title, ...refusal.facts].join(". ");
    return { ...COMMAND_HELP[verb], refusedBecause };
  });
  return ports.reports.reply.help({ login: order.comment.authorLogin, commands });
}

async function explain(
  command: Extract<Command, { verb: "explain" }>,
  order: Order,
  ports: CarryOutPorts,
): Promise<Answer> {
  const all = await explainAffected(order, ports);
  const wanted = all.filter((one) => command.application === undefined || isNamed(one, command.application));
  if (command.application !== undefined && wanted.length === 0)
    return refused(command, noSuchApplication(command.application, "that reads this repository"), ports);
  return done(ports.reports.reply.explain(wanted));
}

async function sync(command: SyncCommand, order: Order, ports: CarryOutPorts): Promise<Answer> {
  const chosen = choose(command, order, ports);
  if (chosen.kind === "refused") return chosen.answer;
  if (chosen.ids.length === 0) return refused(command, NOTHING_AFFECTED, ports);
  const { plans, refusals, started } = await syncByCommand(command, { order, ids: chosen.ids }, ports);
  const texts = [
    ...(plans.length > 0 ? [ports.reports.reply.plan(plans)] : []),
    ...(started.length > 0
      ? [
          ports.reports.reply.started({
            command: formatCommand(command),
            applications: started.flatMap((id) => ports.registry.get(id)?.application ?? []),
          }),
        ]
      : []),
    ...refusals.map(({ problem, facts }) =>
      ports.reports.reply.refusal({ command: formatCommand(command), problem, facts }),
    ),
  ];
  return { markdown: texts.join("\n\n"), outcome: refusals.length > 0 ? "refused" : "done" };
}

type Choice =
  | { readonly kind: "chosen"; readonly ids: readonly string[] }
  | { readonly kind: "refused"; readonly answer: Answer };

/** The Applications a command names, among those that the pull request was shown to affect; all of them for no name. */
function choose(
  command: Extract<Command, { verb: "sync" | "refresh" }>,
  order: Order,
  ports: CarryOutPorts,
): Choice {
  const affected = affectedIds(order, ports);
  if (command.applications.length === 0) return { kind: "chosen", ids: affected };
  const ids: string[] = [];
  for (const name of command.applications) {
    const matching = affected.filter((id) => id === name || id.endsWith(`/${name}`));
    const [id, ...others] = matching;
    // Absent and out of reach are the same to whoever asks (T052).
    if (id === undefined)
      return { kind: "refused", answer: refused(command, noSuchApplication(name), ports) };
    if (others.length > 0)
      return { kind: "refused", answer: refused(command, ambiguous(name, matching), ports) };
    ids.push(id);
  }
  return { kind: "chosen", ids: [...new Set(ids)] };
}

function affectedIds(
  { repository, pull, shown }: Order,
  { shownPreviews, registry }: CarryOutPorts,
): readonly string[] {
  const newest = shown ?? shownPreviews.list(repository.id, pull.number)[0];
  return Object.keys(newest?.applications ?? {}).filter((id) => registry.get(id) !== undefined);
}

function statusesOf(ids: readonly string[], { states }: CarryOutPorts): readonly ApplicationStatus[] {
  return ids.flatMap((id) => states.get(id) ?? []);
}

function isNamed(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  wanted: string,
): boolean {
  return wanted === name || wanted === `${namespace}/${name}`;
}

function noSuchApplication(name: string, which = "that this pull request affects"): Problem {
  return {
    reason: "NoSuchApplication",
    title: "there is no such Application here",
    remedy: `Nothing was changed. None ${which} is called \`${name}\`; \`/explain\` lists them.`,
    retryable: false,
  };
}

function ambiguous(name: string, ids: readonly string[]): Problem {
  return {
    reason: "AmbiguousApplication",
    title: `several Applications here are called \`${name}\``,
    remedy: `Nothing was changed. Write one with its namespace: ${ids.map((id) => `\`${id}\``).join(", ")}.`,
    retryable: false,
  };
}

const NOTHING_AFFECTED: Problem = {
  reason: "NothingAffected",
  title: "there is nothing to sync",
  remedy: "Nothing was changed. This pull request was not shown to affect any Application.",
  retryable: false,
};

function refused(command: Command, problem: Problem, { reports }: CarryOutPorts): Answer {
  return {
    markdown: reports.reply.refusal({ command: formatCommand(command), problem, facts: [] }),
    outcome: "refused",
  };
}

function done(markdown: string): Answer {
  return { markdown, outcome: "done" };
}
