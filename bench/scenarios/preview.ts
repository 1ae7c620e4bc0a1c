import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { type Facilities, ms, type Row, type Scenario, times } from "../scenario.ts";
import { application, chart, chartValues, nameOf, type Tree } from "../support/corpus.ts";
import { median, timed } from "../support/measure.ts";
import type { Counts } from "../support/messages.ts";
import { delayRow, type Plumbline, startPlumbline } from "../support/plumbline.ts";

const run = promisify(execFile);

const COUNT = 1_000;
const REPEATS = 5;
/** Of the pipeline's fifty Applications so many are run; one takes as long as another. */
const SAMPLED = 10;

/** A push to a pull request, from the delivery to the completed check, against what a shell does in its place. */
export const preview: Scenario = {
  id: "b",
  async run(facilities) {
    const names = Array.from({ length: COUNT }, (_, index) => nameOf(index));
    const files = Object.assign({}, ...names.map((name) => chart(name, name))) as Tree;
    const plumbline = await startPlumbline({
      cluster: "embedded",
      files,
      define: (repoURL) =>
        Object.fromEntries(
          names.map((name) => [`${name}.yaml`, application({ name, path: name, namespace: name, repoURL })]),
        ),
    });
    try {
      const { ms: settling } = await timed(() => plumbline.arrived({ count: COUNT }));
      await plumbline.ask({ kind: "idle" });
      facilities.say(`${COUNT} Applications on the embedded cluster after ${ms(settling)}`);
      const one = await measurePushes(plumbline, names.slice(0, 1), "one");
      const fifty = await measurePushes(plumbline, names.slice(100, 150), "fifty");
      const pipeline = await measurePipeline(facilities, files, names.slice(100, 100 + SAMPLED));
      return [
        row(one, { theirs: pipeline, count: 1 }),
        row(fifty, { theirs: pipeline, count: 50 }),
        plain(
          "renders of a push to it, 1 and 50 changed",
          `${one.renders} and ${fifty.renders}`,
          "= sides not yet known: 1 and 50",
        ),
        plain("GitHub writes of a push to it, 1 and 50 changed", `${one.writes} and ${fifty.writes}`, "≤ 2"),
        delayRow(fifty.last),
      ];
    } finally {
      await plumbline.close();
    }
  },
};

interface Pushes {
  readonly ms: number;
  readonly renders: number;
  readonly writes: number;
  readonly last: Counts;
}

async function measurePushes(
  plumbline: Plumbline,
  names: readonly string[],
  branch: string,
): Promise<Pushes> {
  const { github, repository } = plumbline;
  await github.push(repository, { by: "alice", branch, files: edits(names, "first") });
  await github.openPullRequest(repository, { by: "alice", title: branch, head: branch });
  await quiet(plumbline);
  const before = await plumbline.counts();
  github.requests.clear();
  const taken: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    taken.push(await measurePush(plumbline, { branch, files: edits(names, `push ${repeat}`) }));
    await quiet(plumbline);
  }
  const after = await plumbline.counts();
  const writes = github.requests.entries.filter(
    ({ method, path }) => method !== "GET" && !path.includes("/access_tokens"),
  );
  return {
    ms: median(taken),
    renders: (after.renders - before.renders) / REPEATS,
    writes: writes.length / REPEATS,
    last: after,
  };
}

function edits(names: readonly string[], greeting: string): Tree {
  return Object.fromEntries(names.map((name) => [`${name}/values.yaml`, chartValues(name, greeting)]));
}

/** From the moment GitHub sends the delivery to the moment the check of that commit is complete. */
async function measurePush(
  { github, repository }: Plumbline,
  { branch, files }: { readonly branch: string; readonly files: Tree },
): Promise<number> {
  const done = Promise.withResolvers<number>();
  const completed = () =>
    [...repository.checkRuns.values()].filter(({ status }) => status === "completed").length;
  const before = completed();
  let sent = 0;
  const stop = github.subscribe(({ event, action }) => {
    if (event === "pull_request" && action === "synchronize") sent = performance.now();
    if (sent > 0 && completed() > before) done.resolve(performance.now() - sent);
  });
  const giveUp = setTimeout(() => done.reject(new Error("the check did not complete")), 60_000);
  try {
    await github.push(repository, { by: "alice", branch, files });
    return await done.promise;
  } finally {
    clearTimeout(giveUp);
    stop();
  }
}

async function quiet({ github, ask }: Plumbline): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await github.idle();
    await ask({ kind: "idle" });
  }
}

/** Both sides by `helm template`, then `diff -u`; milliseconds an Application, both work trees being there already. */
async function measurePipeline(
  { tools, scratch }: Facilities,
  files: Tree,
  names: readonly string[],
): Promise<number> {
  const { helm } = await tools();
  const folder = await scratch();
  const sides = { base: files, head: { ...files, ...edits(names, "push") } };
  for (const [side, tree] of Object.entries(sides)) {
    for (const [path, text] of Object.entries(tree)) {
      if (!names.some((name) => path.startsWith(`${name}/`))) continue;
      await mkdir(dirname(join(folder, side, path)), { recursive: true });
      await writeFile(join(folder, side, path), text);
    }
  }
  const script = `for app in ${names.join(" ")}; do
  "${helm}" template $app base/$app -n $app > base.out
  "${helm}" template $app head/$app -n $app > head.out
  diff -u base.out head.out > $app.diff
done; true`;
  const { ms: all } = await timed(() => run("sh", ["-c", script], { cwd: folder }));
  return all / names.length;
}

function row(
  { ms: ours }: Pushes,
  { theirs, count }: { readonly theirs: number; readonly count: number },
): Row {
  const run = count === 1 ? "" : `, ${SAMPLED} of ${count} run`;
  return {
    what: `preview of ${count} of ${COUNT} Helm Applications, delivery → completed check`,
    ours: ms(ours),
    against: `shell, \`helm template\` twice and \`diff -u\`: ${ms(theirs * count)}${run}`,
    ratio: times(theirs * count, ours),
    // Set for what is neither Git nor GitHub, which is measured apart.
    target: "",
  };
}

function plain(what: string, ours: string, target: string): Row {
  return { what, ours, against: "", ratio: "", target };
}
