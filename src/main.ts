import { text } from "node:stream/consumers";

import { runCommand } from "./cli/run-command.ts";
import { createCommands } from "./wiring/cli.ts";
import { watchInterrupts } from "./wiring/interrupts.ts";
import { createStderrLog } from "./wiring/stderr-log.ts";

/** Of whatever goes wrong: 1 would say that there is a difference. */
const TROUBLE = 2;

/**
 * Runs one command line and returns its exit code; called by `bin/plumbline.mjs`. Whoever reads what is printed may
 * stop reading, as `head` does: the rest goes nowhere, and the exit code stays what it was. What cannot be written for
 * any other reason, on a full disk say, is trouble.
 */
export async function run(argv: readonly string[]): Promise<number> {
  process.on("uncaughtException", (error) => {
    console.error(error);
    process.exit(TROUBLE);
  });
  const output = {
    print: (line: string) => void process.stdout.write(`${line}\n`),
    warn: (line: string) => void process.stderr.write(`${line}\n`),
  };
  let lost = "";
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") lost = error.message;
    });
  }
  const commands = createCommands({
    environment: process.env,
    workingDirectory: process.cwd(),
    readStandardInput: () => text(process.stdin),
    watchInterrupts,
    log: createStderrLog(process.env["LOG_LEVEL"], output.warn),
  });
  const exitCode = await runCommand(argv, commands, output);
  // Only by then is it known whether all of it was written.
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  if (lost === "") return exitCode;
  output.warn(`plumbline: what was to be printed could not be written: ${lost}`);
  return TROUBLE;
}
