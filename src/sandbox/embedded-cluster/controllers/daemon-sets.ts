import { canonicalJson, numberAt, objectAt, stringAt } from "../../../domain/json.ts";
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

const DAEMON_SET: GroupKind = { group: "apps", kind: "DaemonSet" };
const NODE: GroupKind = { group: "", kind: "Node" };
const REVISION_LABEL = "controller-revision-hash";

/** Keeps a pod on each node, which is one here, and replaces those that are out of date. */
export function createDaemonSetController(context: ControllerContext): Controller {
  return {
    name: "daemonset",
    concerns: (event) => [...ofKind(event, DAEMON_SET), ...ownerOfKind(event, DAEMON_SET)],
    reconcile(key) {
      const set = context.store.get(key);
      if (set === undefined) return undefined;
      const revision = shortHash(canonicalJson(objectAt(set.object, "spec", "template")));
      const nodes = context.store.list(NODE).filter((node) => isChosen(set, node));
      if (!isDeleting(set)) keepPods(context, set, { revision, nodes: nodes.length });
      return writeStatus(context, set, { revision, nodes: nodes.length });
    },
  };
}

interface Wanted {
  readonly revision: string;
  readonly nodes: number;
}

/** The node has the labels of the template's `nodeSelector`. */
function isChosen(set: StoredObject, node: StoredObject): boolean {
  const selector = objectAt(set.object, "spec", "template", "spec", "nodeSelector");
  const labels = objectAt(node.object, "metadata", "labels");
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

function keepPods(context: ControllerContext, set: StoredObject, { revision, nodes }: Wanted): void {
  const pods = activePods(context.store, set);
  for (let missing = nodes - pods.length; missing > 0; missing--) {
    createPod(context, set, { prefix: `${set.key.name}-`, labels: { [REVISION_LABEL]: revision } });
  }
  for (const pod of pods.slice(nodes)) context.delete(pod.key, "Background");
  if (stringAt(set.object, "spec", "updateStrategy", "type") === "OnDelete") return;
  const outdated = pods.slice(0, nodes).find((pod) => !hasRevision(pod, revision));
  if (outdated !== undefined) context.delete(outdated.key, "Background");
}

function writeStatus(
  context: ControllerContext,
  set: StoredObject,
  { revision, nodes }: Wanted,
): number | undefined {
  const now = context.scheduler.now();
  const minReadySeconds = numberAt(set.object, "spec", "minReadySeconds") ?? 0;
  const pods = activePods(context.store, set);
  const ready = pods.filter(isReady).length;
  const available = pods.filter((pod) => isAvailable(pod, minReadySeconds, now)).length;
  const updated = pods.filter((pod) => hasRevision(pod, revision)).length;
  context.updateStatus(set.key, () =>
    compact({
      currentNumberScheduled: pods.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes,
      numberReady: ready,
      observedGeneration: generationOf(set),
      updatedNumberScheduled: updated === 0 ? undefined : updated,
      numberAvailable: available === 0 ? undefined : available,
      numberUnavailable: nodes === available ? undefined : nodes - available,
    }),
  );
  return available < ready ? 1000 : undefined;
}

function hasRevision({ object }: StoredObject, revision: string): boolean {
  return stringAt(object, "metadata", "labels", REVISION_LABEL) === revision;
}
