import { type CommandContext, listOption, UsageError } from "./command.ts";

/** Which folder stands in for which repository: `--repo DIR` for every one, `--repo URL=DIR` for that one. */
export interface RepositoryOptions {
  /** `""` where only URLs were given. */
  readonly directory: string;
  readonly byUrl: readonly { readonly url: string; readonly directory: string }[];
}

export const REPOSITORY_OPTION = { repo: { type: "string", multiple: true } } as const;

export const REPOSITORY_HELP = [
  "--repo DIR           the Git repository in DIR stands in for every source",
  "--repo URL=DIR       … for the sources with that URL; may be repeated",
];

/** @throws UsageError when two folders claim the same repository */
export function repositoryOptions(context: CommandContext): RepositoryOptions {
  const given = listOption(context, "repo").map(split);
  const everywhere = given.filter(({ url }) => url === "");
  if (everywhere.length > 1) throw new UsageError("--repo DIR without a URL may be given once");
  const byUrl = given.filter(({ url }) => url !== "");
  const urls = new Set(byUrl.map(({ url }) => url));
  if (urls.size < byUrl.length) throw new UsageError("--repo names the same URL twice");
  return { directory: everywhere[0]?.directory ?? "", byUrl };
}

/** A URL holds `://` or `host:path` before the `=`; a folder's name may hold `=` as well. */
function split(text: string): { readonly url: string; readonly directory: string } {
  const at = text.lastIndexOf("=");
  const url = text.slice(0, Math.max(at, 0));
  const isUrl = url.includes("://") || /^[^/=]+@[^/=]+:/.test(url) || /^[\w.-]+\/[\w.-]+/.test(url);
  return isUrl ? { url, directory: text.slice(at + 1) } : { url: "", directory: text };
}
