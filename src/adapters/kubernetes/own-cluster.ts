import { delimiter, join } from "node:path";

import { IN_CLUSTER_SERVER } from "../../domain/cluster.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { createKubeconfigSignIn } from "./kubeconfig-sign-in.ts";
import { createPodSignIn } from "./pod-sign-in.ts";
import type { SignInSource } from "./sign-in.ts";

/** The cluster that `https://kubernetes.default.svc` stands for: the pod's own, or a kubeconfig's context. */
export interface OwnCluster {
  readonly signIn: SignInSource;
  /** What a destination may call it: the in-cluster URL, and its real one where that is known. */
  readonly servers: readonly string[];
  /** Its address, for people. */
  readonly server: string;
  /** Namespace of the kubeconfig's context, `""` for none. */
  readonly namespace: string;
  readonly from: { readonly kind: "pod" } | { readonly kind: "kubeconfig"; readonly context: string };
}

export interface OwnClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** A kubeconfig named outright; nothing else is looked at then. */
  readonly kubeconfig?: string;
  /** A context of it; the current one where absent or `""`. */
  readonly context?: string;
}

const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Finds it: a kubeconfig or a context that is named, else the pod's account, else `KUBECONFIG`, else `~/.kube/config`.
 *
 * @returns `undefined` where there is none of them. No cluster is asked anything.
 * @throws OperationError KubeconfigInvalid
 */
export async function findOwnCluster(
  options: OwnClusterOptions,
  clock: Pick<Clock, "monotonic">,
): Promise<OwnCluster | undefined> {
  const host = options.env["KUBERNETES_SERVICE_HOST"] ?? "";
  const isNamed = options.kubeconfig !== undefined || (options.context ?? "") !== "";
  if (!isNamed && host !== "") return podCluster(host, options, clock);
  const context = await readKubeconfig(kubeconfigFiles(options), options.context);
  if (context === undefined && options.kubeconfig !== undefined) {
    const problem = `\`${options.kubeconfig}\` does not exist, or names no current context`;
    throw OperationError.of("KubeconfigInvalid", { problem });
  }
  if (context === undefined) return undefined;
  return {
    signIn: createKubeconfigSignIn(context, clock),
    servers: [IN_CLUSTER_SERVER, context.server],
    server: context.server,
    namespace: context.namespace,
    from: { kind: "kubeconfig", context: context.name },
  };
}

function podCluster(host: string, { env }: OwnClusterOptions, clock: Pick<Clock, "monotonic">): OwnCluster {
  const account = { host, port: env["KUBERNETES_SERVICE_PORT"] ?? "443", folder: SERVICE_ACCOUNT_FOLDER };
  return {
    signIn: createPodSignIn(IN_CLUSTER_SERVER, account, clock),
    servers: [IN_CLUSTER_SERVER],
    server: IN_CLUSTER_SERVER,
    namespace: "",
    from: { kind: "pod" },
  };
}

function kubeconfigFiles({ kubeconfig, env, homeFolder }: OwnClusterOptions): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const named = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  return named.length > 0 ? named : [join(homeFolder, ".kube", "config")];
}
