import type { Application } from "../domain/application.ts";
import type { ApplicationStatus } from "../domain/application-status.ts";
import { type AutoSyncDecision, decideAutoSync, definitionKeyOf } from "../domain/auto-sync.ts";
import { differentResources } from "../domain/comparison.ts";
import { aboutToBeContested, type Heals, otherManagerOf, withOther } from "../domain/contested.ts";
import { isDeletion, newOperation, type Operation } from "../domain/operation.ts";
import { type DeleteApplicationPorts, deleteApplication, endOperation } from "./delete-application.ts";
import { statusOf, unknownStatus } from "./describe-status.ts";
import { latestOperation, runningOperation } from "./latest-operation.ts";
import { type Observation, type ObservePorts, observeApplication } from "./observe-application.ts";
import { problemOf } from "./problems.ts";
import type { RegisteredApplication } from "./registry.ts";
import type { LookAgain } from "./work-queue.ts";

export interface SyncApplicationPorts extends ObservePorts, Omit<DeleteApplicationPorts, "clusters"> {
  /** Tells what a render looked at, so that changes can be traced to Applications. */
  readonly onRendered: (id: string, observation: Observation) => void;
}

/**
 * One look at one Application: carry on with its running operation, else compare, decide, and sync if the policy says
 * so. Runs under the Application's queue key, so nothing else writes for it meanwhile.
 */
export async function syncApplication(
  id: string,
  ports: SyncApplicationPorts,
  signal?: AbortSignal,
): Promise<LookAgain> {
  const registered = ports.registry.get(id);
  if (registered === undefined) return deleteApplication(id, ports, signal);
  const running = runningSync(registered, ports);
  const unusable = whyUnusable(registered);
  if (unusable !== undefined) {
    publish(
      ports,
      registered,
      unknownStatus(registered.application, unusable, { now: ports.clock.now(), operation: running }),
    );
    return undefined;
  }
  if (running !== undefined) {
    await tellWhatIsKnown(registered, { ports, signal });
    return carryOn(registered, running, { ports, signal });
  }
  return look(registered, { ports, signal });
}

/** The operation to carry on with; a deletion ends once the Application is defined again. */
function runningSync({ id }: RegisteredApplication, ports: SyncApplicationPorts): Operation | undefined {
  ports.finalizers.found(id);
  const running = runningOperation(ports.operations, id);
  if (running === undefined || !isDeletion(running)) return running;
  endOperation(running, "the Application is defined again", ports);
  return undefined;
}

interface Run {
  readonly ports: SyncApplicationPorts;
  readonly signal: AbortSignal | undefined;
}

/** After a start: an operation goes on for long perhaps, and nothing would be known of the Application until it ends. */
async function tellWhatIsKnown(registered: RegisteredApplication, run: Run): Promise<void> {
  const known = run.ports.states.get(registered.id);
  if (known !== undefined && known.removal === undefined) return;
  try {
    await look(registered, run);
  } catch {
    // Said by `look`; its operation has its own revisions, and may well go on.
    run.signal?.throwIfAborted();
  }
}

async function carryOn(
  registered: RegisteredApplication,
  operation: Operation,
  run: Run,
): Promise<LookAgain> {
  const { ports } = run;
  // Gone on with once the settings change, for then every Application is looked at.
  if (ports.registry.snapshot().settings.freeze !== "") return look(registered, run);
  const waitMs = (operation.nextAttemptAt ?? 0) - ports.clock.now();
  if (waitMs > 0) {
    const again = await look(registered, run);
    return again ?? { requeueAfterMs: waitMs };
  }
  const tell = (current: Operation): void => {
    const before = ports.states.get(registered.id);
    if (before !== undefined && before.removal === undefined)
      publish(ports, registered, { ...before, operation: current });
  };
  tell(operation);
  const ended = await ports.runOperation(registered.application, operation, { tell, signal: run.signal });
  if (ended.phase === "Running" && ended.nextAttemptAt !== undefined) tell(ended);
  const again = await look(registered, run);
  if (ended.phase !== "Running") return again;
  return { requeueAfterMs: Math.max(0, (ended.nextAttemptAt ?? 0) - ports.clock.now()) };
}

async function look(registered: RegisteredApplication, run: Run): Promise<LookAgain> {
  const { ports, signal } = run;
  const { application, id } = registered;
  let observation: Observation;
  try {
    observation = await observeApplication(application, ports, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const problem = problemOf(error);
    ports.log.warn("an Application could not be compared", {
      application: id,
      reason: problem.reason,
      error,
    });
    publish(
      ports,
      registered,
      unknownStatus(application, problem, {
        now: ports.clock.now(),
        operation: latestOperation(ports.operations, id),
      }),
    );
    // Retried with back-off by the queue; what cannot pass waits for a change.
    if (problem.retryable) throw error;
    return undefined;
  }
  await ports.turns.next();
  ports.onRendered(id, observation);
  ports.finalizers.note(registered, observation.targets);
  const decision = decide(application, observation, ports);
  tellContest(id, decision, ports);
  publish(
    ports,
    registered,
    statusOf(observation, {
      decision,
      operation: latestOperation(ports.operations, id),
      now: ports.clock.now(),
    }),
  );
  return act(registered, { observation, decision }, run);
}

/** Asks the cluster, not the watch, who else writes to what is about to be healed for the last time in a row. */
async function withOthers(heals: Heals, { comparison, connection }: Observation): Promise<Heals> {
  const [first] = aboutToBeContested(differentResources(comparison), heals);
  if (first === undefined) return heals;
  const live = await connection.reads.get(first.key).catch(() => undefined);
  const by = live === undefined ? undefined : otherManagerOf(live, first.differingFields[0] ?? "");
  return by === undefined ? heals : withOther(heals, first, by);
}

/** Once, when it is found; the status says so as long as it lasts. */
function tellContest(id: string, decision: AutoSyncDecision, { states, log }: SyncApplicationPorts): void {
  if (decision.kind !== "wait" || decision.message === "") return;
  if (states.get(id)?.waitsFor === decision.message) return;
  log.warn("somebody else changes what self-heal has healed", { application: id, what: decision.message });
}

async function act(
  registered: RegisteredApplication,
  { observation, decision }: { readonly observation: Observation; readonly decision: AutoSyncDecision },
  run: Run,
): Promise<LookAgain> {
  if (decision.kind === "wait") return { requeueAfterMs: decision.waitMs };
  if (decision.kind !== "sync") return undefined;
  const { ports } = run;
  const operation = newOperation({
    id: ports.newOperationId(),
    application: registered.id,
    request: {
      revisions: observation.targets.state.revisions,
      prune: decision.prune,
      confirm: "",
      resources: decision.resources,
      digest: "",
      inputKey: observation.targets.inputKey,
      definition: definitionKeyOf(registered.application),
      initiator: { kind: "automated" },
      selfHealAttempts: decision.selfHealAttempts,
      ...(decision.heals === undefined ? {} : { heals: await withOthers(decision.heals, observation) }),
    },
    startedAt: ports.clock.now(),
  });
  // A command may have been quicker while the cluster was asked.
  const other = runningOperation(ports.operations, registered.id);
  if (other === undefined) ports.operations.start(operation);
  return carryOn(registered, other ?? operation, run);
}

function decide(
  application: Application,
  { comparison, targets, live }: Observation,
  ports: SyncApplicationPorts,
): AutoSyncDecision {
  const id = `${application.namespace}/${application.name}`;
  return decideAutoSync({
    application,
    comparison,
    revisions: targets.state.revisions,
    inputKey: targets.inputKey,
    last: latestOperation(ports.operations, id),
    freeze: ports.registry.snapshot().settings.freeze,
    isLiveStateFresh: live.staleKinds.length === 0,
    now: ports.clock.now(),
  });
}

function whyUnusable({ problems, isStale }: RegisteredApplication) {
  const [first] = problems;
  if (first !== undefined) return first;
  if (!isStale) return undefined;
  return {
    reason: "DefinitionBroken",
    title: "The file that defines this Application cannot be read any more",
    remedy: "It is neither synced nor taken for removed. Mend the file.",
    retryable: false,
  };
}

function publish(
  ports: SyncApplicationPorts,
  { id }: RegisteredApplication,
  status: ApplicationStatus,
): void {
  ports.states.set(id, status);
}
