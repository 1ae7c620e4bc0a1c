import { spawn } from "node:child_process";
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
});
