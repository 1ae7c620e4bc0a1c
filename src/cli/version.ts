import { stringifyJson } from "../domain/json.ts";
import { type Command, type ExitCode, outputOption } from "./command.ts";

export interface VersionAnswer {
  readonly plumbline: string;
  readonly node: string;
  /** Library → version, as built into the engines. */
  readonly engines: Readonly<Record<string, string>>;
  readonly enginesSha256: string;
}

/** `plumbline version`: this program, and the libraries inside its engines. */
export function createVersionCommand({
  version,
}: {
  readonly version: () => Promise<VersionAnswer>;
}): Command {
  return {
    name: "version",
    summary: "Name this version and the libraries inside its engines",
    usage: "plumbline version [-o text|json]",
    takes: "options",
    options: { output: { type: "string", short: "o" } },
    help: ["-o text|json         for people (default), or for scripts"],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["text", "json"]);
      const answer = await version();
      if (format === "json") {
        context.print(stringifyJson({ ...answer, engines: { ...answer.engines } }, 2));
        return 0;
      }
      context.print(`plumbline ${answer.plumbline}`);
      for (const [name, release] of Object.entries(answer.engines)) context.print(`${name} ${release}`);
      context.print(`engines sha256 ${answer.enginesSha256}`);
      context.print(`node ${answer.node}`);
      return 0;
    },
  };
}
