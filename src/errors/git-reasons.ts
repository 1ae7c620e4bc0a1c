import type { Reasons } from "./explanation.ts";

/** What can go wrong with repositories and revisions. URLs are printed without userinfo or query. */
export const GIT_REASONS = {
  RepositoryUnreachable: ({ url }: { url: string }) => ({
    title: `Repository \`${url}\` did not answer`,
    remedy: "Nothing was changed. It is tried again on its own; the last good state is kept until then.",
    retryable: true,
  }),
} as const satisfies Reasons;
