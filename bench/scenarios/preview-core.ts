import { join } from "node:path";

import { createSystemClock } from "../../src/adapters/system/clock.ts";
import { createDefinitionReader } from "../../src/config/definition-reader.ts";
import type { Application } from "../../src/domain/application.ts";
import { createMergeFor, findChange } from "../../src/reconciler/find-change.ts";
import { previewChange } from "../../src/reconciler/preview-change.ts";
import { createReports } from "../../src/report/reports.ts";
import { openDiffPorts } from "../../src/wiring/cli-diff-ports.ts";
import { createProposal } from "../../src/wiring/cli-proposal.ts";
import type { CliWorld } from "../../src/wiring/cli-world.ts";
import { createRenderStack } from "../../src/wiring/render-stack.ts";
import { readReportTemplates } from "../../src/wiring/report-templates.ts";
import { createTestRepository, type TestRepository } from "../../test/support/git-repository.ts";
import { createRecordedLog } from "../../test/support/silent-log.ts";
import { ms, type Row, type Scenario } from "../scenario.ts";
import { application, chart, chartValues, nameOf, type Tree } from "../support/corpus.ts";
import { median, timed } from "../support/measure.ts";
import { untilWarm } from "../support/until-warm.ts";

/** The folder stands in for it. */
const REPO_URL = "https://git.example/bench";
const COUNT = 1_000;
/** Previews of one Application, each of one that nobody rendered before. */
const ONES = 40;
/** Previews of fifty. */
const FIFTIES = 5;

/**
 * What of a preview is neither Git nor GitHub: both sides rendered for the first time, compared, judged by the project, and
 * put into words. The merge is made before; what it touches is read from Git's object store while rendering.
 */
export const previewCore: Scenario = {
  id: "b",
  async run({ scratch }) {
    const repository = await createTestRepository();
    const names = Array.from({ length: COUNT }, (_, index) => nameOf(index));
    const base = await repository.commit(
      Object.assign({}, ...names.map((name) => chart(name, name))) as Tree,
    );
    const world = openWorld(repository, await scratch());
    try {
      await untilWarm(world.renderer);
      const groups = [
        ...Array.from({ length: ONES }, (_, index) => [nameOf(index)]),
        ...Array.from({ length: FIFTIES }, (_, index) => names.slice(100 + 50 * index, 150 + 50 * index)),
      ];
      const taken: { readonly ms: number; readonly renders: number }[] = [];
      for (const group of groups) taken.push(await measure({ world, repository, base }, group));
      return [row(taken.slice(0, ONES), 1, "≤ 30 ms"), row(taken.slice(ONES), 50, "≤ 300 ms")];
    } finally {
      await world.renderer.close();
      await world.repositories.close();
      await repository.remove();
    }
  },
};

function openWorld({ directory }: TestRepository, scratch: string): CliWorld {
  const clock = createSystemClock();
  const log = createRecordedLog();
  const stack = createRenderStack({
    stateDir: join(scratch, "state"),
    credentials: { credentialFor: async () => undefined },
    clock,
    log,
    environment: { PATH: process.env["PATH"] },
    standIns: [{ directory }],
    protocols: ["https"],
  });
  return { ...stack, clock, log, uncommitted: [] };
}

interface Subject {
  readonly world: CliWorld;
  readonly repository: TestRepository;
  /** Commit on whose charts each head is put. */
  readonly base: string;
}

async function measure({ world, repository, base }: Subject, names: readonly string[]) {
  await repository.git("checkout", "--quiet", "--detach", base);
  const edits = names.map((name) => [`${name}/values.yaml`, chartValues(name, "changed")] as const);
  const head = await repository.commit(Object.fromEntries(edits));
  const opened = await world.repositories.open({ url: REPO_URL, project: "" });
  const commits = { base: { sha: base, ref: "refs/heads/main" }, head: { sha: head, ref: "" } };
  const refs = await opened.listRefs();
  const compared = { url: REPO_URL, repository: opened, refs, baseName: "main", ...commits };
  const proposal = createProposal(compared, () => true);
  const mergeFor = createMergeFor(proposal, world.revisions);
  await mergeFor("default");
  const snapshot = controlPlaneOf(names);
  const definitions = snapshot.applications;
  const options = optionsFor(world, repository.directory);
  const parts = { options, world, snapshot, definitions, live: "left-out" as const, proposal, mergeFor };
  const ports = await openDiffPorts(parts);
  const before = world.renders.counts().renders;
  const applications = definitions.map(({ value }) => value);
  const { ms: taken, value } = await timed(() => previewOf(applications, { parts, ports }));
  if (value.applications !== names.length) throw new Error(`${value.applications} previewed`);
  await ports.close();
  return { ms: taken, renders: world.renders.counts().renders - before };
}

async function previewOf(
  applications: readonly Application[],
  {
    parts: { world, proposal, mergeFor },
    ports,
  }: {
    readonly parts: Pick<Parameters<typeof openDiffPorts>[0], "world" | "proposal" | "mergeFor">;
    readonly ports: Awaited<ReturnType<typeof openDiffPorts>>;
  },
) {
  const definitions = { base: applications, head: applications };
  const finding = { revisions: world.revisions, mergeFor, mayBeAffected: async () => true };
  const change = await findChange(proposal, definitions, finding);
  const { preview } = await previewChange(change, ports.preview);
  const { body } = createReports(readReportTemplates()).comment(preview);
  return { applications: body === "" ? 0 : preview.applications.length };
}

function controlPlaneOf(names: readonly string[]) {
  const reader = createDefinitionReader();
  const files = names.map((name) => ({
    file: `${name}.yaml`,
    text: application({ name, path: name, namespace: name, repoURL: REPO_URL }),
  }));
  return reader.assembleControlPlane(files.map((file) => reader.readDefinitions(file)));
}

function optionsFor(
  { log }: CliWorld,
  workingDirectory: string,
): Parameters<typeof openDiffPorts>[0]["options"] {
  return {
    environment: {},
    workingDirectory,
    log,
    readStandardInput: async () => "",
    watchInterrupts: () => ({ signal: new AbortController().signal, stop: () => undefined }),
  };
}

function row(
  taken: readonly { readonly ms: number; readonly renders: number }[],
  count: number,
  target: string,
): Row {
  const renders = taken.map((one) => one.renders);
  return {
    what: `the same without Git and GitHub, ${count} of ${COUNT}, both sides new (renders: ${Math.max(...renders)})`,
    ours: ms(median(taken.map((one) => one.ms))),
    against: "",
    ratio: "",
    target,
  };
}
