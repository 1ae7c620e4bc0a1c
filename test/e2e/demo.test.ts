import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../bin/plumbline.mjs", import.meta.url));
const WITHIN_MS = 240_000;

it("plumbline demo --once tells the whole story on this machine, each step with its duration", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, "demo", "--once"], {
    timeout: WITHIN_MS,
    // A kubeconfig that was not given is not looked at: this one would be an error.
    env: { ...process.env, KUBECONFIG: "/nowhere/kubeconfig" },
  });
  const steps = stdout
    .split("\n")
    .flatMap((line) => /^ *\d+\.\d\d s {2}(?<step>.+)$/.exec(line)?.groups?.["step"] ?? []);
  expect(stdout).toContain("an embedded cluster");
  expect(steps).toEqual([
    "Applications with automated sync are Synced and Healthy",
    "the one without waits, OutOfSync",
    "the pull request has its check, and one comment that names all three",
    "/help is answered",
    "/sync before the merge is refused, with the reason",
    "/sync by someone who may only read is refused",
    "a push edits the same comment",
    "after the merge the automated ones are Synced and Healthy again",
    "the third says on the merge commit that it waits for /sync",
    "/sync is acknowledged",
    "everything is Synced and Healthy",
    "the commit and the comment say so",
    "what somebody changed in the cluster is seen",
    "and healed",
  ]);
});
