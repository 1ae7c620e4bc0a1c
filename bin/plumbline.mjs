#!/usr/bin/env node
// Starts Plumbline under a Node that can run it: this one where it is new enough, else the one that was installed beside
// it (the optional dependency node-linux-*). From a checkout the TypeScript itself runs; a package carries JavaScript.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packaged = join(root, "dist", "main.js");
const main = existsSync(join(root, "src", "main.ts")) ? join(root, "src", "main.ts") : packaged;

if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) {
  const { run } = await import(main);
  process.exitCode = await run(process.argv.slice(2));
} else {
  const node = installedNode();
  if (node === undefined) {
    console.error(
      `Plumbline needs Node ${NODE_MAJOR_MIN} or newer and this is ${process.versions.node}.\n` +
        "No newer one came with the installation (they exist for Linux on x64 and arm64): install Node 24 and try again.",
    );
    process.exitCode = 2;
  } else {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: "inherit",
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? (signal === null ? 2 : 130);
    });
  }
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
