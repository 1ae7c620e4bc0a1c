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
  console.log(`\n  export KUBECONFIG=${cluster.kubeconfig}\n`);
  for (const line of cluster.hasControllers ? WITH_CONTROLLERS : WITHOUT_CONTROLLERS) console.log(line);
  console.log("Ctrl-C stops the cluster and removes all it held.");
  await untilSignal();
  await cluster.stop();
  return 0;
}

const WITH_CONTROLLERS = [
  "Pods run at once and do nothing. A pod template annotated `plumbline.dev/pod: fail`, `crash-loop` or `never-ready`",
  "makes pods that do badly.",
];
const WITHOUT_CONTROLLERS = [
  "It has no controllers (KUBEBUILDER_ASSETS holds none): objects are kept, but no workload becomes healthy.",
];

/** A timer keeps the process alive meanwhile: the cluster's programs do not. */
async function untilSignal(): Promise<void> {
  const idle = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  clearInterval(idle);
}

process.exitCode = await main();
