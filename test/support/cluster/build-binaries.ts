import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { ClusterBinaries } from "./binaries.ts";
import { go } from "./go.ts";
import { writeStages } from "./stages.ts";

export const KUBERNETES_VERSION = "1.36.3";
const ETCD_VERSION = "3.6.16";
const KWOK_VERSION = "0.8.0";

/** Modules that k8s.io/kubernetes replaces by folders of its own repository; outside it they are published as v0.x. */
const STAGING_MODULES = (
  "api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap " +
  "code-generator component-base component-helpers controller-manager cri-api cri-client cri-streaming " +
  "csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator " +
  "kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission " +
  "sample-apiserver sample-cli-plugin sample-controller streaming"
).split(" ");

/**
 * Builds etcd, the Kubernetes programs and kwok from their Go modules, once. Several processes may ask at the same
 * time: one builds, the others wait for it.
 */
export async function buildBinaries(
  cache: { readonly folder?: string; readonly parent: string },
  onProgress: (line: string) => void,
): Promise<ClusterBinaries> {
  const versions = `${KUBERNETES_VERSION}-${ETCD_VERSION}-${KWOK_VERSION}`;
  const folder = cache.folder ?? join(cache.parent, `cluster-${versions}`);
  const binaries = binariesIn(folder);
  await mkdir(folder, { recursive: true });
  if (await exists(join(folder, "complete"))) return binaries;
  const unlock = await lock(join(folder, "lock"), onProgress);
  try {
    if (!(await exists(join(folder, "complete")))) {
      await buildAll(folder, onProgress);
      await writeFile(join(folder, "complete"), `${versions}\n`);
    }
  } finally {
    await unlock();
  }
  return binaries;
}

function binariesIn(folder: string): ClusterBinaries {
  return {
    kind: "available",
    etcd: join(folder, "etcd"),
    kubeApiserver: join(folder, "kube-apiserver"),
    controllers: {
      kubeControllerManager: join(folder, "kube-controller-manager"),
      kubeScheduler: join(folder, "kube-scheduler"),
      kwok: join(folder, "kwok"),
      stages: join(folder, "stages.yaml"),
    },
  };
}

async function buildAll(folder: string, onProgress: (line: string) => void): Promise<void> {
  const started = Date.now();
  onProgress(`building a Kubernetes cluster into ${folder}, once: this takes some minutes`);
  const step = async (name: string, build: () => Promise<void>): Promise<void> => {
    if (await exists(join(folder, name))) return;
    onProgress(`  ${name} …`);
    await build();
    onProgress(`  ${name} is there after ${Math.round((Date.now() - started) / 1000)} s`);
  };
  await step("etcd", () => buildEtcd(folder));
  for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]) {
    await step(name, () => buildKubernetes(folder, name));
  }
  await step("kwok", () => buildKwok(folder));
  await step("stages.yaml", () => takeStages(folder));
}

async function buildKubernetes(folder: string, name: string): Promise<void> {
  const staging = `v0.${KUBERNETES_VERSION.slice(2)}`;
  const module = await moduleFolder(folder, "kubernetes", {
    require: [`k8s.io/kubernetes v${KUBERNETES_VERSION}`],
    replace: STAGING_MODULES.map((path) => `k8s.io/${path} => k8s.io/${path} ${staging}`),
    packages: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map(
      (program) => `k8s.io/kubernetes/cmd/${program}`,
    ),
  });
  const stamp = "-X k8s.io/component-base/version.";
  const [major, minor] = KUBERNETES_VERSION.split(".");
  const flags = [
    "-s -w",
    `${stamp}gitVersion=v${KUBERNETES_VERSION}`,
    `${stamp}gitMajor=${major}`,
    `${stamp}gitMinor=${minor}`,
  ];
  await buildProgram(module, `k8s.io/kubernetes/cmd/${name}`, {
    output: join(folder, name),
    ldflags: flags.join(" "),
  });
}

async function buildEtcd(folder: string): Promise<void> {
  const module = await moduleFolder(folder, "etcd", {
    require: [`go.etcd.io/etcd/server/v3 v${ETCD_VERSION}`],
    replace: [],
    packages: ["go.etcd.io/etcd/server/v3"],
  });
  await buildProgram(module, "go.etcd.io/etcd/server/v3", { output: join(folder, "etcd"), ldflags: "-s -w" });
}

async function buildKwok(folder: string): Promise<void> {
  const module = await moduleFolder(folder, "kwok", {
    require: [`sigs.k8s.io/kwok v${KWOK_VERSION}`],
    replace: [],
    packages: ["sigs.k8s.io/kwok/cmd/kwok"],
  });
  await buildProgram(module, "sigs.k8s.io/kwok/cmd/kwok", {
    output: join(folder, "kwok"),
    ldflags: "-s -w",
  });
}

async function takeStages(folder: string): Promise<void> {
  const answer = await go(["mod", "download", "-json", `sigs.k8s.io/kwok@v${KWOK_VERSION}`], folder);
  const { Dir } = JSON.parse(answer) as { readonly Dir: string };
  await writeStages(Dir, join(folder, "stages.yaml"));
}

interface ModuleContents {
  readonly require: readonly string[];
  readonly replace: readonly string[];
  readonly packages: readonly string[];
}

/** A Go module of our own that needs exactly these programs; `go install` refuses modules with replace directives. */
async function moduleFolder(
  folder: string,
  name: string,
  { require, replace, packages }: ModuleContents,
): Promise<string> {
  const module = join(folder, "src", name);
  if (await exists(join(module, "go.sum"))) return module;
  await mkdir(module, { recursive: true });
  const lines = [
    `module plumbline.dev/cluster/${name}`,
    "go 1.26.0",
    "godebug default=go1.26",
    ...require.map((line) => `require ${line}`),
    ...replace.map((line) => `replace ${line}`),
  ];
  await writeFile(join(module, "go.mod"), `${lines.join("\n\n")}\n`);
  const imports = packages.map((path) => `\t_ "${path}"`);
  await writeFile(join(module, "tools.go"), `package cluster\n\nimport (\n${imports.join("\n")}\n)\n`);
  await go(["mod", "tidy"], module);
  return module;
}

/** Under another name first: a build that was interrupted leaves nothing that looks finished. */
async function buildProgram(
  module: string,
  path: string,
  { output, ldflags }: { readonly output: string; readonly ldflags: string },
): Promise<void> {
  await go(["build", "-ldflags", ldflags, "-o", `${output}.partial`, path], module);
  await rename(`${output}.partial`, output);
}

/** A lock file with our process id; one left behind by a process that is gone is taken over. */
async function lock(path: string, onProgress: (line: string) => void): Promise<() => Promise<void>> {
  for (let waits = 0; ; waits += 1) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    else if (waits === 0) onProgress("another process is building the cluster; waiting for it");
    await sleep(250);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
