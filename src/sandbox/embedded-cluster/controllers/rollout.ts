import { numberAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import type { StoredObject } from "../object-store.ts";

export const DEPLOYMENT: GroupKind = { group: "apps", kind: "Deployment" };
export const REPLICA_SET: GroupKind = { group: "apps", kind: "ReplicaSet" };

/** The ReplicaSets of one Deployment. */
export interface ReplicaSets {
  /** Made from the present template. Absent while a paused Deployment's template has no ReplicaSet yet. */
  readonly current: StoredObject | undefined;
  readonly old: readonly StoredObject[];
}

/** `spec.replicas`. */
export function replicasOf({ object }: StoredObject): number {
  return numberAt(object, "spec", "replicas") ?? 1;
}
