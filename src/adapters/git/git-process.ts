import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

import type { RepositoryProtocol } from "../../domain/repository-url.ts";
import type { Clock } from "../../ports/clock.ts";
import { type GitSetting, gitEnvironment } from "./git-environment.ts";
import { GitFailure } from "./git-failure.ts";

/** The only way to a Git process. */
export interface GitProcess {
  /**
   * Runs Git to its end.
   * @throws GitFailure unless it exits with a code that was expected (0 where none is named).
   */
  run(command: GitCommand): Promise<GitOutput>;
  /** Starts Git and leaves it running; the caller talks to it and ends it by {@link GitChild.stop}. */
  start(command: Pick<GitCommand, "arguments" | "environment">): GitChild;
}

export interface GitCommand {
  /** Each one argument, never joined: there is no shell. Anything from outside stands behind `--end-of-options`. */
  readonly arguments: readonly string[];
  readonly settings?: readonly GitSetting[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs: number;
  /** Past this the process is killed. */
  readonly outputBytesMax: number;
  readonly exitCodes?: readonly number[];
  readonly signal?: AbortSignal;
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitChild {
  write(text: string): void;
  readonly onData: (listener: (chunk: Buffer) => void) => void;
  /** Called once, however it ended, with the last of what it said. */
  readonly onEnd: (listener: (stderr: string) => void) => void;
  stop(): void;
}

export interface GitProcessOptions {
  readonly clock: Clock;
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  readonly protocols: readonly RepositoryProtocol[];
}

/** Of standard error the end is kept: there the reason is. */
const STDERR_CHARS_MAX = 16_384;

/** Between asking a process to end, so that it removes its lock files, and ending it. */
const KILL_GRACE_MS = 1_000;

/** Git in processes of their own group, so that what Git starts (ssh, its HTTP helper) ends with it. */
export function createGitProcess({ clock, surroundings, protocols }: GitProcessOptions): GitProcess {
  const launch = (command: Pick<GitCommand, "arguments" | "environment" | "settings">): Launched => {
    const { settings = [], environment: extra = {} } = command;
    // Its streams are missing where it could not be started for want of descriptors.
    const child: ChildProcess = spawn("git", command.arguments, {
      cwd: "/",
      detached: true,
      stdio: "pipe",
      env: gitEnvironment({ surroundings, protocols, settings, extra }),
    });
    // A process that ends before it has read everything breaks the pipe; its exit code says why.
    child.stdin?.on("error", () => {});
    const ended = new AbortController();
    return { child, ended, stderr: keepEnd(child), stop: stopOnce(child, clock, ended.signal) };
  };
  return {
    run: async (command) => {
      command.signal?.throwIfAborted();
      return finish(launch(command), command, clock);
    },
    start: (command) => converse(launch(command)),
  };
}

interface Launched {
  readonly child: ChildProcess;
  /** Aborted once the process has ended, to stop what waits for that. */
  readonly ended: AbortController;
  readonly stderr: () => string;
  readonly stop: () => void;
}

async function finish(
  { child, ended, stderr, stop }: Launched,
  command: GitCommand,
  clock: Clock,
): Promise<GitOutput> {
  let failure: GitFailure["kind"] | undefined;
  const kill = (kind: GitFailure["kind"]) => {
    failure ??= kind;
    stop();
  };
  const abort = () => kill("aborted");
  const stdout = collect(child, command.outputBytesMax, () => kill("outputTooLarge"));
  command.signal?.addEventListener("abort", abort, { once: true });
  clock.sleep(command.timeoutMs, ended.signal).then(
    () => kill("timeout"),
    () => {},
  );
  child.stdin?.end(command.input ?? "");

  try {
    const exitCode = await exitOf(child);
    if (failure === undefined && (command.exitCodes ?? [0]).includes(exitCode)) {
      return { exitCode, stdout: Buffer.concat(stdout), stderr: stderr() };
    }
    command.signal?.throwIfAborted();
    const facts = { command: subcommand(command), exitCode, stderr: stderr() };
    throw new GitFailure(failure ?? "exit", facts);
  } finally {
    ended.abort();
    command.signal?.removeEventListener("abort", abort);
  }
}

function converse({ child, ended, stderr, stop }: Launched): GitChild {
  return {
    write: (text) => void child.stdin?.write(text),
    onData: (listener) => void child.stdout?.on("data", listener),
    onEnd(listener) {
      const end = () => {
        ended.abort();
        listener(stderr());
      };
      exitOf(child).then(end, end);
    },
    stop() {
      child.stdin?.end();
      stop();
    },
  };
}

/** Ends the whole group: first by asking. Safe to call again, and after the end, when the number may be another's. */
function stopOnce(child: ChildProcess, clock: Clock, ended: AbortSignal): () => void {
  let isStopping = false;
  return () => {
    if (isStopping || ended.aborted) return;
    isStopping = true;
    signalGroup(child, "SIGTERM");
    clock.sleep(KILL_GRACE_MS, ended).then(
      () => signalGroup(child, "SIGKILL"),
      () => {},
    );
  };
}

function signalGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** @returns the exit code, 128 for a signal. @throws GitFailure when Git could not be started. */
async function exitOf(child: ChildProcess): Promise<number> {
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return code ?? 128;
  } catch (error) {
    throw new GitFailure("spawn", { command: "", exitCode: -1, stderr: "" }, { cause: error });
  }
}

function collect(child: ChildProcess, bytesMax: number, tooMuch: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) tooMuch();
    else chunks.push(chunk);
  });
  return chunks;
}

function keepEnd(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-STDERR_CHARS_MAX);
  });
  return () => text;
}

function subcommand(command: GitCommand): string {
  return command.arguments.find((argument) => !argument.startsWith("-")) ?? "";
}
