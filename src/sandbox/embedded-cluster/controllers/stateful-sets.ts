import { arrayAt, canonicalJson, isJsonObject, numberAt, objectAt, stringAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import { compact } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import {
  type Controller,
  type ControllerContext,
  generationOf,
  isDeleting,
  ofKind,
  ownerOfKind,
} from "./controller.ts";
import { activePods, createPod, isAvailable, isReady, shortHash } from "./pods.ts";
import { replicasOf } from "./rollout.ts";

const STATEFUL_SET: GroupKind = { group: "apps", kind: "StatefulSet" };
const REVISION_LABEL = "controller-revision-hash";

/** Keeps numbered pods, one after the other unless `Parallel`, and updates them from the last to the first. */
export function createStatefulSetController(context: ControllerContext): Controller {
  return {
    name: "statefulset",
    concerns: (event) => [...ofKind(event, STATEFUL_SET), ...ownerOfKind(event, STATEFUL_SET)],
    reconcile(key) {
      const set = context.store.get(key);
      if (set === undefined) return undefined;
      const revision = revisionOf(set);
      if (!isDeleting(set)) movePods(context, set, revision);
      return writeStatus(context, set, revision);
    },
  };
}

/** Name of what the template is now. */
function revisionOf({ key, object }: StoredObject): string {
  return `${key.name}-${shortHash(canonicalJson(objectAt(object, "spec", "template")))}`;
}

/** One step: create what is missing, or remove one pod that is too many or out of date. */
function movePods(context: ControllerContext, set: StoredObject, revision: string): void {
  const wanted = replicasOf(set);
  const isParallel = stringAt(set.object, "spec", "podManagementPolicy") === "Parallel";
  for (let ordinal = 0; ordinal < wanted; ordinal++) {
    const pod = podAt(context, set, ordinal);
    if (pod === undefined) createNumbered(context, set, { ordinal, revision });
    const isRunning = pod !== undefined && !isDeleting(pod) && isReady(pod);
    if (!isRunning && !isParallel) return;
  }
  const surplus = activePods(context.store, set).filter((pod) => ordinalOf(pod) >= wanted);
  const last = surplus.toSorted((a, b) => ordinalOf(b) - ordinalOf(a))[0];
  if (last !== undefined) context.delete(last.key, "Background");
  else updateOne(context, set, revision);
}

/** The last pod that is out of date, once all after it are ready. */
function updateOne(context: ControllerContext, set: StoredObject, revision: string): void {
  if (stringAt(set.object, "spec", "updateStrategy", "type") === "OnDelete") return;
  const partition = numberAt(set.object, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
  for (let ordinal = replicasOf(set) - 1; ordinal >= partition; ordinal--) {
    const pod = podAt(context, set, ordinal);
    if (pod === undefined || isDeleting(pod)) return;
    if (hasRevision(pod, revision)) {
      if (!isReady(pod)) return;
      continue;
    }
    context.delete(pod.key, "Background");
    return;
  }
}

function createNumbered(
  context: ControllerContext,
  set: StoredObject,
  { ordinal, revision }: { readonly ordinal: number; readonly revision: string },
): void {
  const name = `${set.key.name}-${ordinal}`;
  for (const template of arrayAt(set.object, "spec", "volumeClaimTemplates").filter(isJsonObject)) {
    createClaim(context, set, {
      claim: `${stringAt(template, "metadata", "name")}-${name}`,
      spec: objectAt(template, "spec"),
    });
  }
  createPod(context, set, {
    name,
    labels: {
      [REVISION_LABEL]: revision,
      "statefulset.kubernetes.io/pod-name": name,
      "apps.kubernetes.io/pod-index": String(ordinal),
    },
  });
}

function createClaim(
  { store, create }: ControllerContext,
  set: StoredObject,
  { claim, spec }: { readonly claim: string; readonly spec: ReturnType<typeof objectAt> },
): void {
  const key = { group: "", kind: "PersistentVolumeClaim", namespace: set.key.namespace, name: claim };
  if (store.get(key) !== undefined) return;
  const labels = objectAt(set.object, "spec", "selector", "matchLabels");
  create({
    apiVersion: "v1",
    kind: key.kind,
    metadata: { name: claim, namespace: key.namespace, labels },
    spec,
  });
}

function writeStatus(context: ControllerContext, set: StoredObject, revision: string): number | undefined {
  const now = context.scheduler.now();
  const minReadySeconds = numberAt(set.object, "spec", "minReadySeconds") ?? 0;
  const pods = activePods(context.store, set);
  const ready = pods.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, now));
  const updated = pods.filter((pod) => hasRevision(pod, revision));
  const isComplete =
    updated.length === replicasOf(set) && pods.length === updated.length && ready.length === pods.length;
  const before = stringAt(set.object, "status", "currentRevision");
  const current = isComplete ? revision : (before ?? revision);
  const old = pods.filter((pod) => hasRevision(pod, current));
  context.updateStatus(set.key, () =>
    compact({
      observedGeneration: generationOf(set),
      replicas: pods.length,
      readyReplicas: orAbsent(ready.length),
      availableReplicas: available.length,
      currentReplicas: orAbsent(old.length),
      updatedReplicas: orAbsent(updated.length),
      currentRevision: current,
      updateRevision: revision,
      collisionCount: 0,
    }),
  );
  return available.length < ready.length ? 1000 : undefined;
}

function orAbsent(count: number): number | undefined {
  return count === 0 ? undefined : count;
}

function podAt(
  { store }: ControllerContext,
  { key }: StoredObject,
  ordinal: number,
): StoredObject | undefined {
  return store.get({ group: "", kind: "Pod", namespace: key.namespace, name: `${key.name}-${ordinal}` });
}

function ordinalOf({ key }: StoredObject): number {
  return Number(/-(\d+)$/.exec(key.name)?.[1] ?? 0);
}

function hasRevision({ object }: StoredObject, revision: string): boolean {
  return stringAt(object, "metadata", "labels", REVISION_LABEL) === revision;
}
