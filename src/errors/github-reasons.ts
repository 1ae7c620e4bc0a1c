import type { Reasons } from "./explanation.ts";

/** What can go wrong with GitHub's API. */
export const GITHUB_REASONS = {
  /** `status` 0: no answer at all. */
  GitHubUnavailable: ({ status }: { status: number }) => ({
    title: status === 0 ? "GitHub did not answer" : `GitHub answered ${status}`,
    remedy: "Nothing is lost: the work is kept and tried again on its own.",
    retryable: true,
  }),
  GitHubRateLimited: ({ retryAfterMs }: { retryAfterMs: number }) => ({
    title: "GitHub asked for fewer requests",
    remedy: `Nothing is lost: the work goes on in ${Math.ceil(retryAfterMs / 1000)} s. Syncing does not wait for it.`,
    retryable: true,
  }),
  GitHubForbidden: ({ operation, needs }: { operation: string; needs: string }) => ({
    title: "GitHub does not let the App do this",
    remedy: `\`${operation}\` was refused${needs === "" ? "" : `; it needs \`${needs}\``}. Grant the App the permission in its settings, then accept it for the installation.`,
    retryable: false,
  }),
  GitHubCredentialRefused: ({ who }: { who: "app" | "installation" }) => ({
    title:
      who === "app" ? "GitHub refuses the App's private key" : "GitHub refuses the installation's new token",
    remedy:
      "Check `APP_ID` and `PRIVATE_KEY`, and that this machine's clock is right. No other credential is tried.",
    retryable: false,
  }),
  GitHubNotFound: ({ operation }: { operation: string }) => ({
    title: "GitHub does not know what was asked for",
    remedy: `\`${operation}\` was answered with 404: it was deleted, or the App may not see it any more. Nothing was changed.`,
    retryable: false,
  }),
  GitHubTextTooLong: ({ operation }: { operation: string }) => ({
    title: "GitHub refuses the length of the text",
    remedy: `\`${operation}\` is tried again with a shorter text; what is left out is counted in it.`,
    retryable: false,
  }),
  GitHubRejected: ({
    operation,
    status,
    message,
  }: {
    operation: string;
    status: number;
    message: string;
  }) => ({
    title: `GitHub rejected a request with ${status}`,
    remedy: `\`${operation}\`: ${message}. Nothing was changed; this is a fault of the App worth reporting.`,
    retryable: false,
  }),
  GitHubTooManyPages: ({ operation, pagesMax }: { operation: string; pagesMax: number }) => ({
    title: `GitHub has more than ${pagesMax} pages of one list`,
    remedy: `\`${operation}\` stopped there: half a list is not used as a whole one. Nothing was changed.`,
    retryable: false,
  }),
  InstallationSuspended: ({ installationId }: { installationId: number }) => ({
    title: "The App's installation is suspended",
    remedy: `Installation ${installationId} answers nothing until its owner lifts the suspension. Its work is parked, nothing is deleted.`,
    retryable: false,
  }),
} as const satisfies Reasons;
