import type { Command, CommandProblem } from "../commands/command.ts";
import { explainCommandProblem, explainRefusal } from "../commands/explain-refusal.ts";
import { formatCommand } from "../commands/format-command.ts";
import { parseComment } from "../commands/parse-comment.ts";
import { COMMAND_AGE_MS_MAX, type CommandCase, isMachine, judgeCommand } from "../domain/command-binding.ts";
import type { Comment, Permission, PullRequest, Repository } from "../domain/github.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Comments } from "../ports/comments.ts";
import type { Log } from "../ports/log.ts";
import type { PullRequests } from "../ports/pull-requests.ts";
import type { Permissions, Repositories } from "../ports/repositories.ts";
import type { ShownPreview, ShownPreviews } from "../ports/shown-previews.ts";
import type { Reports } from "../report/reports.ts";
import { problemOf } from "./problems.ts";
import type { PullRequestPlace } from "./published.ts";
import type { Publisher } from "./publisher.ts";

/** One command on one pull request, read afresh and judged. */
export interface Order {
  readonly repository: Repository;
  readonly pull: PullRequest;
  readonly comment: Comment;
  readonly permission: Permission;
  /** What the author could see; `undefined` where the command is not bound to it. */
  readonly shown: ShownPreview | undefined;
}

/** What became of a command: words for the reply, `""` for none, and whether it was done. */
export interface Answer {
  readonly markdown: string;
  readonly outcome: "done" | "refused";
}

export interface ObeyPorts {
  readonly repositories: Repositories;
  readonly pullRequests: PullRequests;
  readonly comments: Comments;
  readonly permissions: Permissions;
  readonly shownPreviews: ShownPreviews;
  readonly publisher: Publisher;
  readonly reports: Reports;
  readonly clock: Clock;
  readonly log: Log;
  readonly carryOut: (command: Command, order: Order) => Promise<Answer>;
}

/**
 * Reads a comment again from the API and carries out what it orders, each command at most once: operations are named
 * after the comment, and a comment that was answered is not looked at again.
 */
export async function obeyComment(
  place: {
    readonly installationId: number;
    readonly repositoryId: number;
    readonly number: number;
    readonly commentId: number;
  },
  ports: ObeyPorts,
): Promise<void> {
  if (ports.shownPreviews.isAnswered(place.commentId)) return;
  const repository = await ports.repositories.get(place.installationId, place.repositoryId);
  if (repository === undefined) return;
  const comment = await ports.comments.get(repository, place.commentId);
  if (comment === undefined) return;
  const reading = parseComment(comment.body);
  if (reading.kind === "none") return;
  if (isMachine(comment)) {
    const isOrder = reading.kind === "too-many" || reading.commands.length > 0;
    if (isOrder) await refuseMachine(comment, { repository, number: place.number }, ports);
    ports.shownPreviews.answer(comment.id, ports.clock.now());
    return;
  }
  const pull = await ports.pullRequests.get(repository, place.number);
  if (pull === undefined) return;
  await ports.publisher.react(repository, comment.id, "eyes");
  const permission = await ports.permissions.permissionOf(repository, comment.authorLogin);
  const order = { repository, pull, comment, permission };
  const answers =
    reading.kind === "too-many"
      ? [tooMany(reading, ports)]
      : [
          ...reading.problems.map((problem) => misunderstood(problem, ports)),
          ...(await inTurn(reading.commands, ({ command }) => judgeAndDo(command, order, ports))),
        ];
  await answer(order, answers, ports);
}

async function judgeAndDo(command: Command, order: Omit<Order, "shown">, ports: ObeyPorts): Promise<Answer> {
  const { repository, pull, comment } = order;
  const judgement = judgeCommand(caseOf(command.verb, order, ports));
  const fields = {
    repository: repository.id,
    pull: pull.number,
    comment: comment.id,
    author: comment.authorId,
    verb: command.verb,
  };
  if (judgement.kind === "refused") {
    ports.log.info("a command was refused", { ...fields, reason: judgement.refusal.reason });
    const { problem, facts } = explainRefusal(judgement.refusal);
    const markdown = ports.reports.reply.refusal({ command: formatCommand(command), problem, facts });
    return { markdown, outcome: "refused" };
  }
  ports.log.info("a command is carried out", fields);
  try {
    return await ports.carryOut(command, { ...order, shown: judgement.shown });
  } catch (error) {
    // What may pass is tried again, the whole comment; the rest is answered, or its author would wait for ever.
    if (!(error instanceof OperationError) || error.retryable) throw error;
    ports.log.info("a command could not be carried out", { ...fields, reason: error.reason });
    const reply = { command: formatCommand(command), problem: problemOf(error), facts: [] };
    return { markdown: ports.reports.reply.refusal(reply), outcome: "refused" };
  }
}

/** What a judgement is made of, for one verb: `/help` asks it for all of them. */
export function caseOf(
  verb: Command["verb"],
  { repository, pull, comment, permission }: Omit<Order, "shown">,
  { shownPreviews, clock }: Pick<ObeyPorts, "shownPreviews" | "clock">,
): CommandCase<ShownPreview> {
  const shown = shownPreviews.list(repository.id, pull.number);
  return { verb, comment, permission, pullRequest: pull, shown, now: clock.now() };
}

function misunderstood(problem: CommandProblem, { reports }: ObeyPorts): Answer {
  const { problem: explained, facts } = explainCommandProblem(problem);
  return {
    markdown: reports.reply.refusal({ command: problem.text, problem: explained, facts }),
    outcome: "refused",
  };
}

function tooMany(
  { count, max }: { readonly count: number; readonly max: number },
  { reports }: ObeyPorts,
): Answer {
  const problem = {
    reason: "TooManyCommands",
    title: "Nothing was done: one comment holds more commands than are read",
    remedy: "Write fewer of them, in a new comment.",
    retryable: false,
  };
  const facts = [`It holds ${count}; at most ${max} are carried out.`];
  return { markdown: reports.reply.refusal({ command: "", problem, facts }), outcome: "refused" };
}

async function answer(
  { repository, pull, comment }: Omit<Order, "shown">,
  answers: readonly Answer[],
  ports: ObeyPorts,
): Promise<void> {
  const texts = answers.map(({ markdown }) => markdown).filter((text) => text !== "");
  if (texts.length > 0) {
    await ports.publisher.reply({ repository, number: pull.number }, comment.id, texts.join("\n\n---\n\n"));
  }
  const isRefused = answers.some(({ outcome }) => outcome === "refused");
  await ports.publisher.react(repository, comment.id, isRefused ? "-1" : "rocket");
  ports.shownPreviews.answer(comment.id, ports.clock.now());
}

/**
 * What a machine orders is refused, by a reaction and by one reply a pull request, which holds no command: two machines
 * have nothing to answer one another for ever. Our own words, and whatever repeats them, are not even refused (T047).
 */
async function refuseMachine(
  comment: Comment,
  place: PullRequestPlace,
  { publisher, reports, clock, log }: ObeyPorts,
): Promise<void> {
  const { id, authorId, authorLogin: login, authorType, createdAt } = comment;
  // Nobody waits for a word about what was found long after it was written.
  if (clock.now() - createdAt > COMMAND_AGE_MS_MAX) return;
  if (await publisher.isOurs(place.repository, comment)) return;
  const { problem, facts } = explainRefusal({
    reason: "WrittenByMachine",
    login,
    isBot: authorType === "Bot",
  });
  await publisher.reply(place, "machines", reports.reply.refusal({ command: "", problem, facts }));
  await publisher.react(place.repository, id, "-1");
  log.info("a machine's command was refused", { comment: id, author: authorId });
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
