import { writeSync } from "node:fs";

import { createClusterConnections } from "../../src/adapters/kubernetes/cluster-connections.ts";
import { findOwnCluster } from "../../src/adapters/kubernetes/own-cluster.ts";
import { createSystemClock } from "../../src/adapters/system/clock.ts";
import type { ApplicationStatus } from "../../src/domain/application-status.ts";
import { createEmbeddedClusters } from "../../src/sandbox/embedded-cluster/embedded-clusters.ts";
import { TEST_TIMING } from "../../src/sandbox/embedded-cluster/timing.ts";
import type { ClusterAccess, OpenCluster } from "../../src/wiring/clusters.ts";
import { type RunningServer, startServer } from "../../src/wiring/serve.ts";
import { watchEventLoop } from "./event-loop.ts";
import type { Answers, Arrival, Question, ServerOptions } from "./messages.ts";

/**
 * The process that is measured: the server as `serve` starts it, and beside it only what counts. Questions come from the
 * harness, which is not in this process so that its own work is not counted.
 */
const options = JSON.parse(process.argv[2] ?? "{}") as ServerOptions;
const requests: Record<string, number> = {};
const eventLoop = watchEventLoop();
const warnings: string[] = [];

const server = await startServer({
  settings: options.settings,
  environment: {
    PATH: options.path,
    KUBECONFIG: options.cluster === "embedded" ? "/dev/null" : options.cluster.kubeconfig,
  },
  writeLog: keepWarning,
  protocols: ["http", "https"],
  clusters: options.cluster === "embedded" ? embedded() : await real(options.cluster.kubeconfig),
});
const arrivals = followArrivals(server);
process.on("message", (message) => void reply(message as { id: number; question: Question }));
process.send?.({ port: server.port });

async function reply({ id, question }: { id: number; question: Question }): Promise<void> {
  const answer = await answerTo(question);
  process.send?.({ id, answer });
  if (question.kind === "close") process.disconnect();
}

async function answerTo(question: Question): Promise<Answers[Question["kind"]]> {
  switch (question.kind) {
    case "arrived":
      return arrivals.wait(question.arrival);
    case "idle":
      await server.queue.idle();
      return null;
    case "tick":
      return tick();
    case "counts":
      return counts();
    case "why":
      return why();
    case "close":
      await server.close();
      return null;
  }
}

async function tick(): Promise<Answers["tick"]> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await server.resync();
  await server.queue.idle();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - started, cpuMs: (user + system) / 1_000 };
}

function counts(): Answers["counts"] {
  const { user, system } = process.cpuUsage();
  const { p99Ms, maxMs } = eventLoop.take();
  return {
    renders: server.renderCounts().renders,
    cluster: { ...requests },
    delayP99Ms: p99Ms,
    delayMaxMs: maxMs,
    cpuMs: (user + system) / 1_000,
  };
}

function why(): string {
  const waiting = server.states.list().filter(([, status]) => !isThere(status));
  const lines = waiting
    .slice(0, 5)
    .map(
      ([id, { sync, health, problem, operation }]) =>
        `${id}: ${sync}, ${health.status} ${health.message}, ${problem?.title ?? ""} ${operation?.message ?? ""}`,
    );
  return [`${waiting.length} are not there`, ...lines, ...warnings.slice(-5)].join("\n");
}

/** Which Applications are Synced and Healthy, at which commit; kept as they change, so that waiting costs next to nothing. */
function followArrivals({ states }: RunningServer) {
  const there = new Map<string, string>();
  const waiting = new Set<() => void>();
  states.subscribe((id) => {
    const status = states.get(id);
    if (status !== undefined && isThere(status)) there.set(status.name, status.revisions[0] ?? "");
    else if (status !== undefined) there.delete(status.name);
    for (const look of waiting) look();
  });
  function isSo({ count, names = [], sha }: Arrival): boolean {
    if (count !== undefined && there.size < count) return false;
    return names.every((name) => there.has(name) && (sha === undefined || there.get(name) === sha));
  }
  return {
    wait(arrival: Arrival): Promise<number> {
      const { promise, resolve } = Promise.withResolvers<number>();
      const look = (): void => {
        if (!isSo(arrival)) return;
        waiting.delete(look);
        resolve(performance.timeOrigin + performance.now());
      };
      waiting.add(look);
      look();
      return promise;
    },
  };
}

function isThere({ sync, health, operation }: ApplicationStatus): boolean {
  return sync === "Synced" && health.status === "Healthy" && operation?.phase !== "Running";
}

async function real(kubeconfig: string): Promise<ClusterAccess> {
  const clock = createSystemClock();
  const own = await findOwnCluster({ env: {}, homeFolder: "/nonexistent", kubeconfig }, clock);
  return createClusterConnections(own, {
    clock,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    random: Math.random,
    onExchange: (method) => count(method),
  });
}

function embedded(): ClusterAccess {
  const clusters = createEmbeddedClusters({ clock: createSystemClock(), timing: TEST_TIMING });
  const counted = new Map<string, OpenCluster>();
  return {
    open(name) {
      const known = counted.get(name);
      if (known !== undefined) return known;
      const { reads, live, dryRun, writes } = clusters.get(name);
      const opened = {
        live,
        // What a connection answers from its own cache is no request: discovery is asked once.
        reads: { ...withCount(reads), api: (kinds?: Parameters<typeof reads.api>[0]) => reads.api(kinds) },
        dryRun: withCount(dryRun),
        writes: withCount(writes),
      };
      counted.set(name, opened);
      return opened;
    },
    define: ignore,
    close: () => clusters.close(),
  };
}

function withCount<T extends object>(port: T): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...given: unknown[]): unknown => {
        count(String(name));
        return Reflect.apply(member, target, given);
      };
    },
  });
}

function count(name: string): void {
  requests[name] = (requests[name] ?? 0) + 1;
}

function keepWarning(line: string): void {
  if (!/"level":"(warn|error)"/.test(line)) return;
  warnings.push(line.trimEnd());
  if (process.env["BENCH_LOG"] !== undefined) writeSync(2, line);
}

function ignore(): void {}
