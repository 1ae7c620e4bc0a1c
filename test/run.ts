/**
 * `npm test`: every gate and every suite, and at the end one line that sums them up. A gate that cannot see anything to
 * check counts as failed, because a check that cannot fail is none. The typed lint takes as long as everything else that
 * needs no cluster, so it runs beside it; what is printed while others run is held back until it has ended.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Gate {
  readonly name: string;
  readonly command: readonly string[];
  /** What the output must contain for the gate to have looked at something. */
  readonly sees?: RegExp;
}

const BIN = join("node_modules", ".bin");

const TYPED_LINT: Gate = {
  name: "typed lint",
  command: [join(BIN, "eslint"), "src", "test", "bench", "--max-warnings", "0"],
};

const GATES: readonly Gate[] = [
  {
    name: "format and fast lint",
    command: [join(BIN, "biome"), "check", "."],
    sees: /Checked [1-9][0-9]{2,} files/,
  },
  { name: "types", command: [join(BIN, "tsc"), "--noEmit"] },
  {
    name: "layers",
    command: [join(BIN, "depcruise"), "src", "--config", ".dependency-cruiser.mjs"],
    sees: /[1-9][0-9]{2,} modules/,
  },
  { name: "dead code", command: [join(BIN, "knip")] },
];

/** What needs Go: the engines must come out byte for byte as committed, and plain YAML be read as its library does. */
const ENGINE_GATES: readonly Gate[] = [
  {
    name: "engines are what their source builds",
    command: [process.execPath, "engines/build.ts", "--check"],
  },
  {
    name: "plain YAML is read and written as the library does",
    command: [process.execPath, "engines/build.ts", "--test"],
  },
];

const started = performance.now();
const folder = mkdtempSync(join(tmpdir(), "plumbline-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const tallies = [
  ...(await Promise.all([runGate(TYPED_LINT), quickly()])).flat(),
  // In one run, so that what waits for a cluster leaves the machine to what computes.
  await runSuites("contract, integration, e2e", ["contract", "integration", "e2e"]),
];
const total = tallies.reduce(sum);
console.log(`\n${seconds(started)} in all`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

/** Everything that needs no cluster, one after the other. */
async function quickly(): Promise<readonly Tally[]> {
  const done: Tally[] = [];
  for (const gate of GATES) done.push(await runGate(gate));
  const hasGo = spawnSync("go", ["version"]).status === 0;
  for (const gate of ENGINE_GATES) done.push(hasGo ? await runGate(gate) : skipGate(gate, "no Go here"));
  return [...done, await runSuites("unit", ["unit"])];
}

async function runGate({ name, command, sees }: Gate): Promise<Tally> {
  const begun = performance.now();
  const { status, output } = await run(command, "held back");
  const isBlind = sees !== undefined && !sees.test(output);
  const passed = status === 0 && !isBlind;
  console.log(`${passed ? "ok    " : "FAILED"} ${name} (${seconds(begun)})`);
  if (!passed) console.log(isBlind && status === 0 ? `It saw nothing to check:\n${output}` : output);
  return { passed: Number(passed), failed: Number(!passed), skipped: 0 };
}

function skipGate({ name }: Gate, because: string): Tally {
  const isRequired = process.env["PLUMBLINE_REQUIRE_ALL"] === "1";
  console.log(`${isRequired ? "FAILED" : "skip  "} ${name} (${because})`);
  return { passed: 0, failed: Number(isRequired), skipped: Number(!isRequired) };
}

async function runSuites(title: string, projects: readonly string[]): Promise<Tally> {
  const report = join(folder, `${projects.join("-")}.json`);
  console.log(`\n── ${title}`);
  const chosen = projects.flatMap((project) => ["--project", project]);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = await run([join(BIN, "vitest"), "run", ...chosen, ...reporters], "shown");
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = JSON.parse(readFileSync(report, "utf8")) as Record<string, number | undefined>;
  const failed = counts["numFailedTests"] ?? 0;
  return {
    passed: counts["numPassedTests"] ?? 0,
    // A suite that could not even load has failed, whatever it counted.
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: (counts["numPendingTests"] ?? 0) + (counts["numTodoTests"] ?? 0),
  };
}

async function run(
  [program = "", ...args]: readonly string[],
  words: "shown" | "held back",
): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn(program, args, { stdio: ["ignore", ...ways(words)] });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => parts.push(part));
  const status = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (code) => resolve(code));
  });
  return { status, output: Buffer.concat(parts).toString("utf8") };
}

function ways(words: "shown" | "held back"): ["inherit", "inherit"] | ["pipe", "pipe"] {
  return words === "shown" ? ["inherit", "inherit"] : ["pipe", "pipe"];
}

function sum(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
