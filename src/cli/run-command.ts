import { parseArgs } from "node:util";

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
  const [word, ...rest] = argv;
  if (word === undefined || word === "help" || word === "--help" || word === "-h") {
    output.print(overview(commands));
    return word === undefined ? 2 : 0;
  }
  const name = word === "--version" || word === "-v" ? "version" : word;
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    output.warn(NOT_BUILT_YET[word] ?? `plumbline: there is no command \`${word}\`\n\n${overview(commands)}`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    output.print(manual(command));
    return 0;
  }
  return run(command, rest, output);
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

function parse({ options }: Command, argv: readonly string[]): CommandContext["args"] {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function explain(error: unknown, command: Command): string {
  if (error instanceof UsageError)
    return `plumbline ${command.name}: ${error.message}\nusage: ${command.usage}`;
  if (error instanceof OperationError)
    return `plumbline ${command.name}: ${error.reason}: ${error.title}\n${error.remedy}`;
  // A bug of ours: the stack is what helps.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
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
