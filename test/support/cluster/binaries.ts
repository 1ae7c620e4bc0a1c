import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { buildBinaries } from "./build-binaries.ts";
import { goVersion } from "./go.ts";

/** Where the programs of a cluster are. */
export interface ClusterBinaries {
  readonly kind: "available";
  readonly etcd: string;
  readonly kubeApiserver: string;
  /** Absent under KUBEBUILDER_ASSETS, which has no controllers: workloads never become healthy there. */
  readonly controllers?: ControllerBinaries;
}

export interface ControllerBinaries {
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kwok: string;
  /** kwok's Stage documents: its own, and ours for pods that fail. */
  readonly stages: string;
}

/** Why there is no cluster on this machine, as the end of a sentence; tests that need one are skipped by it. */
export interface Unavailable {
  readonly kind: "unavailable";
  readonly because: string;
}

export interface BinariesOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told what is being built; a first build takes minutes. */
  readonly onProgress: (line: string) => void;
}

/** Finds the programs, or builds them once into a cache that every checkout of this user shares. */
export async function clusterBinaries(options: BinariesOptions): Promise<ClusterBinaries | Unavailable> {
  const assets = options.env["KUBEBUILDER_ASSETS"] ?? "";
  if (assets !== "") return fromAssets(assets);
  if ((await goVersion()) === undefined) {
    return {
      kind: "unavailable",
      because: "neither KUBEBUILDER_ASSETS is set nor is Go installed to build a Kubernetes API server",
    };
  }
  return buildBinaries(cacheRoot(options.env), options.onProgress);
}

/** `cluster-<versions>` is appended by the build; `PLUMBLINE_CLUSTER_CACHE` names the whole folder. */
function cacheRoot(env: BinariesOptions["env"]): { readonly folder?: string; readonly parent: string } {
  const folder = env["PLUMBLINE_CLUSTER_CACHE"] ?? "";
  const parent = join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "plumbline");
  return folder === "" ? { parent } : { folder, parent };
}

async function fromAssets(assets: string): Promise<ClusterBinaries | Unavailable> {
  const etcd = join(assets, "etcd");
  const kubeApiserver = join(assets, "kube-apiserver");
  for (const program of [etcd, kubeApiserver]) {
    if (await isExecutable(program)) continue;
    return { kind: "unavailable", because: `KUBEBUILDER_ASSETS is set, but ${program} cannot be run` };
  }
  return { kind: "available", etcd, kubeApiserver };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
