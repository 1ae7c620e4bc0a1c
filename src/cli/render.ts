import { type JsonObject, stringifyJson } from "../domain/json.ts";
import { yamlLines } from "../report/yaml-text.ts";
import { APPLICATION_HELP, type ApplicationChoice, applicationChoice } from "./application-choice.ts";
import { type Command, type ExitCode, outputOption, textOption } from "./command.ts";
import {
  REPOSITORY_HELP,
  REPOSITORY_OPTION,
  type RepositoryOptions,
  repositoryOptions,
} from "./repository-options.ts";

export interface RenderAnswer {
  /** In the order its sources print them; no tracking annotation, Secrets as they are. */
  readonly objects: readonly JsonObject[];
  /** For standard error: uncommitted changes, repeated objects, templates that asked for the clock or for randomness. */
  readonly warnings: readonly string[];
}

export interface RenderDependencies {
  readonly render: (
    application: ApplicationChoice,
    options: { readonly repositories: RepositoryOptions; readonly revision: string | undefined },
  ) => Promise<RenderAnswer>;
}

/** `plumbline render`: the target state, as it would be synced. */
export function createRenderCommand({ render }: RenderDependencies): Command {
  return {
    name: "render",
    summary: "Print the objects an Application renders to",
    usage:
      "plumbline render (-f APP.yaml [NAME] | NAME) [--repo DIR | --repo URL=DIR]… [--revision REV] [-o yaml|json]",
    takes: "words",
    options: {
      file: { type: "string", short: "f" },
      revision: { type: "string" },
      output: { type: "string", short: "o" },
      ...REPOSITORY_OPTION,
    },
    help: [
      ...APPLICATION_HELP,
      ...REPOSITORY_HELP,
      "--revision REV       instead of the first source's targetRevision",
      "-o yaml|json         YAML documents (default), or one JSON list",
    ],
    async run(context): Promise<ExitCode> {
      const format = outputOption(context, ["yaml", "json"]);
      const { objects, warnings } = await render(applicationChoice(context), {
        repositories: repositoryOptions(context),
        revision: textOption(context, "revision"),
      });
      for (const warning of warnings) context.warn(`warning: ${warning}`);
      if (objects.length === 0) context.warn("warning: nothing comes of it: no object was rendered");
      if (format === "json") context.print(stringifyJson(objects, 2));
      else for (const object of objects) context.print(["---", ...yamlLines(object)].join("\n"));
      return 0;
    },
  };
}
