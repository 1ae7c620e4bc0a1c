import { parseArgs } from "node:util";

import { nearestWord } from "../config/nearest.ts";
import { OperationError } from "../errors/operation-error.ts";
import { type Command, type CommandContext, type ExitCode, safeText, UsageError } from "./command.ts";

/** Where a run prints to. */
export type Output = Pick<CommandContext, "print" | "warn">;

/** Words that exist in the contract and not yet in this version: refused by name, not as unknown. */
const NOT_BUILT_YET: Readonly<Record<string, string>> = {
  app: "`plumbline app …` needs the server's API, which this version does not have yet. `plumbline sync`, `diff` and `render` work without a server.",
};

/** Finds the command and runs it; failures become lines on standard error and exit code 2. */
export async function runCommand(
  argv: readonly string[],
  commands: readonly Command[],
  { print, warn }: Output,
): Promise<ExitCode> {
  // Errors quote what others wrote.
  const output: Output = { print, warn: (line) => warn(safeText(line)) };
  const [word, ...rest] = inOneForm(argv);
  if (word === undefined || word === "--help") {
    (word === undefined ? output.warn : output.print)(overview(commands));
    return word === undefined ? 2 : 0;
  }
  const command = commands.find(({ name }) => name === word);
  if (command === undefined) {
    output.warn(NOT_BUILT_YET[word] ?? unknownCommand(word, commands));
    return 2;
  }
  if (rest.includes("--help")) {
    output.print(manual(command));
    return 0;
  }
  return run(command, rest, output);
}

/** The ways people ask for help, and for the version, as one: `help diff` is `diff --help`. What follows `--` is no option. */
function inOneForm(argv: readonly string[]): readonly string[] {
  const [word = "", ...rest] = argv;
  if (word === "help") return [...rest.slice(0, 1), "--help"];
  if (word === "--version" || word === "-v") return ["version", ...rest];
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return [...argv.slice(0, end).map((one) => (one === "-h" ? "--help" : one)), ...argv.slice(end)];
}

function unknownCommand(word: string, commands: readonly Command[]): string {
  const meant = nearestWord(
    word,
    commands.map(({ name }) => name),
  );
  const hint = meant === "" ? overview(commands) : `Did you mean \`plumbline ${meant}\`?`;
  return `plumbline: there is no command \`${word}\`\n\n${hint}`;
}

async function run(command: Command, argv: readonly string[], output: Output): Promise<ExitCode> {
  try {
    const args = parse(command, argv);
    return await command.run({ args, ...output });
  } catch (error) {
    output.warn(explain(error, command));
    return 2;
  }
}

function parse({ options, takes }: Command, argv: readonly string[]): CommandContext["args"] {
  try {
    const args = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    const [extra] = args.positionals;
    if (takes === "options" && extra !== undefined) throw new UsageError(`what is \`${extra}\`?`);
    return args;
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(misuse(error, Object.keys(options)));
  }
}

/** Node's own words, but for unknown options: theirs explain what nobody meant. */
function misuse(error: unknown, known: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '(?<option>-[^']*)'/.exec(message)?.groups?.["option"];
  if (unknown === undefined) return message;
  const word = unknown.replace(/^-+/, "");
  const meant = known.find((name) => word.length > 1 && name.startsWith(word)) ?? nearestWord(word, known);
  return `there is no option \`${unknown}\`${meant === "" ? "" : `; did you mean \`--${meant}\`?`}`;
}

function explain(error: unknown, command: Command): string {
  if (error instanceof UsageError)
    return `plumbline ${command.name}: ${error.message}\nusage: ${command.usage}`;
  if (error instanceof OperationError)
    return `plumbline ${command.name}: ${error.reason}: ${error.title}\n${error.remedyByHand}`;
  // What the system refuses, a port that is taken or a folder that may not be written, is no bug of ours.
  if (isSystemError(error)) return `plumbline ${command.name}: ${error.message}`;
  // A bug of ours: the stack is what helps.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `usage: plumbline COMMAND [OPTIONS]\n\n${lines.join("\n")}\n\nplumbline COMMAND --help tells more. Exit codes: 0 nothing to say, 1 a difference or something unhealthy or invalid, 2 trouble.`;
}

function manual({ usage, summary, help }: Command): string {
  return [
    `usage: ${usage}`,
    "",
    summary,
    ...(help.length === 0 ? [] : ["", ...help.map((line) => `  ${line}`)]),
  ].join("\n");
}
