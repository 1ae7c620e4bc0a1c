import type { ApiResource } from "../../domain/cluster.ts";

/** The collection of a resource, in one namespace or (`""`) in all. Every part is escaped: it came from a manifest. */
export function collectionPath(
  { group, version, resource, namespaced }: ApiResource,
  namespace: string,
): string {
  const root = group === "" ? "/api" : `/apis/${encodeURIComponent(group)}`;
  const inNamespace = namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}/${encodeURIComponent(version)}${inNamespace}/${encodeURIComponent(resource)}`;
}

/** One object of a resource. */
export function objectPath(
  resource: ApiResource,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  return `${collectionPath(resource, namespace)}/${escapeName(name)}`;
}

/** `query({a: 1, b: undefined})` → `?a=1`. */
export function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** `.` and `..` would be resolved as steps of the path. */
function escapeName(name: string): string {
  return name === "." || name === ".." ? name.replaceAll(".", "%2E") : encodeURIComponent(name);
}
