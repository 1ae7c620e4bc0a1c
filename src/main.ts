import { text } from "node:stream/consumers";

import { runCommand } from "./cli/run-command.ts";
import { createCommands } from "./wiring/cli.ts";
import { watchInterrupts } from "./wiring/interrupts.ts";
import { createStderrLog } from "./wiring/stderr-log.ts";

/**
 * Runs one command line and returns its exit code; called by `bin/plumbline.mjs`. Whoever reads what is printed may
 * stop reading, as `head` does: the rest goes nowhere, and the exit code stays what it was.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const output = {
    print: (line: string) => void process.stdout.write(`${line}\n`),
    warn: (line: string) => void process.stderr.write(`${line}\n`),
  };
  for (const stream of [process.stdout, process.stderr]) stream.on("error", bearClosedPipe);
  const commands = createCommands({
    environment: process.env,
    workingDirectory: process.cwd(),
    readStandardInput: () => text(process.stdin),
    watchInterrupts,
    log: createStderrLog(process.env["LOG_LEVEL"], output.warn),
  });
  return runCommand(argv, commands, output);
}

function bearClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
