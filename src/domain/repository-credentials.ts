import type { GitCredential } from "./git-credential.ts";

/**
 * A `repository` or `repo-creds` Secret (argocd-behaviour §9.2). Holds secrets: it goes from configuration to the Git
 * adapter and is never printed.
 */
export interface RepositoryCredential {
  /** As written, trimmed; a template's is a prefix. */
  readonly url: string;
  /** `""` for templates. */
  readonly name: string;
  readonly type: "git" | "helm" | "oci";
  /** Project the Secret is reserved for; `""` for all, and for templates. */
  readonly project: string;
  /** The login is absent where the Secret carries none: templates are looked at then. */
  readonly git: GitCredential;
  /** Another GitHub App than our own; used where there is no other login. */
  readonly githubApp?: GitHubAppCredential;
}

export interface GitHubAppCredential {
  readonly appId: string;
  /** `""`: to be found by the owner in the URL. */
  readonly installationId: string;
  /** PEM. */
  readonly privateKey: string;
  /** API of a GitHub Enterprise Server; `""` is github.com. */
  readonly baseUrl: string;
}

/** Whether a repository's Secret can log in by itself; otherwise templates fill it in (argocd-behaviour §9.3-3). */
export function hasOwnLogin({ git, githubApp }: RepositoryCredential): boolean {
  return git.login !== undefined || git.clientCertificate !== undefined || githubApp !== undefined;
}
