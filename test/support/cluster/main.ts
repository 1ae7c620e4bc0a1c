import { clusterBinaries } from "./binaries.ts";
import { startCluster } from "./start-cluster.ts";

/** `npm run cluster`: a real Kubernetes cluster to play with, until Ctrl-C. */
async function main(): Promise<number> {
  const started = Date.now();
  const binaries = await clusterBinaries({ env: process.env, onProgress: (line) => console.error(line) });
  if (binaries.kind === "unavailable") {
    console.error(`No cluster can be started: ${binaries.because}.`);
    return 2;
  }
  const cluster = await startCluster(binaries);
  console.log(`A Kubernetes cluster is ready after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  if (!cluster.hasControllers) {
    console.log(
      "It has no controllers (KUBEBUILDER_ASSETS): objects are kept, but no workload becomes healthy.",
    );
  }
  console.log(`\n  export KUBECONFIG=${cluster.kubeconfig}\n`);
  console.log("Pods run at once and do nothing; annotate a pod `plumbline.dev/pod: fail`, `crash-loop` or");
  console.log("`never-ready` to see it do badly. Ctrl-C stops the cluster and removes all it held.");
  await untilSignal();
  await cluster.stop();
  return 0;
}

/** A timer keeps the process alive meanwhile: the cluster's programs do not. */
async function untilSignal(): Promise<void> {
  const idle = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  clearInterval(idle);
}

process.exitCode = await main();
