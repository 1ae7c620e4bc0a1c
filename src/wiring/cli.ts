import { readEnginesInfo } from "../adapters/renderer/engines-info.ts";
import type { Command } from "../cli/command.ts";
import { createRenderCommand } from "../cli/render.ts";
import { createSyncCommand } from "../cli/sync.ts";
import { createVersionCommand } from "../cli/version.ts";
import { createRenderDependencies } from "./cli-render.ts";
import { createSyncDependencies } from "./cli-sync.ts";
import type { CliOptions } from "./cli-world.ts";
import { packageVersion } from "./package-version.ts";

/** Every command of the terminal, on real parts. */
export function createCommands(options: CliOptions): readonly Command[] {
  return [
    createRenderCommand(createRenderDependencies(options)),
    createSyncCommand(createSyncDependencies(options)),
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
