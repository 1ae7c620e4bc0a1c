import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import type { ServeDependencies } from "../cli/serve.ts";
import { parseEnvironment } from "../config/environment.ts";
import type { FileLookup } from "../config/private-key.ts";
import type { CliOptions } from "./cli-options.ts";
import { startServer } from "./serve.ts";

/**
 * Kubernetes kills after 30 seconds what it has told to stop. What goes on with writes that a cluster does not answer is
 * as safe to leave then as it is to be killed.
 */
const STOP_WITHIN_MS = 10_000;

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
      const deadline = setTimeout(() => {
        server.log.warn("what did not come to an end in time is taken up at the next start");
        process.exit(0);
      }, STOP_WITHIN_MS);
      await server.close();
      clearTimeout(deadline);
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
