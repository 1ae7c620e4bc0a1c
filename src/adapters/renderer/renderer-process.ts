import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ControllerMessage,
  createFrameReader,
  encodeFrame,
  type Frame,
  type RendererMessage,
} from "../../domain/renderer-protocol.ts";
import { ENGINES_FILE } from "./engines-info.ts";

/** The renderer's program as this process sees it: frames in, frames out, and an end. */
export interface RendererProcess {
  send(message: ControllerMessage, body?: readonly Uint8Array[]): void;
  /** Keeps this process alive, or lets it end, while the renderer runs. */
  hold(hold: "hold" | "release"): void;
  kill(): void;
  readonly pid: number | undefined;
}

export interface RendererProcessOptions {
  /** The program's one argument; `src/renderer/main.ts` says what is in it. */
  readonly settings: Readonly<Record<string, unknown>>;
  onFrame(frame: Frame<RendererMessage>): void;
  /** Once, with the end of what it wrote to its error stream. */
  onEnd(lastWords: string): void;
  /** For tests: arguments of Node for another program in the renderer's place. */
  readonly program?: readonly string[];
}

const LAST_WORDS_CHARS_MAX = 2_000;
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const mainFile = fileURLToPath(new URL(`../../renderer/main${extension}`, import.meta.url));
const sourceFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * V8 compiles a function again, better and much dearer, once it has run for a while. The engines have tens of thousands
 * of functions: told to wait longer and to inline nothing, it spends a quarter less on the first thousand renders, and
 * the later ones are as fast.
 */
const COMPILER_FLAGS =
  // Another release may not know them, and would not start.
  process.versions.node.startsWith("24.") ? ["--no-wasm-inlining", "--wasm-tiering-budget=40000000"] : [];

/** Nothing of ours; threads share the C library's heaps instead of having eight each. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: "2" };

/**
 * Starts the renderer: Node itself, with an empty environment, no right to start programs or to write files, and the
 * right to read its own code and the engines. What strangers wrote runs a wall further in, in WebAssembly.
 */
export function startRendererProcess(options: RendererProcessOptions): RendererProcess {
  const { settings, onFrame, onEnd, program = rendererProgram(settings) } = options;
  // Its streams are missing where it could not be started for want of descriptors.
  const child: ChildProcess = spawn(process.execPath, program, { env: ENVIRONMENT, stdio: "pipe" });
  const readFrames = createFrameReader<RendererMessage>();
  let lastWords = "";
  let fault = "";
  let hasEnded = false;
  function end(words: string): void {
    if (hasEnded) return;
    hasEnded = true;
    onEnd(words.trim());
  }
  // It runs what strangers wrote: whatever it sends must not be able to end this process, too.
  function read(chunk: Buffer): void {
    try {
      for (const frame of readFrames(chunk)) onFrame(frame);
    } catch (error) {
      fault = `it sent what is no message: ${String(error)}`;
      child.stdout?.off("data", read).resume();
      child.kill("SIGKILL");
    }
  }
  child.on("error", ({ message }) => end(message));
  child.on("close", (code, signal) => end(fault || lastWords || `it ended with ${signal ?? `code ${code}`}`));
  child.stdout?.on("data", read);
  child.stderr?.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString("utf8")).slice(-LAST_WORDS_CHARS_MAX);
  });
  // Writing to a process that has just ended is told by its end.
  child.stdin?.on("error", () => undefined);
  return {
    send: (message, body) => void child.stdin?.write(encodeFrame(message, body)),
    hold(hold) {
      for (const handle of [child, child.stdin, child.stdout, child.stderr] as (
        | Refable
        | null
        | undefined
      )[]) {
        if (hold === "hold") handle?.ref?.();
        else handle?.unref?.();
      }
    },
    kill: () => void child.kill("SIGKILL"),
    pid: child.pid,
  };
}

function rendererProgram(settings: RendererProcessOptions["settings"]): readonly string[] {
  return [
    "--permission",
    "--allow-worker",
    `--allow-fs-read=${sourceFolder}*`,
    `--allow-fs-read=${dirname(sourceFolder)}/package.json`,
    `--allow-fs-read=${ENGINES_FILE}`,
    "--no-warnings",
    "--max-semi-space-size=4",
    ...COMPILER_FLAGS,
    mainFile,
    JSON.stringify({ ...settings, enginesFile: ENGINES_FILE }),
  ];
}

/** Pipes are sockets, which can be kept from holding the process; their declared types do not say so. */
interface Refable {
  ref?(): void;
  unref?(): void;
}
