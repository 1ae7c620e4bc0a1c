import type { Command } from "../../src/cli/command.ts";
import { type Output, runCommand } from "../../src/cli/run-command.ts";

/** What one run of the command line said, and how it ended. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line against these commands. */
export async function runRecorded(argv: readonly string[], commands: readonly Command[]): Promise<CliRun> {
  const said = { stdout: [] as string[], stderr: [] as string[] };
  const output: Output = {
    print: (line) => void said.stdout.push(line),
    warn: (line) => void said.stderr.push(line),
  };
  const code = await runCommand(argv, commands, output);
  return { code, stdout: said.stdout.join("\n"), stderr: said.stderr.join("\n") };
}
