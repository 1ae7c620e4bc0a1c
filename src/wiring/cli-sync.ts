import { homedir } from "node:os";
import { join } from "node:path";

import { openJournal } from "../adapters/journal/journal.ts";
import { sha256 } from "../adapters/system/digest.ts";
import type { PlanAnswer, SyncDependencies, SyncQuestion } from "../cli/sync.ts";
import { type Application, applicationId } from "../domain/application.ts";
import { OperationError } from "../errors/operation-error.ts";
import { observeApplication } from "../reconciler/observe-application.ts";
import { planOperation, summaryOf } from "../reconciler/plan-operation.ts";
import { selectorsOf } from "../reconciler/prepare-sync.ts";
import { problemOf } from "../reconciler/problems.ts";
import { createRegistry } from "../reconciler/registry.ts";
import { type CliCluster, openCliCluster } from "./cli-cluster.ts";
import { chooseDefinition } from "./cli-definitions.ts";
import type { CliOptions } from "./cli-options.ts";
import { unreadStandIns } from "./cli-stand-ins.ts";
import { checkPlan, mustSelect, previewOnlyError, revisionOf, syncNow } from "./cli-sync-run.ts";
import type { SyncSession } from "./cli-sync-session.ts";
import { withCliWorld } from "./cli-world.ts";
import { createCore } from "./core.ts";

/** What `plumbline sync` needs, on the kubeconfig's current cluster. */
export function createSyncDependencies(options: CliOptions): SyncDependencies {
  return {
    plan: (question) => withSession(question, options, plan),
    sync: (question, listener) =>
      withSession(question, options, async (session) => {
        const interrupts = options.watchInterrupts();
        try {
          return await syncNow(session, {
            ...listener,
            timeoutMs: question.timeoutMs,
            interrupted: interrupts.signal,
          });
        } finally {
          interrupts.stop();
        }
      }),
  };
}

async function withSession<T>(
  question: SyncQuestion,
  options: CliOptions,
  work: (session: SyncSession) => Promise<T>,
): Promise<T> {
  const { application, snapshot, warnings } = await chooseDefinition(question.application, options);
  const sources = { repositories: question.repositories, snapshot };
  return withCliWorld(options, sources, async (world) => {
    const cluster = await openCliCluster(
      { choice: question.cluster, clusters: snapshot.clusters },
      options,
      world,
    );
    const journal = openJournal({ stateDir: stateDirOf(application, cluster, options), ...world });
    const core = createCore({
      stack: world,
      clusters: cluster.directory,
      registry: createRegistry(snapshot),
      operations: journal.operations,
      clock: world.clock,
      log: world.log,
      seedSecret: journal.seedSecret,
      formerKinds: () => knownKinds(application, journal),
    });
    try {
      return await work({
        ...core,
        question,
        application,
        world,
        cluster,
        journal,
        warnings: [
          ...world.uncommitted,
          ...warnings,
          ...unreadStandIns(question.repositories, [application]),
          ...warningsOf(cluster, options),
        ],
      });
    } finally {
      await cluster.close();
      journal.close();
    }
  });
}

function warningsOf(
  { kind }: CliCluster,
  { environment }: Pick<CliOptions, "environment">,
): readonly string[] {
  if (kind !== "none") return [];
  const named = environment["KUBECONFIG"] ?? "";
  const why = named === "" ? "there is no kubeconfig" : "`KUBECONFIG` names no file with a current context";
  return [`${why}: planned against an empty cluster, with a built-in table of kinds`];
}

async function plan(session: SyncSession): Promise<PlanAnswer> {
  const { question, application, observe, historyOf, warnings } = session;
  const observation = await observeApplication(application, observe);
  const request = {
    prune: question.prune === "asked",
    confirm: question.confirm,
    resources: selectorsOf(question.resources),
  };
  const planned = await planOperation(observation, request, historyOf(application));
  mustSelect(session, planned);
  return {
    application: application.name,
    revision: revisionOf(observation),
    tasks: planned.tasks.map(summaryOf),
    guardDigest: planned.guardDigest,
    warnings: [...warnings, ...observation.comparison.warnings, ...previewOnlyWarning(application)],
    ...problemIn(() => checkPlan(planned, question.confirm)),
  };
}

/** A plan that a sync would refuse is shown all the same, and why it would be refused. */
function problemIn(check: () => void): Pick<PlanAnswer, "problem"> {
  try {
    check();
    return {};
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { problem: problemOf(error) };
  }
}

function previewOnlyWarning(application: Application): readonly string[] {
  return application.previewOnly.length === 0
    ? []
    : [`${previewOnlyError(application).title}: a sync is refused`];
}

function knownKinds(application: Application, { readSets }: SyncSession["journal"]) {
  const recorded = readSets.load().find((one) => one.application === applicationId(application));
  return recorded?.kinds ?? [];
}

/**
 * One folder an Application and cluster: two syncs of different ones do not wait for each other, and what was interrupted
 * on one cluster is never carried on on another.
 */
function stateDirOf(
  application: Application,
  { server }: CliCluster,
  { environment }: Pick<CliOptions, "environment">,
): string {
  const named = environment["PLUMBLINE_STATE_DIR"];
  if (named !== undefined && named !== "") return named;
  const home = environment["HOME"] ?? homedir();
  const state = environment["XDG_STATE_HOME"] ?? join(home, ".local", "state");
  const digest = sha256(JSON.stringify([server, applicationId(application)])).slice(0, 12);
  return join(state, "plumbline", `${application.instanceName}-${digest}`);
}
