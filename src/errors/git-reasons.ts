import type { Reasons } from "./explanation.ts";

const READ_A_CLONE = "A clone on this machine can stand in for it: `--repo URL=DIR`.";

/** What can go wrong with repositories and revisions. URLs are printed without userinfo or query. */
export const GIT_REASONS = {
  RepositoryUnreachable: ({ url }: { url: string }) => ({
    title: `Repository \`${url}\` did not answer`,
    remedy: "Nothing was changed.",
    meanwhile: "It is tried again on its own; the last good state is kept until then.",
    byHand: READ_A_CLONE,
    retryable: true,
  }),
  RepositoryDenied: ({ url }: { url: string }) => ({
    title: `Repository \`${url}\` denied access`,
    remedy:
      "Nothing was changed. Check the repository Secret (or `repo-creds`) of this URL and project, if there is one, or the App's access to the repository.",
    byHand: READ_A_CLONE,
    retryable: false,
  }),
  RepositoryNotFound: ({ url }: { url: string }) => ({
    title: `Repository \`${url}\` was not found`,
    remedy:
      "Nothing was changed. Check `repoURL`; forges also answer so when the credential in use may not see the repository.",
    byHand: READ_A_CLONE,
    retryable: false,
  }),
  RepositoryRedirected: ({ url }: { url: string }) => ({
    title: `Repository \`${url}\` has moved`,
    remedy:
      "Nothing was changed. Its server redirects, and redirects are not followed, for they would carry the credential along. Set `repoURL`, and the `url` of its Secret, to the new address.",
    retryable: false,
  }),
  RepositoryHostUntrusted: ({ url, detail }: { url: string; detail: string }) => ({
    title: `The host of \`${url}\` could not be verified`,
    remedy: `Nothing was changed. ${detail}`,
    retryable: false,
  }),
  RepositoryUrlRefused: ({ url, problem }: { url: string; problem: string }) => ({
    title: `\`${url}\` is not a repository URL that may be used`,
    remedy: `Nothing was fetched: ${problem}.`,
    retryable: false,
  }),
  RepositoryCredentialInvalid: ({ url, problem }: { url: string; problem: string }) => ({
    title: `The credential of \`${url}\` cannot be used`,
    remedy: `Nothing was fetched: ${problem}. Correct the repository Secret.`,
    retryable: false,
  }),
  RepositoryDirectoryInvalid: ({ directory, detail }: { directory: string; detail: string }) => ({
    title: `\`${directory}\` is not a Git repository that can be read`,
    remedy: `Nothing was changed. ${detail}`,
    retryable: false,
  }),
  RepositoryDamaged: ({ url }: { url: string }) => ({
    title: `Our copy of \`${url}\` is damaged`,
    remedy: "Nothing was changed. The next attempt clones it anew.",
    retryable: true,
  }),
  RepositoryTooLarge: ({ url, limit }: { url: string; limit: string }) => ({
    title: `Repository \`${url}\` is larger than is allowed`,
    remedy: `Nothing was changed. The limit is ${limit}.`,
    retryable: false,
  }),
  RepositoryFailed: ({ url, command }: { url: string; command: string }) => ({
    title: `\`git ${command}\` failed for repository \`${url}\``,
    remedy: "Nothing was changed. Git's own words are in the log (`LOG_LEVEL=debug`).",
    meanwhile: "It is tried again on its own.",
    retryable: true,
  }),
  RevisionNotFound: ({ revision, detail }: { revision: string; detail: string }) => ({
    title: `Revision \`${revision}\` does not exist`,
    remedy: `Nothing was changed. ${detail}`,
    retryable: false,
  }),
  RevisionMalformed: ({ revision, detail }: { revision: string; detail: string }) => ({
    title: `\`${revision}\` is not a revision`,
    remedy: `Nothing was fetched: ${detail}. Name a branch, a tag, a version range or a commit's SHA.`,
    retryable: false,
  }),
  RevisionNotFetched: ({ revision, url }: { revision: string; url: string }) => ({
    title: `Commit \`${revision}\` of \`${url}\` has not been fetched`,
    remedy: "Nothing was changed. The next attempt fetches it.",
    retryable: true,
  }),
  RevisionsUnrelated: ({ base, head }: { base: string; head: string }) => ({
    title: `\`${head}\` and \`${base}\` have no history in common`,
    remedy: "Nothing was changed. Git does not merge such commits; rebase the branch onto its base.",
    retryable: false,
  }),
  HistoryIncomplete: ({ directory }: { directory: string }) => ({
    title: `\`${directory}\` is a shallow clone, without the commits that the two revisions have in common`,
    remedy:
      "Nothing was changed. `git fetch --unshallow` brings them; in GitHub Actions, `fetch-depth: 0` of the checkout.",
    retryable: false,
  }),
  DiskFull: () => ({
    title: "No space is left for copies of repositories",
    remedy:
      "Nothing was changed. Give the state folder (`PLUMBLINE_STATE_DIR`) more room; then it goes on by itself.",
    retryable: true,
  }),
  GitMissing: ({ wanted }: { wanted: string }) => ({
    title: "Git was not found",
    remedy: `Install Git ${wanted} or newer and make sure that \`git\` is on the PATH.`,
    retryable: false,
  }),
  GitTooOld: ({ found, wanted }: { found: string; wanted: string }) => ({
    title: `Git ${found} is too old`,
    remedy: `Install Git ${wanted} or newer: earlier ones cannot merge without a work tree.`,
    retryable: false,
  }),
} as const satisfies Reasons;
