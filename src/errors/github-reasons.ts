import type { Reasons } from "./explanation.ts";

/** What can go wrong with GitHub's API. */
export const GITHUB_REASONS = {
  GitHubUnavailable: ({ status }: { status: number }) => ({
    title: `GitHub answered ${status}`,
    remedy: "Nothing is lost: the work is kept and tried again on its own.",
    retryable: true,
  }),
} as const satisfies Reasons;
