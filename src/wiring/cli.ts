import { readEnginesInfo } from "../adapters/renderer/engines-info.ts";
import type { Command } from "../cli/command.ts";
import { createDemoCommand } from "../cli/demo.ts";
import { createDiffCommand } from "../cli/diff.ts";
import { createHealthCommand } from "../cli/health.ts";
import { createRenderCommand } from "../cli/render.ts";
import { createServeCommand } from "../cli/serve.ts";
import { createSyncCommand } from "../cli/sync.ts";
import { createValidateCommand } from "../cli/validate.ts";
import { createVersionCommand } from "../cli/version.ts";
import { createDiffDependencies } from "./cli-diff.ts";
import { createFileDependencies } from "./cli-files.ts";
import type { CliOptions } from "./cli-options.ts";
import { createRenderDependencies } from "./cli-render.ts";
import { createServeDependencies, untilInterrupted } from "./cli-serve.ts";
import { createSyncDependencies } from "./cli-sync.ts";
import { createDemoDependencies } from "./demo.ts";
import { packageVersion } from "./package-version.ts";

/** Every command of the terminal, on real parts. */
export function createCommands(options: CliOptions): readonly Command[] {
  const files = createFileDependencies(options);
  return [
    createRenderCommand(createRenderDependencies(options)),
    createDiffCommand(createDiffDependencies(options)),
    createSyncCommand(createSyncDependencies(options)),
    createHealthCommand(files),
    createValidateCommand(files),
    createServeCommand(createServeDependencies(options)),
    createDemoCommand(createDemoDependencies(options), () => untilInterrupted(options)),
    createVersionCommand({
      version: () => {
        const { libraries, go, sha256 } = readEnginesInfo();
        return {
          plumbline: packageVersion(),
          node: process.versions.node,
          engines: { ...libraries, Go: go },
          enginesSha256: sha256,
        };
      },
    }),
  ];
}
