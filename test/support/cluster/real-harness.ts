import type { ClusterConnection } from "../../../src/adapters/kubernetes/cluster-connections.ts";
import { type JsonObject, stringifyJson } from "../../../src/domain/json.ts";
import { manifestOf } from "../../../src/domain/manifest.ts";
import type { ResourceKey } from "../../../src/domain/resource-key.ts";
import type { ClusterHarness } from "../../contract/cluster-harness.ts";
import type { TestCluster } from "./start-cluster.ts";

/** The contract's harness on a real cluster; others write by plain requests of the `admin` user. */
export function realHarness(cluster: TestCluster, connection: ClusterConnection): ClusterHarness {
  const pathOf = async (key: ResourceKey): Promise<string> => {
    const { resources } = await connection.reads.api([key]);
    const found = resources.find(
      ({ group, kind, preferred }) => group === key.group && kind === key.kind && preferred,
    );
    if (found === undefined) throw new Error(`No resource for ${key.kind}`);
    const root = found.group === "" ? "/api" : `/apis/${found.group}`;
    const place = found.namespaced ? `/namespaces/${key.namespace}` : "";
    return `${root}/${found.version}${place}/${found.resource}/${key.name}`;
  };
  return {
    ...connection,
    async createNamespace() {
      const name = `test-${crypto.randomUUID().slice(0, 13)}`;
      await cluster.admin("POST", "/api/v1/namespaces", { metadata: { name } });
      return name;
    },
    async applyAs(manager, object: JsonObject) {
      const path = await pathOf(manifestOf(object).key);
      await cluster.adminApply(`${path}?fieldManager=${manager}&force=true`, stringifyJson(object));
    },
    async updateAs(manager, key, patch) {
      await cluster.admin("PATCH", `${await pathOf(key)}?fieldManager=${manager}`, patch);
    },
    async remove(key) {
      await cluster.admin("DELETE", `${await pathOf(key)}?propagationPolicy=Background`);
    },
  };
}
