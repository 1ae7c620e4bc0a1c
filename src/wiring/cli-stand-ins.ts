import type { RepositoryOptions } from "../cli/repository-options.ts";
import type { Application } from "../domain/application.ts";
import { comparableUrl, printableUrl } from "../domain/repository-url.ts";

/** Sources named to somebody who named another; more would only fill the screen. */
const SOURCES_NAMED_MAX = 5;

/** `--repo URL=DIR` that stands in for nothing: a mistyped URL would else be noticed by what is missing. */
export function unreadStandIns(
  { byUrl }: RepositoryOptions,
  applications: readonly Application[],
): readonly string[] {
  const urls = applications.flatMap(({ sources }) => sources.map(({ repoURL }) => repoURL));
  const read = new Set(urls.map(comparableUrl));
  const unread = byUrl.filter(({ url }) => !read.has(comparableUrl(url)));
  if (unread.length === 0) return [];
  const named = [...new Set(urls)].slice(0, SOURCES_NAMED_MAX).map((url) => `\`${printableUrl(url)}\``);
  const where = named.length === 0 ? "there are no sources" : `the sources are at ${named.join(", ")}`;
  return unread.map(({ url }) => `--repo: no source is at \`${printableUrl(url)}\`; ${where}`);
}
