import type { Reasons } from "./explanation.ts";

/** What can stop an Application from being previewed or synced, beside the tools and systems themselves. */
export const SYNC_REASONS = {
  ProjectForbids: ({
    application,
    project,
    what,
  }: {
    application: string;
    project: string;
    what: string;
  }) => ({
    title: `Project \`${project}\` does not permit ${what}`,
    remedy: `Nothing of Application \`${application}\` was changed. Ask the project's owner to permit it, or change the source.`,
    retryable: false,
  }),
  WritesFrozen: ({ why }: { why: string }) => ({
    title: `All writes to clusters are frozen: ${why}`,
    remedy:
      "Nothing more was changed. What was begun goes on once `plumbline.freeze` is gone from `argocd-cm`.",
    retryable: true,
  }),
} as const satisfies Reasons;
