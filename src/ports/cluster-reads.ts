import type { ClusterApi } from "../domain/cluster.ts";
import type { LiveManifest } from "../domain/manifest.ts";
import type { GroupKind, ResourceKey } from "../domain/resource-key.ts";

/** One cluster, read-only. Errors: OperationError ClusterUnreachable, ClusterDenied, ClusterThrottled. */
export interface ClusterReads {
  /** Discovery, cached until a kind is asked for that it does not know. */
  api(): Promise<ClusterApi>;
  /** One object from the API server itself; `undefined` when it does not exist or its kind is unknown. */
  get(key: ResourceKey): Promise<LiveManifest | undefined>;
  /** UID of the namespace kube-system: tells one cluster from another behind the same address. */
  identity(): Promise<string>;
}

/** What the cluster holds, kept by watches on the kinds that are managed and on no others. */
export interface LiveState {
  /**
   * Starts watching these kinds, if not watched yet, and resolves once each has been listed completely.
   * @throws OperationError when a list fails; watching goes on trying behind it.
   */
  watch(kinds: readonly GroupKind[]): Promise<void>;
  /** Objects of watched kinds that the instance's tracking id names, plus those at `keys`; from memory. */
  managed(instanceName: string, keys: readonly ResourceKey[]): ManagedLiveState;
  /** Calls `onChange` with the instance names whose objects changed, batched within 50 ms. Returns how to stop. */
  subscribe(onChange: (change: LiveChange) => void): () => void;
  close(): Promise<void>;
}

export interface ManagedLiveState {
  readonly objects: readonly LiveManifest[];
  /** Kinds whose state may be out of date: their watch is broken, or their group's discovery failed. */
  readonly staleKinds: readonly GroupKind[];
}

export interface LiveChange {
  /** Instance names in the tracking ids of objects that were added, changed or removed. */
  readonly instanceNames: ReadonlySet<string>;
  /** Keys of those objects, as `formatResourceKey` writes them: also those that carry no tracking id. */
  readonly keys: ReadonlySet<string>;
}
