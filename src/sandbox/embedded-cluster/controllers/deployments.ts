import { canonicalJson, type JsonObject, numberAt, objectAt, stringAt } from "../../../domain/json.ts";
import { setAt } from "../json-edit.ts";
import type { StoredObject } from "../object-store.ts";
import {
  type Controller,
  type ControllerContext,
  controlledBy,
  controlledOf,
  isDeleting,
  ofKind,
  ownerOfKind,
} from "./controller.ts";
import { deploymentStatus } from "./deployment-status.ts";
import { resolveCount, shortHash } from "./pods.ts";
import { DEPLOYMENT, REPLICA_SET, type ReplicaSets, replicasOf } from "./rollout.ts";

const HASH_LABEL = "pod-template-hash";
const REVISION_ANNOTATION = "deployment.kubernetes.io/revision";

/** Rolls Deployments out by way of ReplicaSets, within `maxSurge` and `maxUnavailable`. */
export function createDeploymentController(context: ControllerContext): Controller {
  /** When a Deployment last got further, by UID: what its deadline counts from. */
  const progressedAt = new Map<string, number>();
  return {
    name: "deployment",
    concerns: (event) => [...ofKind(event, DEPLOYMENT), ...ownerOfKind(event, DEPLOYMENT)],
    reconcile(key) {
      const deployment = context.store.get(key);
      if (deployment === undefined || isDeleting(deployment)) return undefined;
      const isPaused = objectAt(deployment.object, "spec")["paused"] === true;
      const sets = rolledOutSets(context, deployment, isPaused);
      if (!isPaused) scaleSets(context, deployment, sets);
      else if (sets.current !== undefined && sets.old.every(hasNoReplicas)) {
        scale(context, sets.current, replicasOf(deployment));
      }
      removeOldSets(context, deployment, sets.old);
      const fresh = {
        current: reread(context, sets.current),
        old: sets.old.map((set) => reread(context, set) ?? set),
      };
      return deploymentStatus(context, { deployment, ...fresh, progressedAt });
    },
  };
}

function rolledOutSets(context: ControllerContext, deployment: StoredObject, isPaused: boolean): ReplicaSets {
  const sets = controlledOf(context.store, deployment, REPLICA_SET);
  const template = canonicalJson(objectAt(deployment.object, "spec", "template"));
  const found = sets.find((set) => canonicalJson(templateOf(set)) === template);
  const old = sets.filter((set) => set !== found);
  if (isPaused) return { current: found, old };
  const current = found ?? createSet(context, deployment, template);
  const newest = Math.max(0, ...old.map(revisionOf));
  const revision = revisionOf(current) > newest ? revisionOf(current) : newest + 1;
  for (const { key } of [current, deployment]) context.annotate(key, REVISION_ANNOTATION, String(revision));
  return { current: reread(context, current), old };
}

/** The template as the Deployment has it, without the label that tells its ReplicaSets apart. */
function templateOf({ object }: StoredObject): JsonObject {
  return setAt(objectAt(object, "spec", "template"), ["metadata", "labels", HASH_LABEL], undefined);
}

function createSet(context: ControllerContext, deployment: StoredObject, template: string): StoredObject {
  const hash = shortHash(template);
  const { name, namespace } = deployment.key;
  const hashed = setAt(
    objectAt(deployment.object, "spec", "template"),
    ["metadata", "labels", HASH_LABEL],
    hash,
  );
  return context.create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: objectAt(hashed, "metadata", "labels"),
      ownerReferences: controlledBy(deployment),
    },
    spec: {
      replicas: 0,
      minReadySeconds: numberAt(deployment.object, "spec", "minReadySeconds") ?? 0,
      selector: setAt(objectAt(deployment.object, "spec", "selector"), ["matchLabels", HASH_LABEL], hash),
      template: hashed,
    },
  });
}

function scaleSets(
  context: ControllerContext,
  deployment: StoredObject,
  { current, old }: ReplicaSets,
): void {
  if (current === undefined) return;
  const wanted = replicasOf(deployment);
  if (stringAt(deployment.object, "spec", "strategy", "type") === "Recreate") {
    for (const set of old) scale(context, set, 0);
    if (old.every((set) => hasNoReplicas(set) && (numberAt(set.object, "status", "replicas") ?? 0) === 0)) {
      scale(context, current, wanted);
    }
    return;
  }
  const rolling = objectAt(deployment.object, "spec", "strategy", "rollingUpdate");
  const surge = resolveCount(rolling["maxSurge"], wanted, { rounding: "up", fallback: 1 });
  const unavailable = resolveCount(rolling["maxUnavailable"], wanted, { rounding: "down", fallback: 0 });
  // Both may round to nothing; then one at a time goes first, as nothing could move otherwise.
  const unavailableMax = surge === 0 && unavailable === 0 ? 1 : unavailable;
  const total = sum([current, ...old].map(replicasOf));
  const room = Math.max(0, wanted + surge - total);
  const now = replicasOf(current);
  scale(context, current, now > wanted ? wanted : Math.min(wanted, now + room));
  scaleDown(
    context,
    old,
    spare({ wanted, unavailableMax, current: reread(context, current) ?? current, old }),
  );
}

/** How many old pods may go so that enough pods stay available. Those that are not available may go first. */
function spare({
  wanted,
  unavailableMax,
  current,
  old,
}: {
  readonly wanted: number;
  readonly unavailableMax: number;
  readonly current: StoredObject;
  readonly old: readonly StoredObject[];
}): number {
  const unhealthy = sum(old.map((set) => Math.max(0, replicasOf(set) - availableOf(set))));
  const available =
    Math.min(availableOf(current), wanted) +
    sum(old.map((set) => Math.min(availableOf(set), replicasOf(set))));
  return unhealthy + Math.max(0, available - (wanted - unavailableMax));
}

function scaleDown(context: ControllerContext, sets: readonly StoredObject[], count: number): void {
  let left = count;
  for (const set of sets) {
    const less = Math.min(left, replicasOf(set));
    if (less > 0) scale(context, set, replicasOf(set) - less);
    left -= less;
  }
}

function scale(context: ControllerContext, set: StoredObject, replicas: number): void {
  if (replicasOf(reread(context, set) ?? set) === replicas) return;
  context.update(set.key, (object) => setAt(object, ["spec", "replicas"], replicas));
}

/** Empty ReplicaSets beyond `revisionHistoryLimit`, oldest first. */
function removeOldSets(
  context: ControllerContext,
  deployment: StoredObject,
  old: readonly StoredObject[],
): void {
  const limit = numberAt(deployment.object, "spec", "revisionHistoryLimit") ?? 10;
  const empty = old
    .filter((set) => hasNoReplicas(set) && (numberAt(set.object, "status", "replicas") ?? 0) === 0)
    .toSorted((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of empty.slice(0, Math.max(0, empty.length - limit))) context.delete(set.key, "Background");
}

function revisionOf({ object }: StoredObject): number {
  return Number(stringAt(object, "metadata", "annotations", REVISION_ANNOTATION) ?? 0);
}

function hasNoReplicas(set: StoredObject): boolean {
  return replicasOf(set) === 0;
}

function availableOf({ object }: StoredObject): number {
  return numberAt(object, "status", "availableReplicas") ?? 0;
}

function reread({ store }: ControllerContext, set: StoredObject | undefined): StoredObject | undefined {
  return set === undefined ? undefined : store.get(set.key);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
