import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

import { openJournal } from "../adapters/journal/journal.ts";
import type { PlanAnswer, SyncAnswer, SyncDependencies, SyncQuestion } from "../cli/sync.ts";
import { type Application, applicationId } from "../domain/application.ts";
import { definitionKeyOf } from "../domain/auto-sync.ts";
import type { Operation } from "../domain/operation.ts";
import { OperationError } from "../errors/operation-error.ts";
import { createChangeSignal } from "../reconciler/change-signal.ts";
import { type Observation, observeApplication } from "../reconciler/observe-application.ts";
import { planOperation, summaryOf } from "../reconciler/plan-operation.ts";
import { createRegistry, type Registry } from "../reconciler/registry.ts";
import { selectorsOf } from "../reconciler/run-operation.ts";
import { type CliCluster, openCliCluster } from "./cli-cluster.ts";
import { chooseDefinition } from "./cli-definitions.ts";
import type { CliOptions } from "./cli-options.ts";
import { type CliWorld, withCliWorld } from "./cli-world.ts";
import { type Core, createCore } from "./core.ts";

/** What `plumbline sync` needs, on the kubeconfig's current cluster. */
export function createSyncDependencies(options: CliOptions): SyncDependencies {
  return {
    plan: (question) => withSync(question, options, plan),
    sync: ({ timeoutMs, ...question }, onProgress) =>
      withSync(question, options, (session) => sync(session, { timeoutMs, onProgress })),
  };
}

interface Session extends Core {
  readonly question: SyncQuestion;
  readonly application: Application;
  readonly world: CliWorld;
  readonly cluster: CliCluster;
  readonly registry: Registry;
  readonly journal: ReturnType<typeof openJournal>;
  readonly warnings: readonly string[];
}

async function withSync<T>(
  question: SyncQuestion,
  options: CliOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { application, snapshot, warnings } = await chooseDefinition(question.application, options);
  return withCliWorld(options, { repositories: question.repositories, snapshot }, async (world) => {
    const cluster = await openCliCluster(snapshot, options, world);
    const journal = openJournal({
      stateDir: stateDirOf(application, options),
      clock: world.clock,
      log: world.log,
    });
    const registry = createRegistry(snapshot);
    const recorded = journal.readSets.load().find((one) => one.application === applicationId(application));
    const core = createCore({
      stack: world,
      clusters: cluster.directory,
      registry,
      operations: journal.operations,
      clock: world.clock,
      log: world.log,
      seedSecret: journal.seedSecret,
      formerKinds: () => recorded?.kinds ?? [],
    });
    try {
      const noCluster =
        cluster.kind === "none"
          ? ["there is no kubeconfig: planned against an empty cluster, with a built-in table of kinds"]
          : [];
      return await work({
        ...core,
        question,
        application,
        world,
        cluster,
        registry,
        journal,
        warnings: [...warnings, ...noCluster],
      });
    } finally {
      await cluster.close();
      journal.close();
    }
  });
}

async function plan({ question, application, observe, historyOf, warnings }: Session): Promise<PlanAnswer> {
  const observation = await observeApplication(application, observe);
  const request = {
    prune: question.prune === "asked",
    confirm: question.confirm,
    resources: selectorsOf(question.resources),
  };
  const planned = await planOperation(observation, request, historyOf(application));
  return {
    application: application.name,
    revision: revisionOf(observation),
    tasks: planned.tasks.map(summaryOf),
    guardDigest: planned.guardDigest,
    warnings: [
      ...warnings,
      ...observation.comparison.warnings,
      ...planned.problems.map(({ message }) => message),
    ],
  };
}

interface Waiting {
  readonly timeoutMs: number;
  readonly onProgress: (line: string) => void;
}

async function sync(session: Session, waiting: Waiting): Promise<SyncAnswer> {
  const { application, journal, world, warnings, cluster } = session;
  if (cluster.kind === "none") throw OperationError.of("ClusterNotGiven", { application: application.name });
  for (const warning of warnings) waiting.onProgress(`warning: ${warning}`);
  const deadline = world.clock.monotonic() + waiting.timeoutMs;
  const interrupted = journal.operations
    .running()
    .find((one) => one.application === applicationId(application));
  if (interrupted !== undefined) {
    waiting.onProgress(
      `an earlier sync of ${interrupted.request.revisions.join(", ")} was interrupted: it is carried on first`,
    );
    await carryOut(interrupted, session, { ...waiting, deadline });
  }
  const operation = await intentOf(session);
  journal.operations.start(operation);
  const ended = await carryOut(operation, session, { ...waiting, deadline });
  const observation = await untilHealthy(session, {
    ...waiting,
    deadline,
    isWorthIt: ended.phase === "Succeeded",
  });
  rememberKinds(session, observation);
  return {
    application: application.name,
    revision: revisionOf(observation),
    phase: ended.phase,
    sync: observation.comparison.sync,
    health: observation.comparison.health.status,
    message: ended.phase === "Succeeded" ? observation.comparison.health.message : ended.message,
    tasks: ended.results.map(({ task, status, message }) => ({ task, status, message })),
  };
}

/** The intent, written before the first write: revisions are pinned here. */
async function intentOf({ application, question, observe, world }: Session): Promise<Operation> {
  const trees = await observe.revisions.treesOf(application);
  return {
    id: `cli-${randomUUID()}`,
    application: applicationId(application),
    request: {
      revisions: trees.map(({ sha }) => sha),
      prune: question.prune === "asked",
      confirm: question.confirm,
      resources: question.resources,
      digest: "",
      initiator: { kind: "cli" },
      definition: definitionKeyOf(application),
      selfHealAttempts: 0,
    },
    phase: "Running",
    message: "",
    startedAt: world.clock.now(),
    retryCount: 0,
    results: [],
  };
}

/** Attempt after attempt, as the retry policy says, until it has ended or time is up. */
async function carryOut(
  operation: Operation,
  session: Session,
  waiting: Waiting & { readonly deadline: number },
): Promise<Operation> {
  const { runOperation, application, world } = session;
  const told = new Set<string>();
  const tell = (current: Operation): void => {
    for (const { task, status, message } of current.results) {
      const line = `${status.padEnd(12)} ${task}${message === "" ? "" : `: ${message}`}`;
      if (!told.has(line)) waiting.onProgress(line);
      told.add(line);
    }
    if (current.message !== "" && !told.has(current.message)) waiting.onProgress(current.message);
    told.add(current.message);
  };
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(waiting.deadline - world.clock.monotonic())));
  let current = operation;
  try {
    for (;;) {
      current = await runOperation(application, current, { tell, signal: timeout });
      if (current.phase !== "Running") return current;
      await world.clock.sleep(Math.max(0, (current.nextAttemptAt ?? 0) - world.clock.now()), timeout);
    }
  } catch (error) {
    if (!timeout.aborted) throw error;
    return { ...current, message: "time is up; the next sync of this Application carries it on" };
  }
}

async function untilHealthy(
  { application, observe, cluster, world }: Session,
  { deadline, onProgress, isWorthIt }: Waiting & { readonly deadline: number; readonly isWorthIt: boolean },
): Promise<Observation> {
  const { live } = cluster.directory.connect(application.destination);
  const changes = createChangeSignal(live, { instanceName: application.instanceName, keys: [] }, world.clock);
  try {
    for (let said = ""; ; ) {
      const observation = await observeApplication(application, observe);
      const { sync: status, health } = observation.comparison;
      const line = `${status}, ${health.status}${health.message === "" ? "" : `: ${health.message}`}`;
      if (line !== said) onProgress(line);
      said = line;
      const leftMs = deadline - world.clock.monotonic();
      if (!isWorthIt || leftMs <= 0 || health.status === "Healthy" || health.status === "Degraded")
        return observation;
      await changes.wait(Math.min(leftMs, 5_000), undefined);
    }
  } finally {
    changes.stop();
  }
}

function rememberKinds({ application, journal }: Session, { comparison, targets }: Observation): void {
  const kinds = new Map(
    comparison.resources.map(({ key: { group, kind } }) => [`${group}/${kind}`, { group, kind }]),
  );
  journal.readSets.save({
    application: applicationId(application),
    sources: targets.sources,
    kinds: [...kinds.values()],
  });
}

function revisionOf({ targets }: Observation): string {
  return targets.state.revisions.join(",");
}

/** One folder an Application, so that two syncs of different ones do not wait for each other. */
function stateDirOf(application: Application, { environment }: CliOptions): string {
  const named = environment["PLUMBLINE_STATE_DIR"];
  if (named !== undefined && named !== "") return named;
  const home = environment["HOME"] ?? homedir();
  const state = environment["XDG_STATE_HOME"] ?? join(home, ".local", "state");
  return join(state, "plumbline", application.instanceName);
}
