import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { GitHubDouble } from "../../src/sandbox/github/github-double.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/plumbline.mjs", import.meta.url));
const READY_WITHIN_MS = 120_000;

export interface ServedOptions {
  readonly github: GitHubDouble;
  readonly controlPlane: string;
  readonly stateDir: string;
  readonly kubeconfig: string;
  /** Of the process: no `.env` is in it. */
  readonly folder: string;
  /** More of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** `plumbline serve`, a process of its own. */
export interface ServedProcess {
  readonly pid: number;
  /** Lines of the log so far. */
  readonly log: readonly LogLine[];
  /** What it wrote to its error stream so far. */
  readonly errors: readonly string[];
  /** Resolves with how it ended, whoever ended it. */
  readonly ended: Promise<ServedEnd>;
  /** Sends the signal, to be there before anything else happens. */
  signal(signal: "SIGKILL" | "SIGTERM"): void;
  /** Ids of the processes it has started. */
  children(): Promise<readonly number[]>;
}

export interface ServedEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** Resolves when it is ready, and the double sends its deliveries there. @throws Error with its last words */
export async function startServed(options: ServedOptions): Promise<ServedProcess> {
  const { github, folder } = options;
  const child = spawn(process.execPath, [PROGRAM, "serve"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentOf(options),
  });
  const log: LogLine[] = [];
  const errors: string[] = [];
  const ready = Promise.withResolvers<number>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = parse(text);
    log.push(line);
    if (line.msg === "plumbline is ready") ready.resolve(Number(line["port"]));
  });
  createInterface({ input: child.stderr }).on("line", (text) => errors.push(text));
  const ended = new Promise<ServedEnd>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  void ended.then(({ code, signal }) =>
    ready.reject(new Error(`it ended with ${code ?? signal}\n${errors.join("\n")}`)),
  );
  const timer = setTimeout(() => ready.reject(new Error("it was not ready in time")), READY_WITHIN_MS);
  try {
    const port = await ready.promise;
    github.app.webhookUrl = `http://127.0.0.1:${port}/api/github/webhooks`;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    pid: child.pid ?? 0,
    log,
    errors,
    ended,
    signal: (signal) => void child.kill(signal),
    async children() {
      const text = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
      return text.trim().split(" ").filter(Boolean).map(Number);
    },
  };
}

function environmentOf(options: ServedOptions): Record<string, string | undefined> {
  const { github, controlPlane, stateDir, kubeconfig, environment } = options;
  return {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    KUBECONFIG: kubeconfig,
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_API_URL: github.apiUrl,
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "debug",
    PLUMBLINE_CONTROL_PLANE: `directory:${controlPlane}`,
    PLUMBLINE_STATE_DIR: stateDir,
    ...environment,
  };
}

function parse(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}
