import { numberAt, objectAt } from "../../../domain/json.ts";
import { compact } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import {
  type Controller,
  type ControllerContext,
  controlledOf,
  generationOf,
  isDeleting,
  ofKind,
  ownerOfKind,
} from "./controller.ts";
import { activePods, createPod, isAvailable, isReady, POD } from "./pods.ts";
import { REPLICA_SET, replicasOf } from "./rollout.ts";

/** Keeps as many pods as a ReplicaSet wants; those that are not ready go first. */
export function createReplicaSetController(context: ControllerContext): Controller {
  return {
    name: "replicaset",
    concerns: (event) => [...ofKind(event, REPLICA_SET), ...ownerOfKind(event, REPLICA_SET)],
    reconcile(key) {
      const set = context.store.get(key);
      if (set === undefined) return undefined;
      if (!isDeleting(set)) keepPods(context, set);
      return writeStatus(context, set);
    },
  };
}

function keepPods(context: ControllerContext, set: StoredObject): void {
  const pods = activePods(context.store, set);
  const wanted = replicasOf(set);
  for (let missing = wanted - pods.length; missing > 0; missing--) {
    createPod(context, set, { prefix: `${set.key.name}-` });
  }
  const leaving = pods.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)));
  for (const pod of leaving.slice(0, Math.max(0, pods.length - wanted)))
    context.delete(pod.key, "Background");
}

function writeStatus(context: ControllerContext, set: StoredObject): number | undefined {
  const now = context.scheduler.now();
  const minReadySeconds = numberAt(set.object, "spec", "minReadySeconds") ?? 0;
  const pods = activePods(context.store, set);
  const ready = pods.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, now));
  context.updateStatus(set.key, () =>
    compact({
      replicas: pods.length,
      fullyLabeledReplicas: pods.length === 0 ? undefined : pods.length,
      readyReplicas: ready.length === 0 ? undefined : ready.length,
      availableReplicas: available.length === 0 ? undefined : available.length,
      terminatingReplicas: controlledOf(context.store, set, POD).filter(isDeleting).length,
      observedGeneration: generationOf(set),
      conditions: objectAt(set.object, "status")["conditions"],
    }),
  );
  return available.length < ready.length ? 1000 : undefined;
}
