import { readEnginesInfo } from "../adapters/renderer/engines-info.ts";
import type { Command } from "../cli/command.ts";
import { createDiffCommand } from "../cli/diff.ts";
import { createHealthCommand } from "../cli/health.ts";
import { createRenderCommand } from "../cli/render.ts";
import { createSyncCommand } from "../cli/sync.ts";
import { createValidateCommand } from "../cli/validate.ts";
import { createVersionCommand } from "../cli/version.ts";
import { createDiffDependencies } from "./cli-diff.ts";
import { createFileDependencies } from "./cli-files.ts";
import type { CliOptions } from "./cli-options.ts";
import { createRenderDependencies } from "./cli-render.ts";
import { createSyncDependencies } from "./cli-sync.ts";
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
