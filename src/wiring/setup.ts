import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { pino } from "pino";
import { run } from "probot";

import type { SetupDependencies } from "../cli/setup.ts";
import { OperationError } from "../errors/operation-error.ts";
import { provideAppManifest } from "./app-manifest.ts";
import type { CliOptions } from "./cli-options.ts";
import { untilInterrupted } from "./cli-serve.ts";

const LOOPBACK = "127.0.0.1";
/** Variables that say that there is an App already: the wizard would replace it. */
const REGISTERED = ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH"];

/** Probot's registration wizard, for this machine alone: whoever reaches it could hand in an App of their own. */
export function createSetupDependencies(options: CliOptions): SetupDependencies {
  return {
    async setup({ url, organization, port }, print) {
      const { environment, workingDirectory } = options;
      const registered = REGISTERED.filter((name) => (environment[name] ?? "") !== "");
      const dotenv = join(workingDirectory, ".env");
      const isInFile =
        existsSync(dotenv) && /^\s*(export\s+)?APP_ID\s*=\s*\S/m.test(readFileSync(dotenv, "utf8"));
      if (registered.length > 0 || isInFile) {
        throw OperationError.of("AlreadyRegistered", {
          where: isInFile ? "`./.env`" : registered.map((name) => `\`${name}\``).join(", "),
        });
      }
      provideAppManifest(workingDirectory, url);
      // The wizard keeps the mode of the file it writes the private key to.
      appendFileSync(dotenv, "", { mode: 0o600 });
      // The wizard would ask a public relay for a channel, and refuses to run in production; this is neither.
      process.env["NO_SMEE_SETUP"] = "true";
      process.env["NODE_ENV"] = "setup";
      // Whose App it is to be: the wizard's own name for it.
      if (organization !== "") process.env["GH_ORG"] = organization;
      const log = pino({ level: "silent" });
      const server = await run(() => undefined, { env: { HOST: LOOPBACK, PORT: String(port) }, log });
      print(
        `Register the App here:  http://${LOOPBACK}:${port}/probot\nIts credentials are written to ${dotenv}. Ctrl-C when GitHub says it is installed, then: plumbline serve`,
      );
      await untilInterrupted(options);
      await server.stop();
    },
  };
}
