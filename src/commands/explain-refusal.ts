import { COMMAND_AGE_MS_MAX, type Refusal } from "../domain/command-binding.ts";
import type { Problem } from "../domain/problem.ts";
import type { CommandProblem } from "./command.ts";

/** A command that is not carried out, in words: what stood in its way, fact by fact, and the way out. */
export interface ExplainedRefusal {
  readonly problem: Problem;
  /** One sentence each, code in backticks. */
  readonly facts: readonly string[];
}

/** For commands that were understood. Times are said in UTC. */
export function explainRefusal(refusal: Refusal): ExplainedRefusal {
  switch (refusal.reason) {
    case "WrittenByMachine":
      return writtenByMachine(refusal);
    case "CommandEdited":
      return refused(refusal.reason, "the comment was edited", {
        facts: [`It was written at ${time(refusal.createdAt)} and changed at ${time(refusal.updatedAt)}.`],
        remedy: "Write it again as a new comment.",
      });
    case "CommandTooOld":
      return refused(refusal.reason, "it was read too late", {
        facts: [
          `It is ${minutes(refusal.ageMs)} old; after ${minutes(COMMAND_AGE_MS_MAX)} nobody may still want it.`,
        ],
        remedy: "Look at the newest preview, then write it again.",
      });
    case "PermissionTooLow":
      return refused(refusal.reason, "your permission does not reach", {
        facts: [`You have \`${refusal.permission}\` on this repository; it takes \`${refusal.needed}\`.`],
        remedy: "Ask somebody who has it.",
      });
    case "NotMerged":
      return refused(refusal.reason, "this pull request is not merged yet", {
        facts: ["What is synced is the branch that Applications track, never a pull request."],
        remedy: "Merge first. `/diff` shows again what the merge would change.",
      });
    case "PullRequestClosed":
      return refused(
        refusal.reason,
        refusal.isMerged ? "this pull request is merged" : "this pull request is closed",
        {
          facts: [],
          remedy: refusal.isMerged ? "`/status` tells what became of it." : "Reopen it, or open another one.",
        },
      );
    case "NothingShown":
      return refused(refusal.reason, "there was nothing to see yet when it was written", {
        facts: [`No preview of \`${short(refusal.headSha)}\` had been shown before the comment.`],
        remedy: "Wait for the preview, look at it, then write it again.",
      });
    case "HeadMoved":
      return refused(refusal.reason, "the branch has moved since", {
        facts: [
          `When the comment was written, \`${short(refusal.shownSha)}\` was shown; the head is \`${short(refusal.headSha)}\` now.`,
        ],
        remedy: "Look at the newest preview, then write it again.",
      });
  }
}

function writtenByMachine({
  reason,
  login,
  isBot,
}: Extract<Refusal, { reason: "WrittenByMachine" }>): ExplainedRefusal {
  return refused(reason, "no person wrote it", {
    facts: [isBot ? `\`${login}\` is a bot.` : `An App wrote it in the name of \`${login}\`.`],
    remedy:
      "Commands are taken from people with write permission, for nobody can tell what a machine had seen. " +
      "This is said once here: further ones get a 👎 and no words.",
  });
}

/** For lines that were not understood. */
export function explainCommandProblem(problem: CommandProblem): ExplainedRefusal {
  switch (problem.kind) {
    case "UnknownCommand":
    case "LookAlike":
      return refused(problem.kind, "there is no such command", {
        facts: [problem.nearest === undefined ? "" : `Did you mean \`/${problem.nearest}\`?`],
        remedy: "`/help` lists the commands.",
      });
    case "NotBuiltYet":
      return refused(problem.kind, "this is not built yet", {
        facts: [`\`/${problem.word}\` will come.`],
        remedy: "`/help` lists what there is.",
      });
    case "UnknownFlag":
      return refused(problem.kind, "there is no such option", {
        facts: [problem.nearest === undefined ? "" : `Did you mean \`${problem.nearest}\`?`],
        remedy: "`/help` lists what each command takes.",
      });
    case "RepeatedFlag":
      return refused(problem.kind, `\`${problem.flag}\` is there twice`, {
        facts: [],
        remedy: "Write it once.",
      });
    case "MissingValue":
      return refused(problem.kind, `\`${problem.flag}\` needs a value`, {
        facts: [],
        remedy: "The digest to confirm is in the reply or the preview that asked for it.",
      });
    case "InvalidDigest":
      return refused(problem.kind, "this is no digest", {
        facts: [],
        remedy: "Copy it from where it was shown: hexadecimal digits, eight at least.",
      });
    case "InvalidName":
      return refused(problem.kind, `\`${problem.value.replaceAll("`", "'")}\` is no Application's name`, {
        facts: [],
        remedy: "Names are those of Kubernetes, with spaces between them: `web`, or `argocd/web`.",
      });
    case "TooManyNames":
      return refused(problem.kind, "there are too many names", {
        facts: [problem.max === 0 ? "This command takes none." : `It takes ${problem.max} at most.`],
        remedy:
          problem.max === 0 ? "Write it without them." : "Without names it means all affected Applications.",
      });
  }
}

function refused(
  reason: string,
  title: string,
  { facts, remedy }: { readonly facts: readonly string[]; readonly remedy: string },
): ExplainedRefusal {
  return {
    problem: { reason, title, remedy: `Nothing was changed. ${remedy}`, retryable: false },
    facts: facts.filter((fact) => fact !== ""),
  };
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function minutes(ms: number): string {
  const rounded = Math.round(ms / 60_000);
  return rounded < 120 ? `${rounded} minutes` : `${Math.round(rounded / 60)} hours`;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
