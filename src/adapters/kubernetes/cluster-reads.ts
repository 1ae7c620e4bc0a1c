import type { ApiResource } from "../../domain/cluster.ts";
import { stringAt } from "../../domain/json.ts";
import { type LiveManifest, liveManifestOf } from "../../domain/manifest.ts";
import { formatGroupKind, type ResourceKey, versionOf } from "../../domain/resource-key.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { ClusterReads } from "../../ports/cluster-reads.ts";
import type { ApiServer } from "./api-server.ts";
import type { Kinds } from "./kinds.ts";
import { objectPath } from "./resource-path.ts";

/** {@link ClusterReads} on a Kubernetes API server. */
export function createClusterReads(api: ApiServer, kinds: Kinds): ClusterReads {
  return {
    api: (asked) => kinds.api(asked),
    async get(key, apiVersion) {
      const version = apiVersion === undefined ? undefined : versionOf(apiVersion);
      const resource = await kinds.find(key, version);
      return resource === undefined ? undefined : readObject(api, resource, key);
    },
    async identity() {
      const { body } = await expectOk(
        api,
        "/api/v1/namespaces/kube-system",
        "read the namespace kube-system",
      );
      return stringAt(body, "metadata", "uid") ?? "";
    },
  };
}

/** One object, or `undefined` where there is none. */
export async function readObject(
  api: ApiServer,
  resource: ApiResource,
  key: ResourceKey,
): Promise<LiveManifest | undefined> {
  if (key.name === "" || (resource.namespaced && key.namespace === "")) return undefined;
  const what = `read ${formatGroupKind(key)} objects${key.namespace === "" ? "" : ` in namespace ${key.namespace}`}`;
  const { status, body } = await expectOk(api, objectPath(resource, key), what);
  return status === 404 ? undefined : liveManifestOf(body);
}

/** A successful GET, or 404. */
async function expectOk(api: ApiServer, path: string, what: string): ReturnType<ApiServer["call"]> {
  const answer = await api.call({ method: "GET", path, repeat: "always" });
  if (answer.status < 300 || answer.status === 404) return answer;
  const { destination } = api;
  if (answer.status === 403) throw OperationError.of("ClusterDenied", { destination, what });
  throw OperationError.of("ClusterUnreachable", { destination });
}
