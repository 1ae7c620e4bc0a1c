import { chooseCredential } from "../domain/choose-credential.ts";
import type { GitCredential } from "../domain/git-credential.ts";
import type { Repository } from "../domain/github.ts";
import { permitsSource } from "../domain/project-sources.ts";
import { parseRepositoryUrl } from "../domain/repository-url.ts";
import type { GitCredentials } from "../ports/git-credentials.ts";
import type { Registry } from "../reconciler/registry.ts";

/**
 * Repository Secrets and templates of the control plane first; where they hold no login, the token of the installation
 * that covers the repository. Nothing for a repository that the project does not permit (T128).
 */
export function createGitCredentials(parts: {
  readonly registry: () => Registry;
  readonly installed: (url: string) => Repository | undefined;
  readonly tokenFor: (
    repository: Repository,
  ) => Promise<{ readonly username: string; readonly password: string }>;
}): GitCredentials {
  return {
    async credentialFor({ url, project: name }) {
      const registry = parts.registry();
      const project = registry.project(name);
      if (project === undefined || !permitsSource(project, url)) return undefined;
      const snapshot = registry.snapshot();
      const { git } = chooseCredential(snapshot, { url, project: name });
      const trusting = withTrust(git, url, snapshot.settings);
      if (git.login !== undefined || git.clientCertificate !== undefined) return trusting;
      const repository = parts.installed(url);
      if (repository === undefined) return trusting;
      const { username, password } = await parts.tokenFor(repository);
      return { ...trusting, login: { kind: "basic", username, password } };
    },
  };
}

/** Whom `argocd-ssh-known-hosts-cm` and `argocd-tls-certs-cm` vouch for. */
function withTrust(
  git: GitCredential,
  url: string,
  settings: { readonly sshKnownHosts: string; readonly tlsCertificates: Readonly<Record<string, string>> },
): GitCredential {
  const parsed = parseRepositoryUrl(url, ["https", "http", "ssh", "file"]);
  const host = parsed.kind === "url" ? parsed.url.host : "";
  const authorities = Object.hasOwn(settings.tlsCertificates, host)
    ? settings.tlsCertificates[host]
    : undefined;
  return {
    ...(settings.sshKnownHosts === "" ? {} : { knownHosts: settings.sshKnownHosts }),
    ...(authorities === undefined ? {} : { certificateAuthorities: authorities }),
    ...git,
  };
}
