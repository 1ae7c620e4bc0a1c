/** How a repository is reached. `git://` is missing on purpose: nothing in it tells the right server from a wrong one. */
export type RepositoryProtocol = "https" | "http" | "ssh" | "file";

/** A repository URL that may be handed to Git. */
export interface RepositoryUrl {
  readonly protocol: RepositoryProtocol;
  /** Login name of an ssh URL; `""` elsewhere. */
  readonly user: string;
  /** Lower case; `""` for `file`. */
  readonly host: string;
  /** Absent where it is the protocol's own. */
  readonly port?: number;
  /** Without leading and trailing slashes (`file`: with the leading one), `.git` suffix kept. */
  readonly path: string;
  /** What Git is given: as it was written, but for white space, trailing slashes and the case of scheme and host. */
  readonly text: string;
}

export type RepositoryUrlResult =
  | { readonly kind: "url"; readonly url: RepositoryUrl }
  | { readonly kind: "refused"; readonly problem: string };

/** What a project or an operator may name. `file` is for tests and for the CLI's own directories. */
export const REMOTE_PROTOCOLS: readonly RepositoryProtocol[] = ["https", "http", "ssh"];

/** Longer than any forge's: past this it is not a repository URL, and it would fill every message that names it. */
export const REPOSITORY_URL_CHARS_MAX = 2_048;

const PRINTABLE_CHARS_MAX = 200;
const DEFAULT_PORTS = { https: 443, http: 80, ssh: 22, file: 0 } as const;
const HOST = "(?<host>\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)";
const URL_FORM = new RegExp(
  `^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?<user>[^/@]*)@)?${HOST}(?::(?<port>[0-9]{1,5}))?/(?<path>.*)$`,
);
const SCP_FORM = new RegExp(`^(?:(?<user>[^/@:]*)@)?${HOST}:(?<path>.*)$`);
const SSH_USER = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Reads a repository URL as an Application writes it, and refuses whatever could make Git do anything but talk to that
 * host: other transports (`ext::`, `fd::`, `git://`), options, control characters, credentials inside, paths that climb.
 * Total: the problem says what is wrong without repeating the text.
 */
export function parseRepositoryUrl(
  text: string,
  protocols: readonly RepositoryProtocol[] = REMOTE_PROTOCOLS,
): RepositoryUrlResult {
  const url = text.replace(/^ +| +$/g, "");
  if (url === "") return refused("it is empty");
  if (url.length > REPOSITORY_URL_CHARS_MAX) {
    return refused(`it is longer than ${REPOSITORY_URL_CHARS_MAX} characters`);
  }
  if (CONTROL.test(url)) return refused("it contains a control character");
  if (/[\s\\]/.test(url)) return refused("it contains white space or a backslash");
  if (url.startsWith("-")) return refused("it begins with `-`, as an option does");
  if (/^[A-Za-z0-9+.-]+::/.test(url)) return refused("`transport::address` runs a program");
  if (url.startsWith("/")) return filePath(url, protocols);
  if (/^file:/i.test(url)) return filePath(url.replace(/^file:(\/\/)?/i, ""), protocols);
  return url.includes("://") ? fromUrlForm(url, protocols) : fromScpForm(url, protocols);
}

/**
 * The form in which Argo CD compares repository URLs (argocd-behaviour §9.3-1): lower case, `user@host:path` as the ssh
 * form, no `.git` suffix and no `ssh://`. Beyond that, a trailing slash and a protocol's own port do not count.
 * For comparing only: Git is given what was written.
 */
export function canonicalUrl(url: RepositoryUrl): string {
  return `${prefixOf(url)}${withoutGitSuffix(url.path)}`.toLowerCase();
}

/**
 * One mirror, one text: like {@link canonicalUrl}, but the path keeps its case, for a server may tell `/A` from `/a`,
 * and who may read the one must not be shown the other.
 */
export function mirrorUrl(url: RepositoryUrl): string {
  return `${prefixOf(url)}${withoutGitSuffix(url.path)}`;
}

/** Texts that are equal in this form name the same repository, whatever the case and however they end. For comparing only. */
export function comparableUrl(text: string): string {
  const result = parseRepositoryUrl(text, [...REMOTE_PROTOCOLS, "file"]);
  return result.kind === "url" ? canonicalUrl(result.url) : text;
}

/** `host/path` in lower case, whatever the protocol, user and port: what webhooks are matched by (argocd-behaviour §10.5-1). */
export function repositoryName(url: RepositoryUrl): string {
  return `${url.host}/${withoutGitSuffix(url.path).replace(/^\//, "")}`.toLowerCase();
}

/** Any text that stands where a URL should, fit for a message: no userinfo, query or fragment, one short line. */
export function printableUrl(text: string): string {
  const line = text.replace(new RegExp(CONTROL, "g"), " ").trim();
  const bare = line
    .replace(/[?#].*$/, "")
    .replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/]*@/, "$1")
    .replace(/^[^/@]*:[^/@]*@/, "")
    .replaceAll("`", "'");
  return bare.length > PRINTABLE_CHARS_MAX ? `${bare.slice(0, PRINTABLE_CHARS_MAX - 1)}…` : bare;
}

/**
 * Whether a text may be a proxy's URL: http, https or socks5, a host, a port, nothing that a shell or a configuration
 * file would read as more.
 */
export function isProxyUrl(text: string): boolean {
  return /^(https?|socks5h?):\/\/([A-Za-z0-9._~%!*+,;=-]+(:[A-Za-z0-9._~%!*+,;=-]*)?@)?[A-Za-z0-9.-]+(:[0-9]{1,5})?\/?$/.test(
    text,
  );
}

function fromUrlForm(text: string, protocols: readonly RepositoryProtocol[]): RepositoryUrlResult {
  const scheme = /^([^:]*):/.exec(text)?.[1]?.toLowerCase() ?? "";
  const protocol = protocols.find((name) => name === scheme);
  if (protocol === undefined) return refused(`only ${protocols.join(", ")} are allowed`);

  const groups = URL_FORM.exec(text)?.groups;
  if (groups === undefined) return refused("it is not `scheme://host/path`");
  const { user, port } = groups;
  if (user !== undefined && protocol !== "ssh") {
    return refused("it contains a user name or password; put credentials into a repository Secret");
  }
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (number < 1 || number > 65_535)) return refused("its port does not exist");
  return finish({ protocol, user, host: groups["host"], port: number, path: groups["path"] });
}

function fromScpForm(text: string, protocols: readonly RepositoryProtocol[]): RepositoryUrlResult {
  const groups = SCP_FORM.exec(text)?.groups;
  if (groups === undefined) return refused("it is neither `scheme://host/path` nor `user@host:path`");
  if (!protocols.includes("ssh")) return refused(`only ${protocols.join(", ")} are allowed`);
  return finish({
    protocol: "ssh",
    text,
    user: groups["user"],
    host: groups["host"],
    port: undefined,
    path: groups["path"],
  });
}

interface Parts {
  readonly protocol: RepositoryProtocol;
  /** Where the text must stay as it is: `host:path` may mean another place than `ssh://host/path`. */
  readonly text?: string;
  readonly user: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
}

function finish(parts: Parts): RepositoryUrlResult {
  const { protocol, user = "", port } = parts;
  const host = parts.host?.toLowerCase() ?? "";
  const path = parts.path?.replace(/^\/+|\/+$/g, "") ?? "";
  if (user !== "" && !SSH_USER.test(user)) {
    return refused("its user name is not a plain one; put credentials into a repository Secret");
  }
  const problem = pathProblem(path);
  if (problem !== undefined) return refused(problem);
  const ownPort = port === DEFAULT_PORTS[protocol] ? undefined : port;
  const text = parts.text ?? `${protocol}://${authorityOf({ user, host, port: ownPort })}${path}`;
  const url = { protocol, user, host, path, text };
  return { kind: "url", url: ownPort === undefined ? url : { ...url, port: ownPort } };
}

function authorityOf({ user, host, port }: { user: string; host: string; port: number | undefined }): string {
  return `${user === "" ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}/`;
}

function filePath(path: string, protocols: readonly RepositoryProtocol[]): RepositoryUrlResult {
  if (!protocols.includes("file")) return refused(`only ${protocols.join(", ")} are allowed, no local paths`);
  if (!path.startsWith("/")) return refused("a local path must be absolute");
  const trimmed = path.replace(/\/+$/, "");
  const problem = pathProblem(trimmed.slice(1));
  if (problem !== undefined) return refused(problem);
  return { kind: "url", url: { protocol: "file", user: "", host: "", path: trimmed, text: trimmed } };
}

function pathProblem(path: string): string | undefined {
  if (path === "") return "it names a host but no repository";
  if (/[?#]/.test(path)) return "it has a query or a fragment; put tokens into a repository Secret";
  if (/%(2e|2f|5c|7f|[01][0-9a-f])/i.test(path))
    return "it hides a slash, dot or control character behind `%`";
  if (/%(?![0-9a-f]{2})/i.test(path)) return "it has a `%` that escapes nothing";
  const segments = path.split("/");
  if (segments.includes(".") || segments.includes("..")) return "its path has a `.` or `..` segment";
  if (segments.includes("")) return "its path has an empty segment";
  if (segments[0]?.startsWith("-") === true) return "its path begins with `-`, as an option does";
  return undefined;
}

function prefixOf({ protocol, user, host, port }: RepositoryUrl): string {
  if (protocol === "file") return "";
  const authority = authorityOf({ user, host, port });
  return protocol === "ssh" ? authority : `${protocol}://${authority}`;
}

function withoutGitSuffix(path: string): string {
  return path.replace(/\.git$/i, "");
}

function refused(problem: string): RepositoryUrlResult {
  return { kind: "refused", problem };
}
