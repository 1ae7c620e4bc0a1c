import { type Command, type ExitCode, hasFlag, textOption, UsageError } from "./command.ts";

export interface DemoDependencies {
  /** Tells the whole story without a person. @throws at the first step that goes wrong */
  readonly once: (demo: {
    readonly kubeconfig: string | undefined;
    readonly print: (line: string) => void;
  }) => Promise<void>;
  /** Stays up with a page to look at. */
  readonly stay: (demo: {
    readonly kubeconfig: string | undefined;
    readonly port: number;
    readonly print: (line: string) => void;
    readonly untilStopped: () => Promise<void>;
  }) => Promise<void>;
}

/** `plumbline demo`: a GitHub of one's own, a cluster, a pull request, a page. */
export function createDemoCommand(
  { once, stay }: DemoDependencies,
  untilStopped: () => Promise<void>,
): Command {
  return {
    name: "demo",
    summary: "Bring up a GitHub double, a cluster and Plumbline on this machine, with a page to look at",
    usage: "plumbline demo [--once] [--kubeconfig FILE] [--port PORT]",
    takes: "options",
    options: {
      once: { type: "boolean" },
      kubeconfig: { type: "string" },
      port: { type: "string" },
    },
    help: [
      "--once             tell the whole story without a person; fails if any step goes wrong",
      "--kubeconfig FILE  use that cluster's current context instead of the embedded one",
      "--port PORT        of the page; any free one by default",
    ],
    async run(context): Promise<ExitCode> {
      const kubeconfig = textOption(context, "kubeconfig");
      const port = Number(textOption(context, "port") ?? "0");
      if (!Number.isInteger(port) || port < 0 || port > 65_535)
        throw new UsageError("--port is a number up to 65535");
      const { print } = context;
      if (!hasFlag(context, "once")) {
        await stay({ kubeconfig, port, print, untilStopped });
        return 0;
      }
      const started = performance.now();
      try {
        await once({ kubeconfig, print });
      } catch (error) {
        context.warn(`The story went wrong: ${error instanceof Error ? error.message : String(error)}`);
        return 2;
      }
      print(`The whole story took ${((performance.now() - started) / 1_000).toFixed(1)} s.`);
      return 0;
    },
  };
}
