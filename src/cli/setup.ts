import { type Command, type ExitCode, textOption, UsageError } from "./command.ts";

export interface SetupDependencies {
  /**
   * Shows the registration wizard on loopback until it is stopped.
   * @param url - where GitHub will reach the server, for the App's webhook; `""` where ./app.yml says it.
   */
  readonly setup: (
    options: { readonly url: string; readonly port: number },
    print: (line: string) => void,
  ) => Promise<void>;
}

/** `plumbline setup`: registers the App, on this machine only; `serve` never offers it. */
export function createSetupCommand({ setup }: SetupDependencies): Command {
  return {
    name: "setup",
    summary: "Register the GitHub App by a wizard in your browser, on loopback only",
    usage: "plumbline setup [--url https://HOST] [--port PORT]",
    takes: "options",
    options: { url: { type: "string" }, port: { type: "string" } },
    help: [
      "--url https://HOST  where GitHub will reach your server; needed unless ./app.yml says it",
      "--port PORT         of the wizard (3000)",
      "The App's number, key and webhook secret are written to ./.env: keep it to yourself.",
    ],
    async run(context): Promise<ExitCode> {
      const url = textOption(context, "url") ?? "";
      if (url !== "" && !/^https:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?\/?$/.test(url)) {
        throw new UsageError("--url is https:// and a host, without a path");
      }
      const port = Number(textOption(context, "port") ?? "3000");
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new UsageError("--port is a number up to 65535");
      await setup({ url: url.replace(/\/$/, ""), port }, context.print);
      return 0;
    },
  };
}
