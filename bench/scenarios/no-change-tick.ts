import type { Facilities, Row, Scenario } from "../scenario.ts";
import { ms } from "../scenario.ts";
import { application, configMap, nameOf } from "../support/corpus.ts";
import { growthExponent, median, timed } from "../support/measure.ts";
import { startPlumbline } from "../support/plumbline.ts";

const SIZES = [100, 1_000, 5_000] as const;
const TICKS = 5;

interface Tick {
  readonly size: number;
  readonly renders: number;
  readonly cluster: number;
  readonly github: number;
  readonly conditional: number;
  readonly git: number;
  readonly cpuMs: number;
}

/** The timer's look at everything when nothing has changed. */
export const noChangeTick: Scenario = {
  id: "c",
  async run(facilities) {
    const ticks: Tick[] = [];
    for (const size of SIZES) ticks.push(await measureTick(size, facilities));
    const list = (of: (tick: Tick) => number | string) => ticks.map(of).join(" / ");
    const calls = ({ cluster, github, git }: Tick) => cluster + github + git;
    const growth = growthExponent(ticks.map((tick) => ({ size: tick.size, cost: calls(tick) })));
    const cpuGrowth = growthExponent(ticks.map(({ size, cpuMs }) => ({ size, cost: cpuMs })));
    const sizes = SIZES.map((size) => size.toLocaleString("en")).join(" / ");
    const row = (what: string, ours: string, target: string): Row => ({
      what: `tick without change, ${sizes} Applications: ${what}`,
      ours,
      against: "",
      ratio: "",
      target,
    });
    return [
      row(
        "renders",
        list(({ renders }) => renders),
        "0",
      ),
      row(
        "cluster requests",
        list(({ cluster }) => cluster),
        "0",
      ),
      row(
        "GitHub requests (of them conditional)",
        list(({ github, conditional }) => `${github} (${conditional})`),
        "≤ 1 conditional a repository",
      ),
      row(
        "`ls-remote`",
        list(({ git }) => git),
        "1 a repository",
      ),
      row("growth exponent of calls", growth.toFixed(2), "0"),
      row(
        "CPU of the controller",
        `${list(({ cpuMs }) => ms(cpuMs))}, growth exponent ${cpuGrowth.toFixed(2)}`,
        "",
      ),
    ];
  },
};

async function measureTick(size: number, { say }: Facilities): Promise<Tick> {
  const names = Array.from({ length: size }, (_, index) => nameOf(index));
  const plumbline = await startPlumbline({
    cluster: "embedded",
    countGit: "yes",
    files: Object.fromEntries(names.map((name) => [`${name}/config.yaml`, configMap(name)])),
    define: (repoURL) =>
      Object.fromEntries(
        names.map((name) => [`${name}.yaml`, application({ name, path: name, namespace: "bench", repoURL })]),
      ),
  });
  const { github, ask, gitRuns } = plumbline;
  try {
    const { ms: settling } = await timed(() => plumbline.arrived({ count: size }));
    say(`${size} Applications on the embedded cluster after ${ms(settling)}`);
    await ask({ kind: "idle" });
    // The first look after the start reads every open pull request; those after it are the usual ones.
    await ask({ kind: "tick" });
    const before = { counts: await ask({ kind: "counts" }), git: (await gitRuns()).length };
    github.requests.clear();
    const cpu: number[] = [];
    for (let tick = 0; tick < TICKS; tick += 1) cpu.push((await ask({ kind: "tick" })).cpuMs);
    const after = await ask({ kind: "counts" });
    const { entries } = github.requests;
    return {
      size,
      renders: (after.renders - before.counts.renders) / TICKS,
      cluster: (sum(after.cluster) - sum(before.counts.cluster)) / TICKS,
      github: entries.length / TICKS,
      conditional: entries.filter(({ isConditional }) => isConditional).length / TICKS,
      git: ((await gitRuns()).length - before.git) / TICKS,
      cpuMs: median(cpu),
    };
  } finally {
    await plumbline.close();
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
