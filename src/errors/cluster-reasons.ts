import type { Reasons } from "./explanation.ts";

/** What can go wrong with clusters and what is written to them. */
export const CLUSTER_REASONS = {
  ClusterUnreachable: ({ destination }: { destination: string }) => ({
    title: `Cluster \`${destination}\` did not answer`,
    remedy: "Nothing was changed. It is tried again on its own; no action is needed yet.",
    retryable: true,
  }),
} as const satisfies Reasons;
