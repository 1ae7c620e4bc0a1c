#!/usr/bin/env node
// Starts Plumbline under a Node that can run it: this one where it is new enough, else the one that was installed beside
// it (the optional dependency node-linux-*). From a checkout the TypeScript itself runs; a package carries JavaScript.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants, homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 24;
const self = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);
const root = join(dirname(self), "..");
const packaged = join(root, "dist", "main.js");
const main = existsSync(join(root, "src", "main.ts")) ? join(root, "src", "main.ts") : packaged;

if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) {
  serveInLittleMemory();
  // Parsing is most of what a short command costs. In a folder of the user's own: what is in it is executed.
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  module.enableCompileCache?.(join(caches, "plumbline", "compiled"));
  const { run } = await import(main);
  process.exitCode = await run(args);
} else {
  const node = installedNode();
  if (node === undefined) {
    console.error(
      `Plumbline needs Node ${NODE_MAJOR_MIN} or newer and this is ${process.versions.node}.\n` +
        "No newer one came with the installation (they exist for Linux on x64 and arm64): install Node 24 and try again.",
    );
    process.exitCode = 2;
  } else {
    const child = spawn(node, [self, ...args], { stdio: "inherit" });
    // Ctrl-C reaches the child by itself, as one of the terminal's; sent twice, it would end it before it is done.
    process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    child.on("error", ({ message }) => {
      console.error(`Plumbline's own Node does not start: ${message}`);
      process.exitCode = 2;
    });
    // As a shell tells it.
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal];
    });
  }
}

/**
 * What runs for months keeps its garbage small, has one arena for what its threads allocate, and gives back what it no
 * longer uses: with 250 Applications 147 MB instead of 240. Node takes none of it once it runs, so the process starts once
 * more, in its own place.
 */
function serveInLittleMemory() {
  const { nodeFlags, environment } = JSON.parse(readFileSync(join(root, "bin", "serving.json"), "utf8"));
  const isSet = nodeFlags.every((flag) => process.execArgv.includes(flag));
  // Another Node may not know them, and would not start at all.
  const knowsThem = process.versions.node.startsWith(`${NODE_MAJOR_MIN}.`);
  if (args[0] !== "serve" || isSet || !knowsThem || process.execve === undefined) return;
  const argv = [process.execPath, ...process.execArgv, ...nodeFlags, self, ...args];
  process.execve(process.execPath, argv, { ...environment, ...process.env });
}

function installedNode() {
  try {
    const require = createRequire(import.meta.url);
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    const node = join(dirname(manifest), "bin", "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
