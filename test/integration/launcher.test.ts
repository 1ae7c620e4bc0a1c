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

/** The first process takes itself for an older Node; the one it starts does as it is told. */
const AS_OLD_NODE = (next: string) =>
  `if (process.env.FIRST) { delete process.env.FIRST; Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.18.0" } }); } else { ${next} }`;

it.for([
  { what: "exits", next: "process.exit(1)", expected: 1 },
  { what: "is told to stop", next: 'process.kill(process.pid, "SIGTERM")', expected: 143 },
  { what: "is killed, by a lack of memory say", next: 'process.kill(process.pid, "SIGKILL")', expected: 137 },
])("under an older Node, ends as the newer one does that it started: $what", ({ next, expected }) => {
  const { status } = spawnSync(process.execPath, [LAUNCHER, "version"], {
    env: {
      ...process.env,
      FIRST: "yes",
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(AS_OLD_NODE(next))}`,
    },
  });
  expect(status).toBe(expected);
});
