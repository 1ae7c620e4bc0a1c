import { type CommandContext, textOption } from "./command.ts";

/** Which cluster, as kubectl is told; `""` for what kubectl would take by itself. */
export interface ClusterChoice {
  /** The only kubeconfig that is read. */
  readonly kubeconfig: string;
  /** Name of a context in it. */
  readonly context: string;
}

export const CLUSTER_OPTION = { kubeconfig: { type: "string" }, context: { type: "string" } } as const;

/** Lines of `--help` for them. */
export const CLUSTER_HELP = [
  "--kubeconfig FILE    instead of $KUBECONFIG and ~/.kube/config",
  "--context NAME       of the kubeconfig, instead of its current one",
] as const;

/** What a command line says of the cluster. */
export function clusterChoice(context: Pick<CommandContext, "args">): ClusterChoice {
  return {
    kubeconfig: textOption(context, "kubeconfig") ?? "",
    context: textOption(context, "context") ?? "",
  };
}
