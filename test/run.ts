/**
 * `npm test`: every gate and every suite, one after the other, and at the end one line that sums them up. A gate that
 * cannot see anything to check counts as failed, because a check that cannot fail is none.
 */
import { spawnSync } from "node:child_process";
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

const GATES: readonly Gate[] = [
  { name: "format and fast lint", command: ["biome", "check", "."], sees: /Checked [1-9][0-9]{2,} files/ },
  { name: "typed lint", command: ["eslint", "src", "test", "bench", "--max-warnings", "0"] },
  { name: "types", command: ["tsc", "--noEmit"] },
  {
    name: "layers",
    command: ["depcruise", "src", "--config", ".dependency-cruiser.mjs"],
    sees: /[1-9][0-9]{2,} modules/,
  },
  { name: "dead code", command: ["knip"] },
];

const started = performance.now();
const tallies = [
  ...GATES.map(runGate),
  ...engines(),
  ...runSuites(["unit", "contract", "integration", "e2e"]),
];
const total = tallies.reduce(sum);
console.log(`\n${seconds(started)} in all`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function runGate({ name, command, sees }: Gate): Tally {
  const [program = "", ...args] = command;
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(join("node_modules", ".bin", program), args, {
    encoding: "utf8",
  });
  const output = `${stdout}${stderr}`;
  const isBlind = sees !== undefined && !sees.test(output);
  const passed = status === 0 && !isBlind;
  console.log(`${passed ? "ok    " : "FAILED"} ${name} (${seconds(begun)})`);
  if (!passed) console.log(isBlind && status === 0 ? `It saw nothing to check:\n${output}` : output);
  return { passed: Number(passed), failed: Number(!passed), skipped: 0 };
}

/** Where Go is, the engines must come out byte for byte as committed. */
function engines(): readonly Tally[] {
  const hasGo = spawnSync("go", ["version"]).status === 0;
  if (!hasGo) {
    console.log("skip   engines are what their source builds (no Go here)");
    return [{ passed: 0, failed: 0, skipped: 1 }];
  }
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, ["engines/build.ts", "--check"], { stdio: "inherit" });
  console.log(
    `${status === 0 ? "ok    " : "FAILED"} engines are what their source builds (${seconds(begun)})`,
  );
  return [{ passed: Number(status === 0), failed: Number(status !== 0), skipped: 0 }];
}

function runSuites(projects: readonly string[]): readonly Tally[] {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-test-"));
  try {
    return projects.map((project) => runSuite(project, join(folder, `${project}.json`)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runSuite(project: string, report: string): Tally {
  console.log(`\n── ${project}`);
  const args = [
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const { status } = spawnSync(join("node_modules", ".bin", "vitest"), args, { stdio: "inherit" });
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

function sum(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
