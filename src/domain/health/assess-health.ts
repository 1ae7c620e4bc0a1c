import type { Health } from "../health.ts";
import { HOOK_FINALIZER } from "../hooks.ts";
import { arrayAt, stringAt } from "../json.ts";
import type { LiveManifest } from "../manifest.ts";
import { formatGroupKind, versionOf } from "../resource-key.ts";
import { assessApiService, assessCustomResourceDefinition } from "./api-extensions.ts";
import { assessAutoscaler, assessAutoscalerV1 } from "./autoscalers.ts";
import { type HealthCheck, progressing, unknown } from "./check.ts";
import { isForeignKind } from "./foreign-kinds.ts";
import { assessCronJob, assessJob, assessWorkflow } from "./jobs.ts";
import { assessPod } from "./pods.ts";
import { assessRollout } from "./rollouts.ts";
import {
  assessIngress,
  assessPersistentVolumeClaim,
  assessPodDisruptionBudget,
  assessService,
} from "./services.ts";
import { assessDaemonSet, assessDeployment, assessReplicaSet, assessStatefulSet } from "./workloads.ts";

/** `group/Kind` → version → check; `*` is any version. A version that is not listed is one we cannot read. */
const CHECKS: Readonly<Record<string, Readonly<Record<string, HealthCheck>>>> = {
  "apps/Deployment": { v1: assessDeployment },
  "apps/ReplicaSet": { v1: assessReplicaSet },
  "apps/StatefulSet": { v1: assessStatefulSet },
  "apps/DaemonSet": { v1: assessDaemonSet },
  "/Pod": { v1: assessPod },
  "/Service": { v1: assessService },
  "/PersistentVolumeClaim": { v1: assessPersistentVolumeClaim },
  "networking.k8s.io/Ingress": { "*": assessIngress },
  "extensions/Ingress": { "*": assessIngress },
  "batch/Job": { v1: assessJob },
  "batch/CronJob": { "*": assessCronJob },
  "autoscaling/HorizontalPodAutoscaler": { v1: assessAutoscalerV1, v2: assessAutoscaler },
  "apiregistration.k8s.io/APIService": { v1: assessApiService, v1beta1: assessApiService },
  "apiextensions.k8s.io/CustomResourceDefinition": { "*": assessCustomResourceDefinition },
  "policy/PodDisruptionBudget": { "*": assessPodDisruptionBudget },
  "argoproj.io/Workflow": { "*": assessWorkflow },
  "argoproj.io/Rollout": { "*": assessRollout },
};

const CHECKS_BY_KIND: ReadonlyMap<string, ReadonlyMap<string, HealthCheck>> = new Map(
  Object.entries(CHECKS).map(([kind, versions]) => [kind, new Map(Object.entries(versions))]),
);

/**
 * How a live object does, by Argo CD's rules for its kind (argocd-behaviour §7.1, §7.2).
 *
 * @returns `undefined` where the kind has no health at all; `Unknown` where it has one that we cannot read.
 */
export function assessHealth(live: LiveManifest): Health | undefined {
  const { group, kind } = live.key;
  const versions = CHECKS_BY_KIND.get(`${group}/${kind}`);
  if (isPendingDeletion(live)) return pendingDeletion(live);
  if (versions === undefined) {
    return isForeignKind(live.key) ? unknown(`health of ${kind} is not understood yet`) : undefined;
  }
  const check = versions.get(versionOf(live.apiVersion)) ?? versions.get("*");
  return check === undefined
    ? unknown(`health of ${formatGroupKind(live.key)} is not known in ${live.apiVersion}`)
    : check(live.object);
}

/** A hook is judged while it is deleted too: a time-to-live must not take its result away. */
function isPendingDeletion({ object }: LiveManifest): boolean {
  return (
    stringAt(object, "metadata", "deletionTimestamp") !== undefined &&
    !arrayAt(object, "metadata", "finalizers").includes(HOOK_FINALIZER)
  );
}

/** A CRD that goes takes all its objects along, and says so itself. */
function pendingDeletion({ key, object }: LiveManifest): Health {
  return key.group === "apiextensions.k8s.io" && key.kind === "CustomResourceDefinition"
    ? assessCustomResourceDefinition(object)
    : progressing("Pending deletion");
}
