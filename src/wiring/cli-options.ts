import type { Log } from "../ports/log.ts";
import type { RenderStackOptions } from "./render-stack.ts";

/** What a command of the terminal was started with. */
export interface CliOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** All of it, once: for `-f -`. */
  readonly readStandardInput: () => Promise<string>;
  /** From now on, until stopped, the first Ctrl-C only asks: what goes on comes to a truthful end by itself. */
  readonly watchInterrupts: () => InterruptWatch;
  readonly log: Log;
  /** For who runs many commands in one process: starting a renderer takes longer than most of them. */
  readonly startRenderer?: RenderStackOptions["startRenderer"];
}

export interface InterruptWatch {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; the second one ends the process at once. */
  readonly signal: AbortSignal;
  stop(): void;
}
