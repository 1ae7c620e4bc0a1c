import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import type { ClusterBinaries, ControllerBinaries } from "./binaries.ts";
import { type ClusterAdmin, createAdmin } from "./cluster-admin.ts";
import { freePorts } from "./free-ports.ts";
import { createProcesses, type Processes } from "./processes.ts";

const READY_WITHIN_MS = 60_000;

/** How a cluster is reached, and what is known of it: plain data. */
export interface ClusterAccess {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** PEM; the certificate is the server's own. */
  readonly ca: string;
  /** `admin` may do everything; `restricted` nothing that RBAC does not grant to user `restricted`. */
  readonly tokens: { readonly admin: string; readonly restricted: string };
  /** Path of a kubeconfig for `admin`. */
  readonly kubeconfig: string;
  /** Folder for logs and temporary files of this cluster. */
  readonly folder: string;
  /** False with etcd and kube-apiserver alone: nothing becomes healthy then. */
  readonly hasControllers: boolean;
}

/** A cluster as its users have it: for tests to arrange and look, past what they test. */
export type TestCluster = ClusterAccess & Omit<ClusterAdmin, "close">;

/** A Kubernetes cluster made of plain processes, thrown away when it is stopped or when this process ends. */
export interface RunningCluster extends TestCluster {
  /** Kills the API server, and brings it back on the same address with the same data. */
  killApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one; several may run side by side. Takes some five seconds. */
export async function startCluster(binaries: ClusterBinaries): Promise<RunningCluster> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "plumbline-cluster-")));
  const processes = createProcesses(folder);
  try {
    return await boot(binaries, folder, processes);
  } catch (error) {
    await processes.stopAll();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function boot(
  binaries: ClusterBinaries,
  folder: string,
  processes: Processes,
): Promise<RunningCluster> {
  const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);
  const server = `https://127.0.0.1:${apiPort}`;
  const tokens = { admin: crypto.randomUUID(), restricted: crypto.randomUUID() };
  await prepareFolder(folder, tokens);
  processes.start("etcd", binaries.etcd, etcdArgs(folder, etcdPort, peerPort));
  const startApiServer = async (): Promise<void> => {
    processes.start("kube-apiserver", binaries.kubeApiserver, apiServerArgs(folder, etcdPort, apiPort));
    await untilReady(server, processes);
  };
  await startApiServer();
  const ca = await readFile(join(folder, "certs", "apiserver.crt"), "utf8");
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigText(server, ca, tokens.admin), { mode: 0o600 });
  const { close, ...admin } = createAdmin({ server, ca, tokens });
  if (binaries.controllers !== undefined) {
    await admin.admin("POST", "/api/v1/nodes", FAKE_NODE);
    startControllers(processes, binaries.controllers, kubeconfig);
  }
  return {
    server,
    ca,
    tokens,
    kubeconfig,
    folder,
    hasControllers: binaries.controllers !== undefined,
    ...admin,
    killApiServer: () => processes.kill("kube-apiserver"),
    startApiServer,
    async stop() {
      await close();
      await processes.stopAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function prepareFolder(folder: string, tokens: RunningCluster["tokens"]): Promise<void> {
  await mkdir(join(folder, "certs"));
  const lines = [
    `${tokens.admin},admin,admin,system:masters`,
    `${tokens.restricted},restricted,restricted,plumbline:restricted`,
  ];
  await writeFile(join(folder, "tokens.csv"), `${lines.join("\n")}\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" });
  await writeFile(join(folder, "sa.key"), pem, { mode: 0o600 });
}

function etcdArgs(folder: string, port: number, peerPort: number): readonly string[] {
  return [
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=http://127.0.0.1:${port}`,
    `--advertise-client-urls=http://127.0.0.1:${port}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    "--unsafe-no-fsync",
    "--log-level=error",
  ];
}

function apiServerArgs(folder: string, etcdPort: number, port: number): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--cert-dir=${folder}/certs`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    `--service-account-key-file=${folder}/sa.key`,
    `--service-account-signing-key-file=${folder}/sa.key`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--token-auth-file=${folder}/tokens.csv`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.0.0.0/16",
    // Pods need no token here, and the one Node need not prove itself before pods are placed on it.
    "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
    "--allow-privileged",
  ];
}

/** Their defaults (20 and 50 requests a second) would be what a benchmark of 250 Applications measures. */
const UNHURRIED = ["--kube-api-qps=1000", "--kube-api-burst=2000"];

function startControllers(processes: Processes, programs: ControllerBinaries, kubeconfig: string): void {
  processes.start("kube-controller-manager", programs.kubeControllerManager, [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${kubeconfig.replace(/kubeconfig$/, "sa.key")}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--controllers=*,-nodeipam,-cloud-node-lifecycle",
    ...UNHURRIED,
  ]);
  processes.start("kube-scheduler", programs.kubeScheduler, [
    `--kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--secure-port=0",
    ...UNHURRIED,
  ]);
  processes.start("kwok", programs.kwok, [
    `--kubeconfig=${kubeconfig}`,
    "--manage-all-nodes=true",
    `--config=${programs.stages}`,
  ]);
}

async function untilReady(server: string, processes: Processes): Promise<void> {
  // The certificate is made while the server starts, so it cannot be checked yet; only a health word is read.
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  const deadline = Date.now() + READY_WITHIN_MS;
  try {
    while (Date.now() < deadline) {
      if (await isReady(server, agent)) return;
      const dead = ["etcd", "kube-apiserver"].find((name) => !processes.isRunning(name));
      if (dead !== undefined)
        throw new Error(`The cluster did not start. ${await processes.lastWords(dead)}`);
      await sleep(50);
    }
  } finally {
    await agent.close();
  }
  throw new Error(`The cluster was not ready in time. ${await processes.lastWords("kube-apiserver")}`);
}

async function isReady(server: string, agent: Agent): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`${server}/readyz`, { dispatcher: agent });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

function kubeconfigText(server: string, ca: string, token: string): string {
  return `apiVersion: v1
kind: Config
current-context: plumbline
clusters:
  - name: plumbline
    cluster: {server: "${server}", certificate-authority-data: ${Buffer.from(ca).toString("base64")}}
users:
  - name: admin
    user: {token: "${token}"}
contexts:
  - name: plumbline
    context: {cluster: plumbline, user: admin}
`;
}

const ALLOCATABLE = { cpu: "100000", memory: "100Ti", pods: "1000000", "ephemeral-storage": "100Ti" };

/** A machine that kwok pretends to be: big enough for whatever a test or benchmark puts on it. */
const FAKE_NODE = {
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: "node",
    annotations: { "kwok.x-k8s.io/node": "fake" },
    labels: { "kubernetes.io/hostname": "node", "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" },
  },
  status: { allocatable: ALLOCATABLE, capacity: ALLOCATABLE },
};
