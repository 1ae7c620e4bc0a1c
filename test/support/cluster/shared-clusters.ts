import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, request } from "undici";
import type { TestProject } from "vitest/node";

import { clusterBinaries } from "./binaries.ts";
import { type ClusterAccess, type RunningCluster, startCluster } from "./start-cluster.ts";

/** `controllers`: workloads become healthy, garbage is collected, namespaces go. */
export type ClusterNeed = "api-server" | "controllers";

declare module "vitest" {
  interface ProvidedContext {
    /** URL below which the clusters of this run are asked for; nobody else knows it. */
    readonly sharedClusters: string;
  }
}

/**
 * vitest's global setup. The process that outlives all test files keeps one cluster of each kind for them, started when
 * the first file asks; however it ends, its clusters end with it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const secret = crypto.randomUUID();
  const clusters = new Map<string, Promise<RunningCluster>>();
  const server = await listen((path) => {
    const [, asked, need = ""] = path.split("/");
    if (asked !== secret) throw new Error("a cluster is for the tests of this run");
    const cluster = clusters.get(need) ?? start(need);
    clusters.set(need, cluster);
    return cluster;
  });
  project.provide("sharedClusters", `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    const stopped = [...clusters.values()].map(async (cluster) => (await cluster).stop());
    // One that did not start has stopped by itself, and whoever asked for it was told.
    await Promise.allSettled(stopped);
  };
}

/** The cluster that all files of this run share; the first to ask waits until it is there. */
export async function askForCluster(url: string, need: ClusterNeed): Promise<ClusterAccess> {
  // A first start may take longer than anything else that answers.
  const agent = new Agent({ headersTimeout: 0 });
  try {
    const { statusCode, body } = await request(`${url}/${need}`, { dispatcher: agent });
    if (statusCode !== 200) throw new Error(await body.text());
    return (await body.json()) as ClusterAccess;
  } finally {
    await agent.close();
  }
}

async function start(need: string): Promise<RunningCluster> {
  const binaries = await clusterBinaries({ env: process.env, onProgress: (line) => console.error(line) });
  if (binaries.kind === "unavailable") throw new Error(binaries.because);
  const { controllers, ...apiServer } = binaries;
  return startCluster(need === "controllers" ? binaries : apiServer);
}

async function listen(find: (path: string) => Promise<RunningCluster>): Promise<Server> {
  const answer = async (path: string): Promise<string> => JSON.stringify(await find(path));
  const server = createServer((incoming, response) => {
    answer(incoming.url ?? "").then(
      // How to stop it is no data, and stays here.
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
