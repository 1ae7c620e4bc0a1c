import { stringAt } from "../../domain/json.ts";
import { type LiveManifest, liveManifestOf } from "../../domain/manifest.ts";
import { formatGroupKind, groupOf, type ResourceKey } from "../../domain/resource-key.ts";
import type { ClusterReads } from "../../ports/cluster-reads.ts";
import { toVersion } from "./api-versions.ts";
import type { FaultGate } from "./faults.ts";
import { storageVersion } from "./kind-registry.ts";
import type { StoredObject } from "./object-store.ts";
import { answered } from "./operation-errors.ts";
import type { ServerState } from "./prepare-object.ts";

/** What the ports of one embedded cluster share. */
export interface PortParts {
  readonly state: ServerState;
  readonly gate: FaultGate;
  /** What messages call the cluster. */
  readonly destination: string;
  /** `1.36.3`. */
  readonly kubeVersion: string;
}

const KUBE_SYSTEM: ResourceKey = { group: "", kind: "Namespace", namespace: "", name: "kube-system" };

/** {@link ClusterReads} on an embedded cluster. */
export function createClusterReads(parts: PortParts): ClusterReads {
  const { state, gate, destination } = parts;
  return {
    api: () =>
      answered({ destination, what: "read its API", key: KUBE_SYSTEM, apiVersion: "v1" }, async () => {
        await gate.pass({ verb: "discovery", kind: { group: "", kind: "" } });
        const lost = gate.lostGroups();
        return {
          kubeVersion: parts.kubeVersion,
          resources: state.kinds.resources().filter(({ group }) => !lost.includes(group)),
          unavailableGroups: lost,
        };
      }),
    get: (key, apiVersion) => readObject(parts, key, apiVersion),
    async identity() {
      const live = await readObject(parts, KUBE_SYSTEM);
      return live?.uid ?? "";
    },
  };
}

/** One object in the version asked for, or in the preferred one; `undefined` where it or its kind is not there. */
export function readObject(
  { state, gate, destination }: PortParts,
  key: ResourceKey,
  apiVersion?: string,
): Promise<LiveManifest | undefined> {
  const what = `read ${formatGroupKind(key)} objects`;
  return answered({ destination, what, key, apiVersion: apiVersion ?? key.group }, async () => {
    const kind = state.kinds.find(key);
    const isServed = apiVersion === undefined || state.kinds.findServed(apiVersion, key.kind) !== undefined;
    if (kind === undefined || !isServed || gate.lostGroups().includes(key.group)) return undefined;
    await gate.pass({ verb: "get", kind: key, key });
    const stored = state.store.get(placed(state, key));
    return stored === undefined ? undefined : liveManifest(stored, apiVersion ?? storageVersion(kind));
  });
}

/** What the server answers for an object. */
export function liveManifest(stored: StoredObject, apiVersion?: string): LiveManifest {
  const wanted = apiVersion ?? stringAt(stored.object, "apiVersion") ?? "";
  const isOwnGroup = groupOf(wanted) === stored.kind.group;
  return liveManifestOf(isOwnGroup ? toVersion(stored.kind, stored.object, wanted) : stored.object);
}

/** The key as objects are kept by: cluster-scoped ones have no namespace, whatever the manifest says. */
export function placed(state: ServerState, key: ResourceKey): ResourceKey {
  return state.kinds.find(key)?.namespaced === false ? { ...key, namespace: "" } : key;
}
