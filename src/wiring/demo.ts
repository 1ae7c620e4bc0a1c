import { createSystemClock } from "../adapters/system/clock.ts";
import type { DemoDependencies } from "../cli/demo.ts";
import type { Environment } from "../config/environment.ts";
import { type DemoScene, demoActions, demoView, onceSettled } from "../sandbox/demo/demo-visit.ts";
import { createDemoWorld, type DemoServer, type DemoWorld } from "../sandbox/demo/demo-world.ts";
import { tellStory } from "../sandbox/demo/story.ts";
import type { Subscribe } from "../sandbox/demo/until.ts";
import { startDemoServer } from "../sandbox/demo-page/demo-server.ts";
import { createBranchViews, createPullRequestViews } from "../sandbox/demo-page/demo-view.ts";
import {
  createEmbeddedClusters,
  type EmbeddedClusters,
} from "../sandbox/embedded-cluster/embedded-clusters.ts";
import { DEMO_TIMING } from "../sandbox/embedded-cluster/timing.ts";
import type { CliOptions } from "./cli-options.ts";
import type { ClusterAccess } from "./clusters.ts";
import { type RunningServer, startServer } from "./serve.ts";

const NAMESPACE = "plumbline-demo";
const RECONCILE_MS = 180_000;
/** GitHub's times have whole seconds: what is written in the second after was written after. */
const PAUSE_MS = 1_100;

/** `plumbline demo`: everything on this machine, with nothing to configure. */
export function createDemoDependencies(options: CliOptions): DemoDependencies {
  return {
    async once({ kubeconfig, print }) {
      await withDemo({ ...options, kubeconfig, print }, async (demo) => {
        const { world, server, subscribe, disturb } = demo;
        const clock = createSystemClock();
        await tellStory({
          world,
          server,
          subscribe,
          pause: () => clock.sleep(PAUSE_MS),
          onStep: (step, ms) => print(`${(ms / 1_000).toFixed(2).padStart(6)} s  ${step}`),
          ...(disturb === undefined ? {} : { drift: disturb }),
        });
      });
    },
    async stay({ kubeconfig, port, print, untilStopped }) {
      await withDemo({ ...options, kubeconfig, print }, async (demo) => {
        const { repository } = demo.world;
        const views = {
          pullRequests: createPullRequestViews(repository),
          branches: createBranchViews(repository),
        };
        const page = await startDemoServer({
          port,
          view: () => demoView(demo, views),
          actions: demoActions(demo),
          subscribe: demo.subscribe,
        });
        print(
          `\nLook here:  ${page.url}\nClone it:   git clone ${demo.world.github.cloneUrl(repository)}\nCtrl-C ends it and leaves nothing behind${kubeconfig === undefined ? "" : `, but for namespace ${NAMESPACE} in your cluster`}.`,
        );
        const stop = onceSettled(demo, () => void demo.world.openPullRequest());
        await untilStopped();
        stop();
        await page.close();
      });
    },
  };
}

interface DemoOptions extends CliOptions {
  readonly kubeconfig: string | undefined;
  readonly print: (line: string) => void;
}

async function withDemo(options: DemoOptions, work: (demo: DemoScene) => Promise<void>): Promise<void> {
  const { kubeconfig, print } = options;
  const world = await createDemoWorld(NAMESPACE);
  const embedded =
    kubeconfig === undefined
      ? createEmbeddedClusters({ clock: createSystemClock(), timing: DEMO_TIMING })
      : undefined;
  const clusterName =
    kubeconfig === undefined
      ? "an embedded cluster (in this process, nothing is installed)"
      : `the cluster of ${kubeconfig}`;
  print(`GitHub:     ${world.github.url} (a double, with real Git)\nCluster:    ${clusterName}`);
  const running = await startServer({
    settings: settingsOf(world),
    // A kubeconfig that was not given is not looked at.
    environment: {
      ...options.environment,
      KUBECONFIG: kubeconfig ?? "/dev/null",
      KUBERNETES_SERVICE_HOST: undefined,
    },
    writeLog: (line) => options.log.debug(line.trimEnd()),
    protocols: ["http", "https"],
    ...(embedded === undefined ? {} : { clusters: embeddedAccess(embedded) }),
  });
  world.github.app.webhookUrl = `http://127.0.0.1:${running.port}/api/github/webhooks`;
  const server = demoServerOf(running);
  const subscribe: Subscribe = (changed) => {
    const stops = [world.github.subscribe(changed), server.subscribe(changed)];
    return () => {
      for (const stop of stops) stop();
    };
  };
  try {
    const disturb = embedded === undefined ? undefined : () => scaleByHand(embedded);
    await work({ world, server, subscribe, clusterName, disturb });
  } finally {
    await running.close();
    await world.close();
    await embedded?.close();
  }
}

function settingsOf({ github, controlPlane, stateDir }: DemoWorld): Environment {
  return {
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret: github.app.webhookSecret,
    port: 0,
    host: "127.0.0.1",
    logLevel: "debug",
    githubApiUrl: github.apiUrl,
    githubUrl: github.url,
    controlPlane: { kind: "directory", directory: controlPlane },
    stateDirectory: stateDir,
    reconcileMs: RECONCILE_MS,
    mode: "sync",
    warnings: [],
  };
}

function embeddedAccess(embedded: EmbeddedClusters): ClusterAccess {
  return { open: (server) => embedded.get(server), define: () => undefined, close: async () => undefined };
}

function demoServerOf(running: RunningServer): DemoServer {
  return {
    port: running.port,
    statuses: () => running.states.list().flatMap(([, one]) => (one.removal?.phase === "done" ? [] : [one])),
    subscribe: (changed) => running.states.subscribe(changed),
    close: () => running.close(),
  };
}

function scaleByHand(embedded: EmbeddedClusters): void {
  const key = { group: "apps", kind: "Deployment", namespace: NAMESPACE, name: "web" };
  embedded.get("in-cluster").control.edit(key, { spec: { replicas: 7 } }, "kubectl-edit");
}
