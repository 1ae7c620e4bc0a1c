import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { createRenderer } from "../../src/adapters/renderer/renderer.ts";
import { createGitObjects } from "../../test/support/git-objects.ts";
import { renderRequest } from "../../test/support/render-request.ts";
import { type Facilities, ms, type Row, type Scenario, seconds, times } from "../scenario.ts";
import { base, chart, nameOf, type Tree } from "../support/corpus.ts";
import { processUse, timed } from "../support/measure.ts";
import { untilWarm } from "../support/until-warm.ts";

const run = promisify(execFile);

const COUNT = 250;
const MANY = 1_000;
/** So many runs of the released program stand for all of them: one takes as long as another. */
const SAMPLED = 25;

/** Charts and bases that no cache has seen, on two warm workers. */
export const firstRender: Scenario = {
  id: "a",
  async run(facilities) {
    const objects = createGitObjects();
    const renderer = createRenderer({ objects, workers: 2 });
    try {
      const render = async (tree: string, path: string) => {
        const { documents } = await renderer.render(renderRequest(tree, { path }));
        if (documents.length < 3) throw new Error(`${path} rendered to ${documents.length} documents`);
      };
      const renderAll = async (files: Tree, paths: readonly string[]) => {
        const tree = objects.addFiles(files);
        const cpuBefore = cpuMs(renderer);
        const { ms: took } = await timed(() => Promise.all(paths.map((path) => render(tree, path))));
        return { took, cpuEach: (cpuMs(renderer) - cpuBefore) / paths.length };
      };
      facilities.say(`warm after ${ms((await timed(() => untilWarm(renderer))).ms)}`);
      const charts = corpus(COUNT, "chart", chart);
      const bases = corpus(COUNT, "base", base);
      const many = corpus(MANY, "other", chart);
      const oursCharts = await renderAll(charts.files, charts.paths);
      const oursBases = await renderAll(bases.files, bases.paths);
      const oursMany = await renderAll(many.files, many.paths);
      const { residentBytes } = await renderer.stats();
      const theirs = await binaries(facilities, { charts, bases });
      return [
        row(
          `first render of ${COUNT} charts`,
          { ours: oursCharts, each: theirs.helm, count: COUNT },
          "helm template",
        ),
        row(
          `first render of ${COUNT} bases`,
          { ours: oursBases, each: theirs.kustomize, count: COUNT },
          "kubectl kustomize",
        ),
        {
          ...row(
            `first render of ${MANY} charts`,
            { ours: oursMany, each: theirs.helm, count: MANY },
            "helm template",
          ),
          target: "≤ 2.5 s",
        },
        {
          what: "renderer after it, two workers and a spare",
          ours: `${Math.round(residentBytes / 1_048_576)} MB`,
          against: "",
          ratio: "",
          target: "≤ 500 MB",
        },
      ];
    } finally {
      await renderer.close();
    }
  },
};

interface Corpus {
  readonly files: Tree;
  readonly paths: readonly string[];
}

function corpus(count: number, prefix: string, make: (folder: string, name: string) => Tree): Corpus {
  const paths = Array.from({ length: count }, (_, index) => nameOf(index, prefix));
  return { files: Object.assign({}, ...paths.map((path) => make(path, path))) as Tree, paths };
}

/** Of both sides, the objects' reading included: steadier than the clock where other work shares the cores. */
function cpuMs(renderer: ReturnType<typeof createRenderer>): number {
  const pids = [process.pid, renderer.pid() ?? process.pid];
  return pids.reduce((sum, pid) => sum + 1_000 * processUse(pid).cpuSeconds, 0);
}

interface Measured {
  readonly took: number;
  readonly cpuEach: number;
}

/** Milliseconds of one run each. */
async function binaries(
  { tools, scratch }: Facilities,
  { charts, bases }: { readonly charts: Corpus; readonly bases: Corpus },
): Promise<{ readonly helm: number; readonly kustomize: number }> {
  const { helm, kubectl } = await tools();
  const folder = await scratch();
  const sample = async ({ files, paths }: Corpus, command: (path: string) => [string, string[]]) => {
    for (const [path, text] of Object.entries(files)) await put(join(folder, path), text);
    const { ms: all } = await timed(async () => {
      for (const path of paths.slice(0, SAMPLED)) {
        const [program, args] = command(join(folder, path));
        await run(program, args, { maxBuffer: 1 << 26 });
      }
    });
    return all / SAMPLED;
  };
  return {
    helm: await sample(charts, (path) => [helm, ["template", "web", path]]),
    kustomize: await sample(bases, (path) => [kubectl, ["kustomize", path]]),
  };
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function row(
  what: string,
  { ours, each, count }: { readonly ours: Measured; readonly each: number; readonly count: number },
  program: string,
): Row {
  return {
    what,
    ours: `${seconds(ours.took)} (${ms(ours.took / count)} each, of CPU ${ms(ours.cpuEach)})`,
    against: `\`${program}\`: ${seconds(each * count)} (${ms(each)} each, ${SAMPLED} of ${count} run)`,
    ratio: times(each * count, ours.took),
    target: "",
  };
}
