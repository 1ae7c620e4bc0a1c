import { type ChildProcess, spawn } from "node:child_process";

/** Nobody's configuration but ours, and no questions asked. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

export interface GitRun {
  readonly folder: string;
  readonly args: readonly string[];
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface GitOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts git in a repository, its output as text. Rejects with what git said when it fails. */
export async function runGit(run: GitRun): Promise<string> {
  return outputOf(run.args, await tryGit(run));
}

/** @throws Error with what git said, where it failed */
export function outputOf(args: readonly string[], { code, stdout, stderr }: GitOutcome): string {
  if (code !== 0) throw new Error(`git ${args[0] ?? ""}: ${stderr.trim() || `exit ${code}`}`);
  return stdout;
}

/** As {@link runGit}, for commands whose exit code is an answer. */
export function tryGit(run: GitRun): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawnGit(run);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(output).toString("utf8"),
        stderr: Buffer.concat(errors).toString("utf8"),
      }),
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(run.input);
  });
}

/** Starts git and hands over its pipes. */
export function spawnGit({ folder, args, environment }: GitRun): ChildProcess {
  return spawn("git", args, { cwd: folder, env: { ...GIT_ENVIRONMENT, ...environment }, stdio: "pipe" });
}
