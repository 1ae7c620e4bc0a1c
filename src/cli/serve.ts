import type { Command, ExitCode } from "./command.ts";

export interface ServeDependencies {
  /** Runs until it is told to stop. @throws OperationError SettingsInvalid with every problem at once */
  readonly serve: (print: (line: string) => void) => Promise<void>;
}

/** `plumbline serve`: the GitHub App. Settings come from the environment alone. */
export function createServeCommand({ serve }: ServeDependencies): Command {
  return {
    name: "serve",
    summary: "Run the GitHub App: previews, syncs, commands, statuses, the timer",
    usage: "plumbline serve",
    takes: "options",
    options: {},
    help: [
      "Settings are environment variables, or lines of ./.env: see the README's table. `plumbline setup` registers the App.",
    ],
    async run({ print }): Promise<ExitCode> {
      await serve(print);
      return 0;
    },
  };
}
