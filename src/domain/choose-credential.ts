import type { GitCredential } from "./git-credential.ts";
import {
  type GitHubAppCredential,
  hasOwnLogin,
  type RepositoryCredential,
} from "./repository-credentials.ts";
import { canonicalUrl, parseRepositoryUrl } from "./repository-url.ts";

/** What a repository is reached with for one project. */
export interface ChosenCredential {
  readonly git: GitCredential;
  /** To be turned into a token; only where `git` has no login. */
  readonly githubApp?: GitHubAppCredential;
  /** Where it came from: the repository's own Secret, a template, or nowhere. */
  readonly origin: "repository" | "template" | "none";
}

export interface KnownCredentials {
  readonly repositories: readonly RepositoryCredential[];
  readonly repositoryTemplates: readonly RepositoryCredential[];
}

/**
 * Chooses as Argo CD does (argocd-behaviour §9.3): the repository Secret of the URL that is reserved for the project,
 * else the one for all projects, never another project's; if it has no login of its own, the template with the longest
 * URL that the repository's begins with fills in what is empty.
 *
 * Unlike Argo CD, a template ends at a path segment: `https://git.a/team1` is for `team1/x` and not for `team10/x`, nor
 * is `https://git.a` for `https://git.a.evil` (T175, T179). Scheme, host and port must be equal either way.
 */
export function chooseCredential(
  known: KnownCredentials,
  { url, project }: { readonly url: string; readonly project: string },
): ChosenCredential {
  const wanted = comparable(url);
  if (wanted === undefined) return { git: {}, origin: "none" };
  const repository = repositoryFor(known.repositories, wanted, project);
  if (repository !== undefined && hasOwnLogin(repository)) return chosen(repository, "repository");

  const template = templateFor(known.repositoryTemplates, wanted);
  if (template === undefined)
    return repository === undefined ? { git: {}, origin: "none" } : chosen(repository, "none");
  const git = { ...template.git, ...repository?.git };
  return chosen({ ...template, git }, "template");
}

function repositoryFor(
  repositories: readonly RepositoryCredential[],
  wanted: string,
  project: string,
): RepositoryCredential | undefined {
  const same = repositories.filter(({ type, url }) => type === "git" && comparable(url) === wanted);
  return same.find((one) => one.project === project) ?? same.find((one) => one.project === "");
}

function templateFor(
  templates: readonly RepositoryCredential[],
  wanted: string,
): RepositoryCredential | undefined {
  const matching = templates.flatMap((template) => {
    const prefix = template.type === "git" ? prefixOf(template.url) : undefined;
    return prefix !== undefined && `${wanted}/`.startsWith(prefix)
      ? [{ template, length: prefix.length }]
      : [];
  });
  const longest = Math.max(0, ...matching.map(({ length }) => length));
  return matching.find(({ length }) => length === longest)?.template;
}

/** Ends with a slash, so that it ends at a segment. A host alone is a prefix, though it is no repository. */
function prefixOf(url: string): string | undefined {
  const repository = "x";
  const below = comparable(`${url.trim().replace(/\/+$/, "")}/${repository}`);
  return below?.slice(0, -repository.length);
}

function comparable(url: string): string | undefined {
  const result = parseRepositoryUrl(url, ["https", "http", "ssh", "file"]);
  return result.kind === "url" ? canonicalUrl(result.url) : undefined;
}

function chosen(
  { git, githubApp }: RepositoryCredential,
  origin: ChosenCredential["origin"],
): ChosenCredential {
  const usesApp = githubApp !== undefined && git.login === undefined;
  return usesApp ? { git, githubApp, origin } : { git, origin };
}
