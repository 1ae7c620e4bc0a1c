import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { createGitHubDouble, type GitHubDouble } from "../../src/sandbox/github/github-double.ts";
import type { RepositoryState } from "../../src/sandbox/github/model.ts";
import { ms, type Row, times } from "../scenario.ts";
import { childrenOf, type ProcessUse, processUse } from "./measure.ts";
import type { Answers, Arrival, Counts, Question, ServerOptions } from "./messages.ts";

/** Plumbline in a process of its own, a GitHub double in this one, and a repository on it. */
export interface Plumbline {
  readonly github: GitHubDouble;
  readonly repository: RepositoryState;
  readonly cloneUrl: string;
  ask<K extends Question["kind"]>(question: Extract<Question, { kind: K }>): Promise<Answers[K]>;
  /** What was counted since the last time, here and in a process that does nothing. */
  counts(): Promise<Counts>;
  /** Resolves when the renderer has warmed itself up: what is measured is a server that runs. */
  warm(): Promise<void>;
  /** When it was so, milliseconds since the epoch. */
  arrived(arrival: Arrival): Promise<number>;
  /** Puts files into the control plane's folder. */
  define(files: Readonly<Record<string, string>>): Promise<void>;
  /** Git commands the server ran so far, arguments of each; only with `countGit`. */
  gitRuns(): Promise<readonly string[]>;
  controller(): ProcessUse;
  renderer(): ProcessUse;
  close(): Promise<void>;
}

export interface PlumblineOptions {
  readonly cluster: ServerOptions["cluster"];
  readonly files: Readonly<Record<string, string>>;
  /** Files of the control plane before the start. */
  readonly define?: (cloneUrl: string) => Readonly<Record<string, string>>;
  /** Writes down each run of Git, which makes it slower by a shell's start. */
  readonly countGit?: "yes";
}

/** Longer than any scenario's wait on a loaded machine. */
const WAIT_MS = 240_000;
/** GitHub's hourly and per-minute limits are not what is measured. */
const NO_LIMITS = { primary: 1e9, pointsPerMinute: 1e9, contentPerMinute: 1e9, contentPerHour: 1e9 };
/** Nothing is to be found by the timer: what is measured is caused. */
const NEVER_MS = 3_600_000;

export async function startPlumbline(options: PlumblineOptions): Promise<Plumbline> {
  const folder = await mkdtemp(join(tmpdir(), "plumbline-bench-"));
  const github = await createGitHubDouble({ limits: NO_LIMITS });
  const repository = await github.createRepository({ owner: "octo", name: "bench", files: options.files });
  github.createUser("alice");
  github.grant(repository, "alice", "write");
  const cloneUrl = github.cloneUrl(repository);
  const controlPlane = join(folder, "control-plane");
  await mkdir(controlPlane);
  const define = async (files: Readonly<Record<string, string>>): Promise<void> => {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(controlPlane, name), text)));
  };
  await define(options.define?.(cloneUrl) ?? {});
  const gitLog = join(folder, "git-runs");
  const path = options.countGit === "yes" ? await countingPath(folder, gitLog) : (process.env["PATH"] ?? "");
  const { child, port, ask } = await startChild({
    settings: settingsFor(github, { controlPlane, stateDirectory: join(folder, "state") }),
    cluster: options.cluster,
    path,
  });
  github.app.webhookUrl = `http://127.0.0.1:${port}/api/github/webhooks`;
  const pid = child.pid ?? 0;
  const idle = startIdle();
  const renderer = (): ProcessUse => {
    const found = childrenOf(pid).find(({ command }) => command.includes("renderer/main"));
    if (found === undefined) throw new Error("the renderer does not run");
    return processUse(found.pid);
  };
  return {
    github,
    repository,
    cloneUrl,
    ask,
    define,
    arrived: (arrival) => ask({ kind: "arrived", arrival }),
    gitRuns: async () => (await readFile(gitLog, "utf8").catch(() => "")).split("\n").slice(0, -1),
    controller: () => processUse(pid),
    renderer,
    counts: async () => ({ ...(await ask({ kind: "counts" })), idle: await idle.delay() }),
    warm: () => standstill(renderer),
    async close() {
      idle.stop();
      await ask({ kind: "close" }).catch(() => child.kill());
      await github.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function settingsFor(
  github: GitHubDouble,
  folders: { readonly controlPlane: string; readonly stateDirectory: string },
): ServerOptions["settings"] {
  return {
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret: github.app.webhookSecret,
    port: 0,
    host: "127.0.0.1",
    logLevel: "info",
    githubApiUrl: github.apiUrl,
    githubUrl: github.url,
    controlPlane: { kind: "directory", directory: folders.controlPlane },
    stateDirectory: folders.stateDirectory,
    reconcileMs: NEVER_MS,
    mode: "sync",
    warnings: [],
  };
}

/** Its processor time stands still. */
async function standstill(use: () => ProcessUse): Promise<void> {
  for (let last = -1; use().cpuSeconds !== last; ) {
    last = use().cpuSeconds;
    // The system counts in hundredths of a second and tells nobody: a second without one is standing still.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function startIdle() {
  const child = fork(fileURLToPath(new URL("./idle-process.ts", import.meta.url)));
  return {
    delay: async (): Promise<Counts["idle"]> => {
      const answer = once(child, "message");
      child.send("how late?");
      return ((await answer) as [Counts["idle"]])[0];
    },
    stop: () => child.disconnect(),
  };
}

/** What the table says of a process's event loop, beside one that did nothing. */
export function delayRow({ delayP99Ms, delayMaxMs, idle }: Counts): Row {
  return {
    what: "event loop delay meanwhile, p99 (max)",
    ours: `${ms(delayP99Ms)} (${ms(delayMaxMs)})`,
    against: `a process that does nothing: ${ms(idle.idleP99Ms)} (${ms(idle.idleMaxMs)})`,
    ratio: times(idle.idleP99Ms, delayP99Ms),
    target: "≤ 20 ms",
  };
}

/** A `git` before the real one that writes down what it is asked. */
async function countingPath(folder: string, log: string): Promise<string> {
  const bin = join(folder, "bin");
  const path = process.env["PATH"] ?? "";
  await mkdir(bin);
  const script = `#!/bin/sh\necho "$*" >> ${log}\nPATH='${path}' exec git "$@"\n`;
  await writeFile(join(bin, "git"), script);
  await chmod(join(bin, "git"), 0o755);
  return [bin, path].join(delimiter);
}

const PROGRAM = fileURLToPath(new URL("./server-process.ts", import.meta.url));
/** How the launcher runs `serve`. */
const SERVING = JSON.parse(readFileSync(new URL("../../bin/serving.json", import.meta.url), "utf8")) as {
  readonly nodeFlags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

async function startChild(options: ServerOptions) {
  const execArgv = [...SERVING.nodeFlags, ...(process.env["BENCH_NODE_OPTIONS"]?.split(" ") ?? [])];
  // As the launcher has it, for it holds the TypeScript without its types: what reads those takes 30 MB.
  const NODE_COMPILE_CACHE = join(homedir(), ".cache", "plumbline", "compiled");
  const env = { ...process.env, ...SERVING.environment, NODE_COMPILE_CACHE };
  const child = fork(PROGRAM, [JSON.stringify(options)], { execArgv, env, serialization: "json" });
  const pending = new Map<number, (answer: never) => void>();
  const started = Promise.withResolvers<number>();
  child.on("message", (message: { port?: number; id?: number; answer?: never }) => {
    if (message.port !== undefined) started.resolve(message.port);
    if (message.id === undefined) return;
    pending.get(message.id)?.(message.answer as never);
    pending.delete(message.id);
  });
  child.once("exit", (code) => started.reject(new Error(`the server ended with code ${code}`)));
  const ask = createAsk(child, pending);
  return { child, ask, port: await started.promise };
}

function createAsk(child: ChildProcess, pending: Map<number, (answer: never) => void>): Plumbline["ask"] {
  let lastId = 0;
  return function ask<K extends Question["kind"]>(
    question: Extract<Question, { kind: K }>,
  ): Promise<Answers[K]> {
    lastId += 1;
    const id = lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Answers[K]>();
    const giveUp = setTimeout(() => {
      const why = question.kind === "why" ? Promise.resolve("") : ask({ kind: "why" });
      why.then(
        (words) => reject(new Error(`no answer to ${JSON.stringify(question).slice(0, 200)}\n${words}`)),
        reject,
      );
    }, WAIT_MS);
    pending.set(id, (answer) => {
      clearTimeout(giveUp);
      resolve(answer);
    });
    child.send({ id, question });
    return promise;
  };
}
