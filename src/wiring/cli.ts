import type { Command } from "../cli/command.ts";
import { createDemoCommand } from "../cli/demo.ts";
import { createDiffCommand } from "../cli/diff.ts";
import { createHealthCommand } from "../cli/health.ts";
import { createRenderCommand } from "../cli/render.ts";
import { createServeCommand } from "../cli/serve.ts";
import { createSetupCommand } from "../cli/setup.ts";
import { createSyncCommand } from "../cli/sync.ts";
import { createValidateCommand } from "../cli/validate.ts";
import { createVersionCommand } from "../cli/version.ts";
import type { CliOptions } from "./cli-options.ts";

/** Every command of the terminal, on real parts. A command's parts are loaded when it is run: most runs need few. */
export function createCommands(options: CliOptions): readonly Command[] {
  const files = async () => (await import("./cli-files.ts")).createFileDependencies(options);
  const sync = async () => (await import("./cli-sync.ts")).createSyncDependencies(options);
  const serve = async () => (await import("./cli-serve.ts")).createServeDependencies(options);
  const demo = async () => (await import("./demo.ts")).createDemoDependencies(options);
  return [
    createRenderCommand({
      render: async (choice, how) =>
        (await import("./cli-render.ts")).createRenderDependencies(options).render(choice, how),
    }),
    createDiffCommand({
      diff: async (question) =>
        (await import("./cli-diff.ts")).createDiffDependencies(options).diff(question),
    }),
    createSyncCommand({
      plan: async (question) => (await sync()).plan(question),
      sync: async (question, listener) => (await sync()).sync(question, listener),
    }),
    createHealthCommand({
      readObjects: async (file) => (await files()).readObjects(file),
      readSettings: async (file) => (await files()).readSettings(file),
    }),
    createValidateCommand({ validate: async (names) => (await files()).validate(names) }),
    createSetupCommand({
      setup: async (how, print) =>
        (await import("./setup.ts")).createSetupDependencies(options).setup(how, print),
    }),
    createServeCommand({ serve: async (print) => (await serve()).serve(print) }),
    createDemoCommand(
      {
        once: async (how) => (await demo()).once(how),
        stay: async (how) => (await demo()).stay(how),
      },
      async () => (await import("./cli-serve.ts")).untilInterrupted(options),
    ),
    createVersionCommand({ version: async () => (await import("./cli-version.ts")).readVersion() }),
  ];
}
