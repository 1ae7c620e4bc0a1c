import type { ClusterApi } from "../domain/cluster.ts";
import type { LiveManifest } from "../domain/manifest.ts";
import type { GroupKind, ResourceKey } from "../domain/resource-key.ts";

/** One cluster, read-only. Errors: OperationError ClusterUnreachable, ClusterDenied, ClusterThrottled. */
export interface ClusterReads {
  /**
   * Discovery, cached. It is asked again when one of `kinds` is not in it, and after a CustomResourceDefinition or
   * APIService was written by us.
   */
  api(kinds?: readonly GroupKind[]): Promise<ClusterApi>;
  /**
   * One object from the API server itself; `undefined` when it does not exist or its kind is unknown.
   *
   * @param apiVersion - the version to read it in; the server's preferred one where absent.
   */
  get(key: ResourceKey, apiVersion?: string): Promise<LiveManifest | undefined>;
  /** UID of the namespace kube-system: tells one cluster from another behind the same address. Never cached. */
  identity(): Promise<string>;
}

/** What the cluster holds, kept by watches on the kinds that are managed and on no others. */
export interface LiveState {
  /**
   * Starts watching these kinds, if not watched yet, and resolves once each has been listed completely. Kinds that the
   * cluster does not know are passed over; they are looked for again at the next call.
   * @throws OperationError when a list fails; watching goes on trying behind it.
   */
  watch(kinds: readonly GroupKind[]): Promise<void>;
  /** Objects of watched kinds that the instance's tracking id names, plus those at `keys`; from memory. */
  managed(instanceName: string, keys: readonly ResourceKey[]): ManagedLiveState;
  /**
   * Takes what the server answered to a write of ours, so that it is seen before its watch event comes. Ignored where
   * the watch has seen as much or more already.
   */
  observe(live: LiveManifest): void;
  /** Calls `onChange` with what changed, batched within 50 ms. Returns how to stop. */
  subscribe(onChange: (change: LiveChange) => void): () => void;
  close(): Promise<void>;
}

export interface ManagedLiveState {
  /**
   * In the version the server prefers for the kind, without what only the server reads: `metadata.managedFields` keeps
   * the entries of our manager and of client-side appliers, and the last-applied annotation is left out.
   * `object` is parsed when first read.
   */
  readonly objects: readonly LiveManifest[];
  /** Kinds whose state may be out of date: their watch is broken, or their group's discovery failed. */
  readonly staleKinds: readonly GroupKind[];
}

export interface LiveChange {
  /** Instance names in the tracking ids of objects that were added, changed or removed. */
  readonly instanceNames: ReadonlySet<string>;
  /** Keys of those objects, as `formatResourceKey` writes them: also those that carry no tracking id. */
  readonly keys: ReadonlySet<string>;
  /** Kinds that became stale, or fresh again, since the last call. */
  readonly kinds: readonly GroupKind[];
}
