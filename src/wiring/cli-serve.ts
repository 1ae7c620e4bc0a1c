import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import type { ServeDependencies } from "../cli/serve.ts";
import { parseEnvironment } from "../config/environment.ts";
import type { FileLookup } from "../config/private-key.ts";
import type { CliOptions } from "./cli-options.ts";
import { startServer } from "./serve.ts";

/** What `plumbline serve` needs: the process's environment, with `./.env` as `setup` leaves it behind, and a word to stop. */
export function createServeDependencies(options: CliOptions): ServeDependencies {
  return {
    async serve(print) {
      const environment = { ...readDotenv(options.workingDirectory), ...options.environment };
      const settings = parseEnvironment(environment, lookUpFile);
      const server = await startServer({
        settings,
        environment,
        writeLog: (line) => void process.stdout.write(line),
      });
      print(`Listening on ${settings.host}:${server.port}`);
      for (const warning of settings.warnings) server.log.warn(warning);
      await untilInterrupted(options);
      await server.close();
    },
  };
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
export function untilInterrupted({ watchInterrupts }: Pick<CliOptions, "watchInterrupts">): Promise<void> {
  const { signal } = watchInterrupts();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Variables of `./.env`; what is in the environment wins. */
function readDotenv(folder: string): Readonly<Record<string, string | undefined>> {
  const file = lookUpFile(join(folder, ".env"));
  return file.kind === "file" ? parseEnv(file.text) : {};
}

const lookUpFile: FileLookup = (path) => {
  try {
    return { kind: "file", mode: statSync(path).mode, text: readFileSync(path, "utf8") };
  } catch {
    return { kind: "missing" };
  }
};
