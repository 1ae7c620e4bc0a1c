import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const source = (path: string) => JSON.stringify(new URL(`../../src/adapters/${path}`, import.meta.url).href);

/** Takes every descriptor there is, and then starts what needs some. */
const SCRIPT = `
import { closeSync, openSync } from "node:fs";
import { createGitProcess } from ${source("git/git-process.ts")};
import { createRenderer } from ${source("renderer/renderer.ts")};
import { createSystemClock } from ${source("system/clock.ts")};
const git = createGitProcess({ clock: createSystemClock(), surroundings: {}, protocols: [] });
const renderer = createRenderer({ objects: { readObject: async () => undefined }, workers: 1, spares: 0, warmUp: false });
const version = () => git.run({ arguments: ["version"], timeoutMs: 60_000, outputBytesMax: 999 }).then(() => "git ran", (error) => "git: " + error.kind);
console.log(await version());
const taken = [];
try {
  for (;;) taken.push(openSync("/dev/null"));
} catch {}
console.log(await version());
const asked = renderer.stats().catch(() => "renderer: away");
process.kill(renderer.pid(), "SIGKILL");
console.log(await asked);
for (const descriptor of taken) closeSync(descriptor);
console.log(await version());
console.log((await renderer.stats()).workers);
await renderer.close();
`;

it("fails what needs a process while there are no descriptors, and goes on once there are", () => {
  const { stdout, stderr } = spawnSync(
    "sh",
    ["-c", 'ulimit -n 96; exec "$0" "$@"', process.execPath, "--input-type=module", "-e", SCRIPT],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(stdout.trim().split("\n")).toEqual(["git ran", "git: spawn", "renderer: away", "git ran", "1"]);
});
