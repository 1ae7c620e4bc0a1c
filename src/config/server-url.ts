/**
 * One text a cluster: the URL without trailing slashes and the scheme's own port, scheme and host in lower case, so
 * that spelling it otherwise dodges no project rule (T162). What is no URL stays as it is, but for the slashes.
 */
export function normalizeServer(server: string): string {
  const trimmed = server.trim().replace(/\/+$/, "");
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)(.*)$/s.exec(trimmed);
  if (parts === null) return trimmed;
  const [, scheme = "", authority = "", rest = ""] = parts;
  const ownPort = { https: ":443", http: ":80" }[scheme.toLowerCase()] ?? "";
  const host = authority.toLowerCase();
  const bare = ownPort !== "" && host.endsWith(ownPort) ? host.slice(0, -ownPort.length) : host;
  return `${scheme.toLowerCase()}://${bare}${rest}`;
}

/** What a cluster's API server URL must be; undefined when it is one. The problem follows a field's name. */
export function serverProblem(server: string): string | undefined {
  if (server === "") return "is missing";
  if (!URL.canParse(server)) return "is not a URL";
  const url = new URL(server);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "is not an `https://` URL";
  if (url.username !== "" || url.password !== "") return "contains credentials: they belong into `config`";
  if (url.search !== "" || url.hash !== "") return "has a query or a fragment";
  return undefined;
}
