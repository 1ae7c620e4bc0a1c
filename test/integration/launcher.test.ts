import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../../bin/plumbline.mjs", import.meta.url));
/** Each process that starts says on its first line who it is. */
const INTRODUCTION = encodeURIComponent(
  "console.log(JSON.stringify([process.pid, process.execArgv, process.env.MALLOC_ARENA_MAX ?? '']))",
);

it.for([
  ["serve", 2],
  ["version", 1],
] as const)("`%s` starts %i times, always in the same process", ([command, count]) => {
  const home = mkdtempSync(join(tmpdir(), "plumbline-launcher-"));
  const { stdout } = spawnSync(process.execPath, [LAUNCHER, command], {
    cwd: home,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      NODE_OPTIONS: `--import=data:text/javascript,${INTRODUCTION}`,
    },
    encoding: "utf8",
  });
  rmSync(home, { recursive: true, force: true });
  const starts = stdout.split("\n").filter((line) => line.startsWith("[")) as readonly string[];
  const processes = starts.map((line) => JSON.parse(line) as [number, string[], string]);
  expect(processes).toHaveLength(count);
  expect(new Set(processes.map(([pid]) => pid)).size).toBe(1);
  const last = processes.at(-1);
  expect(last?.[1].includes("--heap-growing-percent=25")).toBe(command === "serve");
  expect(last?.[2]).toBe(command === "serve" ? "1" : "");
});
