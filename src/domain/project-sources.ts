import { matchesPathGlob } from "./glob.ts";
import type { Project } from "./project.ts";
import { canonicalUrl, parseRepositoryUrl, type RepositoryUrl } from "./repository-url.ts";

/**
 * Whether Applications of the project may read the repository (argocd-behaviour §8). URL and patterns are compared in
 * one canonical form, so that spelling neither opens nor dodges a rule; a URL that cannot be put into it (climbing
 * paths, hidden slashes, credentials inside) is never permitted (T163). What any `!pattern` matches is refused; one that
 * does not match counts as a permission.
 */
export function permitsSource(project: Pick<Project, "sourceRepos">, repoURL: string): boolean {
  return matchesRepositoryPatterns(project.sourceRepos, repoURL);
}

/** The rule of `sourceRepos` for any list of repository patterns, such as `plumbline.dev/definition-repos`. */
export function matchesRepositoryPatterns(patterns: readonly string[], repoURL: string): boolean {
  const parsed = parseRepositoryUrl(repoURL, ["https", "http", "ssh", "file"]);
  const asRepository = parsed.kind === "url" ? spellingsOf(parsed.url) : [];
  // `host:5000/charts` is both: a repository over ssh, and a registry on a port.
  const asRegistry = registrySpellings(repoURL);
  const spellings = [...asRepository, ...asRegistry];
  const canonical = [...asRepository.slice(0, 1), ...asRegistry.slice(0, 1)];
  let isPermitted = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      const denied = canonicalPattern(pattern.slice(1));
      if (spellings.some((spelling) => matches(denied, spelling))) return false;
      isPermitted = true;
    } else if (canonical.some((spelling) => matches(canonicalPattern(pattern), spelling))) {
      isPermitted = true;
    }
  }
  return isPermitted && spellings.length > 0;
}

/** First as rules are written; then without the ssh user and over other protocols, for refusals must hold for all. */
function spellingsOf(url: RepositoryUrl): readonly string[] {
  const bare = { ...url, user: "" };
  if (url.protocol === "file") return [canonicalUrl(url)];
  return [
    canonicalUrl(url),
    canonicalUrl({ ...bare, protocol: "ssh" }),
    canonicalUrl({ ...bare, protocol: "ssh", user: "git" }),
    canonicalUrl({ ...bare, protocol: "https" }),
    canonicalUrl({ ...bare, protocol: "http" }),
  ];
}

/** `oci://host/path`, or the same without a scheme, as registries of charts are written. */
const REGISTRY =
  /^(?<scheme>oci:\/\/)?(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)(?<path>(?:\/[a-z0-9_][a-z0-9._-]*)+)\/*$/;

/** Charts come from registries too, which Git would not be given. With the scheme and without it is the same place. */
function registrySpellings(repoURL: string): readonly string[] {
  const parts = REGISTRY.exec(repoURL.trim().toLowerCase())?.groups;
  if (parts === undefined) return [];
  const { scheme = "", host = "", path = "" } = parts;
  if (path.includes("..")) return [];
  const bare = `${host}${path}`;
  return scheme === "" ? [bare, `oci://${bare}`] : [`oci://${bare}`, bare];
}

function matches(pattern: string, url: string): boolean {
  return pattern === "*" || matchesPathGlob(pattern, url);
}

/** The same changes that {@link canonicalUrl} makes, on text that may hold wildcards anywhere. */
function canonicalPattern(pattern: string): string {
  return pattern
    .trim()
    .toLowerCase()
    .replace(/^([^/@:]+@[^/:]+):(?!\/\/)\/*/, "$1/")
    .replace(/^ssh:\/\//, "")
    .replace(/^(https:\/\/[^/]+):443(?=\/|$)/, "$1")
    .replace(/^(http:\/\/[^/]+):80(?=\/|$)/, "$1")
    .replace(/^([^/@:]+@[^/]+):22(?=\/|$)/, "$1")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
}
