import type { ApiResource, ClusterApi } from "../../domain/cluster.ts";
import { arrayAt, type JsonObject, type JsonValue, stringAt, valueAt } from "../../domain/json.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { ApiAnswer, ApiServer } from "./api-server.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
/** Clusters with hundreds of CRDs answer with some megabytes. */
const DISCOVERY_BYTES_MAX = 64 * 1024 * 1024;

interface Discovered {
  readonly resources: readonly ApiResource[];
  readonly unavailableGroups: readonly string[];
}

/**
 * What the API server serves, in three requests where it has aggregated discovery (Kubernetes 1.30 and later), else
 * one for each group and version. Groups whose server does not answer are listed as unavailable.
 */
export async function discover(api: ApiServer): Promise<ClusterApi> {
  const [version, core, groups] = await Promise.all([
    get(api, "/version"),
    discoverRoot(api, "/api"),
    discoverRoot(api, "/apis"),
  ]);
  return {
    kubeVersion: versionNumber(stringAt(version.body, "gitVersion") ?? ""),
    resources: [...core.resources, ...groups.resources],
    unavailableGroups: [...new Set([...core.unavailableGroups, ...groups.unavailableGroups])].sort(),
  };
}

/** `v1.36.3-gke.100+abc` → `1.36.3`. */
function versionNumber(gitVersion: string): string {
  return /^v?(\d+\.\d+\.\d+)/.exec(gitVersion)?.[1] ?? "";
}

async function get(api: ApiServer, path: string, accept = "application/json"): Promise<ApiAnswer> {
  const request = { method: "GET", path, accept, repeat: "always", bytesMax: DISCOVERY_BYTES_MAX } as const;
  const answer = await api.call(request);
  if (answer.status < 300) return answer;
  if (answer.status === 403) {
    throw OperationError.of("ClusterDenied", { destination: api.destination, what: `read \`${path}\`` });
  }
  throw OperationError.of("ClusterUnreachable", { destination: api.destination });
}

async function discoverRoot(api: ApiServer, root: "/api" | "/apis"): Promise<Discovered> {
  const answer = await get(api, root, `${AGGREGATED},application/json;q=0.5`);
  if (stringAt(answer.body, "kind") === "APIGroupDiscoveryList") return aggregated(answer.body);
  return root === "/api"
    ? plainGroup(api, "", arrayAt(answer.body, "versions").filter(isText))
    : plainGroups(api, answer.body);
}

function aggregated(body: JsonObject): Discovered {
  const resources: ApiResource[] = [];
  const unavailableGroups: string[] = [];
  for (const item of arrayAt(body, "items")) {
    const group = stringAt(item, "metadata", "name") ?? "";
    for (const [index, version] of arrayAt(item, "versions").entries()) {
      if (stringAt(version, "freshness") === "Stale") unavailableGroups.push(group);
      const place = { group, version: stringAt(version, "version") ?? "", preferred: index === 0 };
      resources.push(
        ...arrayAt(version, "resources").flatMap((resource) => aggregatedResource(resource, place)),
      );
    }
  }
  return { resources, unavailableGroups };
}

type Place = Pick<ApiResource, "group" | "version" | "preferred">;

function aggregatedResource(resource: JsonValue, place: Place): readonly ApiResource[] {
  const name = stringAt(resource, "resource");
  const kind = stringAt(resource, "responseKind", "kind");
  if (name === undefined || kind === undefined) return [];
  const namespaced = stringAt(resource, "scope") === "Namespaced";
  return [{ ...place, kind, resource: name, namespaced, verbs: arrayAt(resource, "verbs").filter(isText) }];
}

async function plainGroups(api: ApiServer, body: JsonObject): Promise<Discovered> {
  const found = await Promise.all(
    arrayAt(body, "groups").map((item) => {
      const preferred = stringAt(item, "preferredVersion", "version") ?? "";
      const versions = arrayAt(item, "versions").flatMap((version) => stringAt(version, "version") ?? []);
      const ordered = [preferred, ...versions.filter((version) => version !== preferred)];
      return plainGroup(api, stringAt(item, "name") ?? "", ordered);
    }),
  );
  return {
    resources: found.flatMap(({ resources }) => resources),
    unavailableGroups: found.flatMap(({ unavailableGroups }) => unavailableGroups),
  };
}

async function plainGroup(api: ApiServer, group: string, versions: readonly string[]): Promise<Discovered> {
  const lists = await Promise.all(
    versions.map(async (version, index): Promise<readonly ApiResource[] | undefined> => {
      const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
      const list = await resourceList(api, path);
      return list?.flatMap((item) => plainResource(item, { group, version, preferred: index === 0 }));
    }),
  );
  const isWhole = lists.every((list) => list !== undefined);
  return {
    resources: lists.flatMap((list) => list ?? []),
    unavailableGroups: isWhole ? [] : [group],
  };
}

/** One group's failure is that group's alone; the caller hears of it as an unavailable group. */
async function resourceList(api: ApiServer, path: string): Promise<readonly JsonValue[] | undefined> {
  try {
    return arrayAt((await get(api, path)).body, "resources");
  } catch (error) {
    if (error instanceof OperationError) return undefined;
    throw error;
  }
}

function plainResource(item: JsonValue, place: Place): readonly ApiResource[] {
  const name = stringAt(item, "name");
  const kind = stringAt(item, "kind");
  // Subresources are listed beside resources, as `deployments/scale`.
  if (name === undefined || kind === undefined || name.includes("/")) return [];
  const namespaced = valueAt(item, "namespaced") === true;
  return [{ ...place, kind, resource: name, namespaced, verbs: arrayAt(item, "verbs").filter(isText) }];
}

function isText(value: JsonValue): value is string {
  return typeof value === "string";
}
