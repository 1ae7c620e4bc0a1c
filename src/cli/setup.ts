import { type Command, type ExitCode, textOption, UsageError } from "./command.ts";

export interface SetupDependencies {
  /**
   * Shows the registration wizard on loopback until it is stopped.
   * @param options - `url`: where GitHub will reach the server, for the App's webhook; `""` where ./app.yml says it.
   *   `organization`: whose the App is to be; `""` for the account of whoever registers it.
   */
  readonly setup: (
    options: { readonly url: string; readonly organization: string; readonly port: number },
    print: (line: string) => void,
  ) => Promise<void>;
}

/** `plumbline setup`: registers the App, on this machine only; `serve` never offers it. */
export function createSetupCommand({ setup }: SetupDependencies): Command {
  return {
    name: "setup",
    summary: "Register the GitHub App by a wizard in your browser, on loopback only",
    usage: "plumbline setup [--url https://HOST] [--org NAME] [--port PORT]",
    takes: "options",
    options: { url: { type: "string" }, org: { type: "string" }, port: { type: "string" } },
    help: [
      "--url https://HOST  where GitHub will reach your server, put into ./app.yml; needed unless that says it",
      "--org NAME          the organization whose repositories it is for; your own account unless given",
      "--port PORT         of the wizard (3000)",
      "The App's number, key and webhook secret are written to ./.env: keep it to yourself.",
    ],
    async run(context): Promise<ExitCode> {
      const url = textOption(context, "url") ?? "";
      if (url !== "" && !/^https:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?\/?$/.test(url)) {
        throw new UsageError("--url is https:// and a host, without a path");
      }
      const organization = textOption(context, "org") ?? "";
      if (organization !== "" && !/^[A-Za-z0-9](-?[A-Za-z0-9])*$/.test(organization)) {
        throw new UsageError("--org is an organization's name, as in its address on GitHub");
      }
      const port = Number(textOption(context, "port") ?? "3000");
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new UsageError("--port is a number up to 65535");
      await setup({ url: url.replace(/\/$/, ""), organization, port }, context.print);
      return 0;
    },
  };
}
