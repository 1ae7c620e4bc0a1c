import { COMMAND_VERBS, type CommandVerb } from "../domain/command-binding.ts";
import type { CommandProblem, CommentReading, WrittenCommand } from "./command.ts";
import { nearestWord } from "./edit-distance.ts";
import { LATER_WORDS } from "./help.ts";
import { latinLookAlike } from "./look-alikes.ts";
import { parseArguments } from "./parse-arguments.ts";
import { printable } from "./printable.ts";
import { type SpokenLine, spokenLines } from "./spoken-lines.ts";

/** More than that is no conversation; all are left undone, so that nobody wonders which were done (T043). */
export const COMMANDS_PER_COMMENT_MAX = 10;

/** The word that says whom a command is for, where other bots listen, too. */
const OUR_NAME = "plumbline";

/**
 * Reads a comment. A line is a command if it begins with `/` and one of our words, or with `/plumbline`, which alone asks
 * for help; the words' case does not matter. Lines that other bots are meant by, paths and prose are nothing.
 */
export function parseComment(markdown: string): CommentReading {
  const lines = spokenLines(markdown)
    .map(readLine)
    .filter((line) => line !== undefined);
  if (lines.length === 0) return { kind: "none" };
  if (lines.length > COMMANDS_PER_COMMENT_MAX) {
    return { kind: "too-many", count: lines.length, max: COMMANDS_PER_COMMENT_MAX };
  }
  return {
    kind: "orders",
    commands: withoutRepeats(lines.filter((line): line is WrittenCommand => "command" in line)),
    problems: lines.filter((line): line is CommandProblem => "kind" in line),
  };
}

/** The same command said again in one comment is one command. */
function withoutRepeats(commands: readonly WrittenCommand[]): readonly WrittenCommand[] {
  const words = commands.map(({ command }) => JSON.stringify(command));
  return commands.filter((_, index) => words.indexOf(words[index] ?? "") === index);
}

function readLine({ text, number }: SpokenLine): WrittenCommand | CommandProblem | undefined {
  const words = text.split(/[ \t]+/).filter((word) => word !== "");
  const [first = "", ...rest] = words;
  const told = { line: number, text: printable(text.trim()) };
  if (/^\/[A-Za-z][A-Za-z-]*$/.test(first)) {
    const word = first.slice(1).toLowerCase();
    if (word !== OUR_NAME) return readWord(word, rest, { ...told, isForUs: false });
    return readWord((rest[0] ?? "help").toLowerCase(), rest.slice(1), { ...told, isForUs: true });
  }
  const nearest = verbOf(latinLookAlike(first).replace(/^\//, ""));
  const isForeign = /[^\x00-\x7f]/.test(first) && latinLookAlike(first).startsWith("/");
  return isForeign && nearest !== undefined ? { ...told, kind: "LookAlike", nearest } : undefined;
}

function readWord(
  word: string,
  rest: readonly string[],
  { isForUs, ...told }: { readonly line: number; readonly text: string; readonly isForUs: boolean },
): WrittenCommand | CommandProblem | undefined {
  const verb = verbOf(word);
  if (verb !== undefined) {
    const parsed = parseArguments(verb, rest);
    return parsed.kind === "command"
      ? { command: parsed.command, line: told.line }
      : { ...told, ...parsed.problem };
  }
  if (LATER_WORDS.some((later) => later === word)) return { ...told, kind: "NotBuiltYet", word };
  const nearest = nearestWord(word, COMMAND_VERBS);
  const isTrying = isForUs || nearest !== undefined || nearestWord(word, [OUR_NAME]) !== undefined;
  return isTrying ? { ...told, kind: "UnknownCommand", nearest } : undefined;
}

function verbOf(word: string): CommandVerb | undefined {
  return COMMAND_VERBS.find((verb) => verb === word);
}
