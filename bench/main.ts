import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { clusterBinaries } from "../test/support/cluster/binaries.ts";
import { type RunningCluster, startCluster } from "../test/support/cluster/start-cluster.ts";
import { fetchTools } from "../test/support/tools.ts";
import type { Facilities, Row, Scenario } from "./scenario.ts";
import { firstRender } from "./scenarios/first-render.ts";
import { largeApplication } from "./scenarios/large-application.ts";
import { manyApplications } from "./scenarios/many-applications.ts";
import { noChangeTick } from "./scenarios/no-change-tick.ts";
import { preview } from "./scenarios/preview.ts";
import { previewCore } from "./scenarios/preview-core.ts";
import { waves } from "./scenarios/waves.ts";
import { timed } from "./support/measure.ts";

const SCENARIOS: readonly Scenario[] = [
  firstRender,
  preview,
  previewCore,
  noChangeTick,
  manyApplications,
  waves,
  largeApplication,
];

const USAGE = `npm run bench [-- --only a,b] [--out FILE]

  a  first render of charts and bases     b  preview of a pull request
  c  a tick without change                d  250 Applications on a real cluster
  e  ten waves                            f  one Application of 1,000 ConfigMaps
`;

/** Measures, prints a table in Markdown, and says under what load. A scenario that fails does not end the others. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      out: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const wanted = values.only?.split(",") ?? SCENARIOS.map(({ id }) => id);
  const unknown = wanted.filter((id) => !SCENARIOS.some((scenario) => scenario.id === id));
  if (values.help || unknown.length > 0) {
    console.error(USAGE);
    return unknown.length > 0 ? 2 : 0;
  }
  const facilities = createFacilities();
  const sections: string[] = [];
  let failed = 0;
  try {
    for (const scenario of SCENARIOS.filter(({ id }) => wanted.includes(id))) {
      const section = await measure(scenario, facilities);
      sections.push(section.text);
      if (section.kind === "failed") failed += 1;
    }
  } finally {
    await facilities.close();
  }
  const report = `${[machine(), HEAD, ...sections].join("\n")}\n`;
  console.log(`\n${report}`);
  if (values.out !== undefined) await writeFile(values.out, `# Benchmark\n\n${report}`);
  return failed === 0 ? 0 : 1;
}

const HEAD = `| | Plumbline | compared with, in the same run | ratio | target | load |
|---|---|---|---|---|---|`;

async function measure(
  { id, run }: Scenario,
  facilities: Facilities,
): Promise<{ readonly kind: "done" | "failed"; readonly text: string }> {
  facilities.say(`(${id})`);
  const load = loadavg()[0]?.toFixed(1) ?? "";
  try {
    const { ms, value } = await timed(() => run(facilities));
    facilities.say(`(${id}) took ${(ms / 1_000).toFixed(1)} s`);
    return { kind: "done", text: value.map((row) => line(id, row, load)).join("\n") };
  } catch (error) {
    console.error(error);
    const why = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    return { kind: "failed", text: `| (${id}) was not measured: ${why} | | | | | ${load} |` };
  }
}

function line(id: string, { what, ours, against, ratio, target }: Row, load: string): string {
  return `| (${id}) ${what} | ${ours} | ${against} | ${ratio} | ${target} | ${load} |`;
}

function machine(): string {
  const [cpu] = cpus();
  const when = new Date().toISOString().slice(0, 16).replace("T", " ");
  return `Measured ${when} UTC on ${availableParallelism()} cores (${cpu?.model.trim() ?? "unknown"}), Node ${process.versions.node}. The last column is the machine's load when a scenario began: other work was going on where it exceeds the cores' number.\n`;
}

interface Closable extends Facilities {
  close(): Promise<void>;
}

function createFacilities(): Closable {
  const folders: string[] = [];
  let cluster: Promise<RunningCluster> | undefined;
  const say = (text: string): void => console.error(text);
  return {
    say,
    tools: fetchTools,
    cluster: () => (cluster ??= bootCluster(say)),
    async scratch() {
      const folder = await mkdtemp(join(tmpdir(), "plumbline-bench-"));
      folders.push(folder);
      return folder;
    },
    async close() {
      await cluster?.then((running) => running.stop()).catch(() => undefined);
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

async function bootCluster(say: (line: string) => void): Promise<RunningCluster> {
  const binaries = await clusterBinaries({ env: process.env, onProgress: say });
  if (binaries.kind === "unavailable") throw new Error(`there is no cluster here: ${binaries.because}`);
  return startCluster(binaries);
}

process.exitCode = await main();
