import { objectAt, valueAt } from "../../../domain/json.ts";
import type { GroupKind } from "../../../domain/resource-key.ts";
import type { StoredObject } from "../object-store.ts";
import { withCondition } from "./conditions.ts";
import { type Controller, type ControllerContext, generationOf, isDeleting, ofKind } from "./controller.ts";
import { hasEnded, isReady, POD, resolveCount } from "./pods.ts";

const BUDGET: GroupKind = { group: "policy", kind: "PodDisruptionBudget" };

/** Counts the pods that budgets speak of, and how many of them may go. */
export function createDisruptionController(context: ControllerContext): Controller {
  return {
    name: "disruption",
    concerns: (event) =>
      event.key.kind === POD.kind && event.key.group === ""
        ? context.store.list(BUDGET, event.key.namespace).map(({ key }) => key)
        : ofKind(event, BUDGET),
    reconcile(key) {
      const budget = context.store.get(key);
      if (budget !== undefined && !isDeleting(budget)) writeStatus(context, budget);
      return undefined;
    },
  };
}

function writeStatus(context: ControllerContext, budget: StoredObject): void {
  const { key, object } = budget;
  const selector = objectAt(object, "spec", "selector", "matchLabels");
  const pods = context.store
    .list(POD, key.namespace)
    .filter((pod) => !hasEnded(pod) && !isDeleting(pod) && hasLabels(pod, selector));
  const healthy = pods.filter(isReady).length;
  const wanted = wantedHealthy(budget, pods.length);
  const allowed = Math.max(0, healthy - wanted);
  const now = context.scheduler.now();
  context.updateStatus(key, (status) =>
    withCondition(
      {
        ...status,
        observedGeneration: generationOf(budget),
        currentHealthy: healthy,
        desiredHealthy: wanted,
        disruptionsAllowed: allowed,
        expectedPods: pods.length,
      },
      {
        type: "DisruptionAllowed",
        status: allowed > 0 ? "True" : "False",
        reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
        message: "",
        observedGeneration: generationOf(budget),
      },
      now,
    ),
  );
}

function wantedHealthy({ object }: StoredObject, pods: number): number {
  const maximum = valueAt(object, "spec", "maxUnavailable");
  if (maximum !== undefined) {
    return Math.max(0, pods - resolveCount(maximum, pods, { rounding: "up", fallback: 0 }));
  }
  return resolveCount(valueAt(object, "spec", "minAvailable"), pods, { rounding: "up", fallback: 1 });
}

function hasLabels({ object }: StoredObject, selector: ReturnType<typeof objectAt>): boolean {
  const labels = objectAt(object, "metadata", "labels");
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
