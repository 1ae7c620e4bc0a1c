import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../bin/plumbline.mjs", import.meta.url));

describe("what is printed", () => {
  it.for([
    ["version", 0],
    ["nonsense", 2],
  ] as const)("%s may be read by somebody who stops reading, and ends as ever", async ([word, expected]) => {
    const child = spawn(process.execPath, [PROGRAM, word], { stdio: ["ignore", "pipe", "pipe"] });
    const [read, closed] = word === "version" ? [child.stderr, child.stdout] : [child.stdout, child.stderr];
    closed.destroy();
    const code = new Promise((resolve) => child.once("exit", resolve));
    expect(await text(read)).toBe("");
    expect(await code).toBe(expected);
  });

  it.runIf(existsSync("/dev/full"))("is trouble, and no difference, where it cannot be written", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, "version"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^plumbline: .*ENOSPC[^\n]*\n$/);
  });

  it("is the stack of a bug that nobody caught, which is trouble, too", () => {
    const bug = `const write = process.stdout.write;
process.stdout.write = (...all) => { setImmediate(() => { throw new Error("nobody caught it"); }); return write.apply(process.stdout, all); };`;
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, "version"], {
      env: {
        ...process.env,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}`,
      },
      encoding: "utf8",
    });
    expect(stderr).toContain("Error: nobody caught it");
    expect(status).toBe(2);
  });
});
