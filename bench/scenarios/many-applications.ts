import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { type Facilities, type Row, type Scenario, seconds, times } from "../scenario.ts";
import { type BareApplication, bareApplies } from "../support/bare-applies.ts";
import { application, chart, chartValues, nameOf, type Tree } from "../support/corpus.ts";
import { kubectlApply } from "../support/kubectl-apply.ts";
import type { Counts } from "../support/messages.ts";
import { delayRow, type Plumbline, startPlumbline } from "../support/plumbline.ts";

const run = promisify(execFile);

const COUNT = 250;
/** So many runs of kubectl stand for all of them. */
const SAMPLED = 20;
const CHANGES = 3;

/** 250 Helm Applications on a real cluster: from their files in the control plane to all Synced and Healthy. */
export const manyApplications: Scenario = {
  id: "d",
  async run(facilities) {
    const { kubeconfig } = await facilities.cluster();
    const names = Array.from({ length: COUNT }, (_, index) => nameOf(index, "many"));
    const files = Object.assign({}, ...names.map((name) => chart(name, name))) as Tree;
    const plumbline = await startPlumbline({ cluster: { kubeconfig }, files });
    try {
      const first = await measureFirstSync(plumbline, names);
      const changed = await measureChange(plumbline, names.slice(0, CHANGES));
      const tick = await measureTick(plumbline);
      const theirs = (await kubectlApplies(facilities, files, names)) * COUNT;
      const floor = await bareApplies(await facilities.cluster(), names.map(bareApplication));
      return [
        {
          what: `${COUNT} Applications × 4 objects created → all Synced and Healthy`,
          ours: seconds(first.ms),
          against: `\`kubectl apply --server-side\`, one Application at a time: ${seconds(theirs)} (${SAMPLED} of ${COUNT} run; nothing rendered, nothing waited for)`,
          ratio: times(theirs, first.ms),
          target: "≤ 15 s",
        },
        {
          what: "the same, against the floor",
          ours: seconds(first.ms),
          against: `the same objects as bare requests, 32 at a time, until available: ${seconds(floor)}`,
          ratio: times(floor, first.ms),
          target: "",
        },
        plain(
          "CPU for that (controller + its Git + renderer)",
          `${first.cpu.toFixed(1)} s (${first.controllerCpu.toFixed(1)} + ${first.rendererCpu.toFixed(1)})`,
          "≤ 6 s",
        ),
        plain("renders, cluster requests", `${first.counts.renders}, ${requestsOf(first.counts)}`, ""),
        plain(
          "resident after it (peak): controller",
          `${Math.round(first.controllerMb)} MB (${Math.round(first.controllerPeakMb)} MB)`,
          "≤ 150 MB",
        ),
        plain("resident after it: renderer", `${Math.round(first.rendererMb)} MB`, "≤ 500 MB"),
        delayRow(first.counts),
        plain(`one of ${COUNT} changed: push → Synced and Healthy`, seconds(changed.ms), "≤ 2 s"),
        plain("renders for that", String(changed.renders), "1"),
        plain("tick without change: renders, cluster requests", tick, "0, 0"),
      ];
    } finally {
      await plumbline.close();
    }
  },
};

async function measureFirstSync(plumbline: Plumbline, names: readonly string[]) {
  const { controller, renderer, cloneUrl } = plumbline;
  await plumbline.warm();
  const before = { controller: controller(), renderer: renderer(), counts: await plumbline.counts() };
  const started = Date.now();
  await plumbline.define(
    Object.fromEntries(
      names.map((name) => [
        `${name}.yaml`,
        application({ name, path: name, namespace: name, repoURL: cloneUrl }),
      ]),
    ),
  );
  const arrivedAt = await plumbline.arrived({ count: COUNT });
  const after = { controller: controller(), renderer: renderer(), counts: await plumbline.counts() };
  const controllerCpu = after.controller.cpuSeconds - before.controller.cpuSeconds;
  const rendererCpu = after.renderer.cpuSeconds - before.renderer.cpuSeconds;
  return {
    ms: arrivedAt - started,
    cpu: controllerCpu + rendererCpu,
    controllerCpu,
    rendererCpu,
    controllerMb: after.controller.residentMb,
    controllerPeakMb: after.controller.peakResidentMb,
    rendererMb: after.renderer.residentMb,
    counts: after.counts,
  };
}

async function measureChange(plumbline: Plumbline, names: readonly string[]) {
  const { github, repository, ask } = plumbline;
  await ask({ kind: "idle" });
  const before = await plumbline.counts();
  const taken: number[] = [];
  for (const name of names) {
    const files = { [`${name}/values.yaml`]: chartValues(name, "changed") };
    let sentAt = 0;
    const stop = github.subscribe(({ event }) => {
      if (event === "push") sentAt = Date.now();
    });
    const sha = await github.push(repository, { by: "octo", branch: "main", files });
    taken.push((await plumbline.arrived({ names: [name], sha })) - sentAt);
    stop();
    await ask({ kind: "idle" });
  }
  const { renders } = await plumbline.counts();
  const sorted = taken.toSorted((a, b) => a - b);
  return { ms: sorted[Math.floor(CHANGES / 2)] ?? 0, renders: (renders - before.renders) / CHANGES };
}

async function measureTick(plumbline: Plumbline): Promise<string> {
  const before = await plumbline.counts();
  await plumbline.ask({ kind: "tick" });
  const after = await plumbline.counts();
  return `${after.renders - before.renders}, ${requestsOf(after) - requestsOf(before)}`;
}

function requestsOf({ cluster }: Counts): number {
  return Object.values(cluster).reduce((sum, count) => sum + count, 0);
}

/** What the chart renders to, with paths of the API server. */
function bareApplication(of: string): BareApplication {
  const name = `floor-${of}`;
  const metadata = { name, namespace: name };
  const labels = { app: name };
  const container = {
    name: "web",
    image: `registry.example/${name}:1.0`,
    resources: { requests: { cpu: "10m", memory: "16Mi" } },
  };
  const template = { metadata: { labels }, spec: { serviceAccountName: name, containers: [container] } };
  const core = `/api/v1/namespaces/${name}`;
  const objects = [
    ["/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } }],
    [`${core}/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount", metadata }],
    [`${core}/configmaps`, { apiVersion: "v1", kind: "ConfigMap", metadata, data: { greeting: "one" } }],
    [
      `${core}/services`,
      { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
    ],
    [
      `/apis/apps/v1/namespaces/${name}/deployments`,
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: { replicas: 1, selector: { matchLabels: labels }, template },
      },
    ],
  ] as const;
  return {
    namespace: name,
    objects: objects.map(([path, object]) => [`${path}/${name}`, JSON.stringify(object)] as const),
  };
}

/** Milliseconds an Application: its Namespace and its objects, rendered before, into names that are not there yet. */
async function kubectlApplies(
  facilities: Facilities,
  files: Tree,
  names: readonly string[],
): Promise<number> {
  const { helm } = await facilities.tools();
  const folder = await facilities.scratch();
  const texts: string[] = [];
  for (const name of names.slice(0, SAMPLED)) {
    for (const [path, text] of Object.entries(files)) {
      if (!path.startsWith(`${name}/`)) continue;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { stdout } = await run(helm, ["template", name, join(folder, name)]);
    const namespace = `bare-${name}`;
    texts.push(
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace}}\n${stdout.replaceAll("\nmetadata:\n", `\nmetadata:\n  namespace: ${namespace}\n`).replaceAll("\nmetadata: {name:", `\nmetadata: {namespace: ${namespace}, name:`)}`,
    );
  }
  return (await kubectlApply(facilities, texts)) / SAMPLED;
}

function plain(what: string, ours: string, target: string): Row {
  return { what, ours, against: "", ratio: "", target };
}
