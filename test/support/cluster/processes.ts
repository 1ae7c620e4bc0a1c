import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Programs that live no longer than this process does, however it ends. */
export interface Processes {
  /** Starts a program with its output in `NAME.log`; an earlier one of that name must have been stopped. */
  start(name: string, program: string, args: readonly string[]): void;
  /** Ends it at once (SIGKILL) and waits until it is gone. */
  kill(name: string): Promise<void>;
  /** The last lines it wrote, with its exit code if it has ended. */
  lastWords(name: string): Promise<string>;
  isRunning(name: string): boolean;
  stopAll(): Promise<void>;
}

/**
 * @param folder - where logs go; it is removed by the watchdog if this process dies without stopping its programs.
 */
export function createProcesses(folder: string): Processes {
  const children = new Map<string, ChildProcess>();
  const watchdog = startWatchdog(folder);
  const processes: Processes = {
    start(name, program, args) {
      const log = openSync(join(folder, `${name}.log`), "a");
      const child = spawn(program, args, { cwd: folder, stdio: ["ignore", log, log], detached: true });
      closeSync(log);
      child.on("error", () => undefined);
      child.unref();
      children.set(name, child);
      if (child.pid !== undefined) watchdog.stdin?.write(`${child.pid}\n`);
    },
    async kill(name) {
      const child = children.get(name);
      if (child === undefined || hasEnded(child)) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.ref();
      child.kill("SIGKILL");
      await ended;
    },
    async lastWords(name) {
      const text = await readFile(join(folder, `${name}.log`), "utf8").catch(() => "");
      const code = children.get(name)?.exitCode;
      const ending = code === null || code === undefined ? "" : ` (ended with ${code})`;
      return `${name}${ending}: ${text.trim().split("\n").slice(-5).join("\n")}`;
    },
    isRunning(name) {
      const child = children.get(name);
      return child !== undefined && !hasEnded(child);
    },
    async stopAll() {
      await Promise.all([...children.keys()].reverse().map((name) => processes.kill(name)));
      watchdog.ref();
      const gone = new Promise((resolve) => watchdog.once("exit", resolve));
      watchdog.kill("SIGKILL");
      await gone;
    },
  };
  return processes;
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/**
 * Reads the pids of what we started; when our end of its pipe closes, which also happens when we are killed with
 * SIGKILL, it kills them and removes the folder. Detached, so that Ctrl-C in a terminal does not end it first.
 */
function startWatchdog(folder: string): ChildProcess {
  const script = `
    pids=""
    while read -r pid; do pids="$pids $pid"; done
    for pid in $pids; do
      case "$(readlink /proc/$pid/cwd 2>/dev/null || echo "$1")" in "$1"*) kill -9 $pid 2>/dev/null ;; esac
    done
    sleep 0.2
    rm -rf "$1"`;
  const watchdog = spawn("/bin/sh", ["-c", script, "sh", folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.stdin?.on("error", () => undefined);
  watchdog.unref();
  (watchdog.stdin as { unref?: () => void } | null)?.unref?.();
  return watchdog;
}
