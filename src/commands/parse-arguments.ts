import type { CommandVerb } from "../domain/command-binding.ts";
import type { Command, CommandProblem } from "./command.ts";
import { nearestWord } from "./edit-distance.ts";
import { printable } from "./printable.ts";

/** Names one command may list. Without names it means all that are affected, however many. */
export const NAMES_PER_COMMAND_MAX = 50;

/** Object names of Kubernetes, with the Application's namespace in front where it is needed. */
const NAME = /^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/)?[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const DIGEST = /^[0-9a-f]{8,64}$/;

/** Without the line, which the caller knows. */
type ProblemDetails = CommandProblem extends infer P
  ? P extends unknown
    ? Omit<P, "line" | "text">
    : never
  : never;

export type ParsedArguments =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "problem"; readonly problem: ProblemDetails };

interface Flags {
  readonly prune: boolean;
  readonly dryRun: boolean;
  readonly confirm: string | undefined;
}

interface Grammar {
  readonly flags: readonly string[];
  readonly namesMax: number;
}

const GRAMMAR: Readonly<Record<CommandVerb, Grammar>> = {
  diff: { flags: ["--confirm"], namesMax: 0 },
  sync: { flags: ["--prune", "--confirm", "--dry-run"], namesMax: NAMES_PER_COMMAND_MAX },
  refresh: { flags: [], namesMax: NAMES_PER_COMMAND_MAX },
  status: { flags: [], namesMax: 0 },
  help: { flags: [], namesMax: 0 },
  explain: { flags: [], namesMax: 1 },
};

/** Reads what follows the word. The grammar is closed: what it does not know is a problem, never passed on. */
export function parseArguments(verb: CommandVerb, words: readonly string[]): ParsedArguments {
  const grammar = GRAMMAR[verb];
  const names: string[] = [];
  let flags: Flags = { prune: false, dryRun: false, confirm: undefined };
  const left = words.flatMap(splitValue);
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word.startsWith("-")) {
      const read = readFlag(word, { flags, left, grammar });
      if ("problem" in read) return { kind: "problem", problem: read.problem };
      flags = read.flags;
    } else {
      if (!NAME.test(word)) return problem({ kind: "InvalidName", value: printable(word) });
      names.push(word);
      if (names.length > grammar.namesMax) return problem({ kind: "TooManyNames", max: grammar.namesMax });
    }
  }
  return { kind: "command", command: commandOf(verb, names, flags) };
}

/** `--confirm=DIGEST` is `--confirm DIGEST`. */
function splitValue(word: string): readonly string[] {
  const [, flag, value] = /^(--confirm)=(.*)$/.exec(word) ?? [];
  return flag === undefined || value === undefined ? [word] : [flag, value];
}

interface FlagState {
  readonly flags: Flags;
  /** Values are taken from its front. */
  readonly left: string[];
  readonly grammar: Grammar;
}

function readFlag(
  flag: string,
  { flags, left, grammar }: FlagState,
): { readonly flags: Flags } | { readonly problem: ProblemDetails } {
  if (!grammar.flags.includes(flag)) {
    const nearest = nearestWord(flag, grammar.flags);
    return { problem: { kind: "UnknownFlag", flag: printable(flag), nearest } };
  }
  const repeated = { problem: { kind: "RepeatedFlag", flag } } as const;
  if (flag === "--prune") return flags.prune ? repeated : { flags: { ...flags, prune: true } };
  if (flag === "--dry-run") return flags.dryRun ? repeated : { flags: { ...flags, dryRun: true } };
  if (flags.confirm !== undefined) return repeated;
  const value = left.shift() ?? "";
  if (value === "" || value.startsWith("-")) return { problem: { kind: "MissingValue", flag } };
  if (!DIGEST.test(value)) return { problem: { kind: "InvalidDigest", value: printable(value) } };
  return { flags: { ...flags, confirm: value } };
}

function commandOf(
  verb: CommandVerb,
  names: readonly string[],
  { prune, dryRun, confirm = "" }: Flags,
): Command {
  switch (verb) {
    case "sync":
      return { verb, applications: names, prune, confirm, dryRun };
    case "refresh":
      return { verb, applications: names };
    case "explain":
      return { verb, application: names[0] };
    case "diff":
      return { verb, confirm };
    case "status":
    case "help":
      return { verb };
  }
}

function problem(details: ProblemDetails): ParsedArguments {
  return { kind: "problem", problem: details };
}
