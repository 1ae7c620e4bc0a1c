import { describe, expect, it } from "vitest";
import { assessHealth } from "../../../../src/domain/health/assess-health.ts";
import type { JsonObject, JsonValue } from "../../../../src/domain/json.ts";
import { liveManifestOf } from "../../../../src/domain/manifest.ts";

interface Case {
  readonly kind: string;
  readonly when: string;
  readonly is: string;
  readonly object: JsonObject;
}

/** `a.b=1 c=x` → `{a: {b: 1}, c: "x"}`: values are JSON where they can be. */
function fields(shorthand: string): JsonObject {
  const root: Record<string, JsonValue> = {};
  for (const assignment of shorthand.split(" ").filter(Boolean)) {
    const [path = "", text = ""] = assignment.split("=");
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let place = root;
    for (const step of steps) {
      place[step] ??= {};
      place = place[step] as Record<string, JsonValue>;
    }
    place[last] = jsonOrText(text);
  }
  return root;
}

function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** Rows of `fields ⇒ Status`, optionally with the message after a colon. */
function rows(kind: string, lines: string): readonly Case[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const [when = "", is = ""] = line.split("⇒").map((part) => part.trim());
      return { kind, when, is, object: fields(when) };
    });
}

function healthOf(kind: string, object: JsonObject): string {
  const [apiVersion = "", name = ""] = kind.split(" ");
  const health = assessHealth(
    liveManifestOf({ apiVersion, kind: name, ...object, metadata: { name: "x", ...metadataOf(object) } }),
  );
  return health === undefined ? "none" : health.status;
}

function metadataOf(object: JsonObject): JsonObject {
  return (object["metadata"] ?? {}) as JsonObject;
}

const condition = (type: string, status: string, reason = ""): string =>
  `[{"type":"${type}","status":"${status}","reason":"${reason}"}]`;

const CASES: readonly Case[] = [
  ...rows(
    "apps/v1 Deployment",
    `
    spec.paused=true status.conditions=${condition("Progressing", "False", "ProgressDeadlineExceeded")} ⇒ Suspended
    metadata.generation=2 status.observedGeneration=1 status.conditions=${condition("Progressing", "False", "ProgressDeadlineExceeded")} ⇒ Progressing
    status.conditions=${condition("Progressing", "False", "ProgressDeadlineExceeded")} ⇒ Degraded
    spec.replicas=3 status.replicas=3 status.updatedReplicas=2 status.availableReplicas=3 ⇒ Progressing
    spec.replicas=2 status.replicas=3 status.updatedReplicas=2 status.availableReplicas=2 ⇒ Progressing
    spec.replicas=2 status.replicas=2 status.updatedReplicas=2 status.availableReplicas=1 ⇒ Progressing
    spec.replicas=2 status.replicas=2 status.updatedReplicas=2 status.availableReplicas=2 ⇒ Healthy
    spec.replicas=0 ⇒ Healthy
    metadata.generation=2 status.observedGeneration=3 ⇒ Healthy`,
  ),
  ...rows(
    "apps/v1 ReplicaSet",
    `
    metadata.generation=2 status.observedGeneration=1 ⇒ Progressing
    status.conditions=${condition("ReplicaFailure", "True")} ⇒ Degraded
    status.conditions=${condition("ReplicaFailure", "False")} ⇒ Healthy
    spec.replicas=2 status.availableReplicas=1 ⇒ Progressing
    spec.replicas=2 status.availableReplicas=2 ⇒ Healthy`,
  ),
  ...rows(
    "apps/v1 StatefulSet",
    `
    status.readyReplicas=1 ⇒ Progressing
    metadata.generation=2 status.observedGeneration=1 ⇒ Progressing
    spec.replicas=2 status.observedGeneration=1 status.readyReplicas=1 ⇒ Progressing
    status.observedGeneration=1 spec.replicas=3 status.readyReplicas=3 spec.updateStrategy={"type":"RollingUpdate","rollingUpdate":{"partition":1}} status.updatedReplicas=1 ⇒ Progressing
    status.observedGeneration=1 spec.replicas=3 status.readyReplicas=3 spec.updateStrategy={"type":"RollingUpdate","rollingUpdate":{"partition":1}} status.updatedReplicas=2 ⇒ Healthy
    status.observedGeneration=1 spec.updateStrategy={"type":"RollingUpdate","rollingUpdate":{}} status.updateRevision=b status.currentRevision=a ⇒ Healthy
    status.observedGeneration=1 spec.updateStrategy={"type":"RollingUpdate"} status.updateRevision=b status.currentRevision=a ⇒ Progressing
    status.observedGeneration=1 spec.updateStrategy={"type":"OnDelete"} status.updateRevision=b status.currentRevision=a ⇒ Healthy
    status.observedGeneration=1 status.updateRevision=a status.currentRevision=a ⇒ Healthy`,
  ),
  ...rows(
    "apps/v1 DaemonSet",
    `
    metadata.generation=2 status.observedGeneration=1 spec.updateStrategy.type=OnDelete ⇒ Progressing
    spec.updateStrategy.type=OnDelete status.desiredNumberScheduled=2 ⇒ Healthy
    status.desiredNumberScheduled=2 status.updatedNumberScheduled=1 status.numberAvailable=2 ⇒ Progressing
    status.desiredNumberScheduled=2 status.updatedNumberScheduled=2 status.numberAvailable=1 ⇒ Progressing
    status.desiredNumberScheduled=2 status.updatedNumberScheduled=2 status.numberAvailable=2 ⇒ Healthy`,
  ),
  ...rows("apps/v1beta1 Deployment", "spec.replicas=0 ⇒ Unknown"),
  ...rows("apps/constructor Deployment", "spec.replicas=0 ⇒ Unknown"),
  ...rows(
    "v1 Service",
    `
    spec.type=ClusterIP ⇒ Healthy
    spec.type=LoadBalancer status.loadBalancer.ingress=[] ⇒ Progressing
    spec.type=LoadBalancer status.loadBalancer.ingress=[{"ip":"10.0.0.1"}] ⇒ Healthy`,
  ),
  ...["networking.k8s.io/v1 Ingress", "extensions/v1beta1 Ingress"].flatMap((kind) =>
    rows(
      kind,
      `
      status.loadBalancer={} ⇒ Progressing
      status.loadBalancer.ingress=[{"ip":"10.0.0.1"}] ⇒ Healthy`,
    ),
  ),
  ...rows(
    "v1 PersistentVolumeClaim",
    `
    status.phase=Bound ⇒ Healthy
    status.phase=Pending ⇒ Progressing
    status.phase=Lost ⇒ Degraded
    spec.x=1 ⇒ Unknown`,
  ),
  ...rows(
    "batch/v1 Job",
    `
    status.active=1 ⇒ Progressing
    status.conditions=${condition("Failed", "False")} ⇒ Degraded
    status.conditions=${condition("Complete", "False")} ⇒ Healthy
    status.conditions=[{"type":"Complete","status":"True"},{"type":"Failed","status":"True"}] ⇒ Degraded
    status.conditions=${condition("Suspended", "True")} ⇒ Suspended
    status.conditions=${condition("Suspended", "False")} ⇒ Healthy
    status.conditions=${condition("SuccessCriteriaMet", "True")} ⇒ Progressing`,
  ),
  ...rows(
    "batch/v1 CronJob",
    `
    spec.schedule=daily ⇒ Progressing
    spec.suspend=true status={"lastScheduleTime":"2024-01-02T00:00:00Z","lastSuccessfulTime":"2024-01-01T00:00:00Z"} ⇒ Healthy
    status={} ⇒ Healthy
    status={"lastScheduleTime":"2024-01-02T00:00:00Z"} ⇒ Healthy
    status={"lastScheduleTime":"2024-01-02T00:00:00Z","lastSuccessfulTime":"2024-01-01T00:00:00Z","active":[{}]} ⇒ Healthy
    status={"lastScheduleTime":"2024-01-02T00:00:00Z","lastSuccessfulTime":"2024-01-01T00:00:00Z"} ⇒ Degraded
    status={"lastScheduleTime":"2024-01-02T00:00:00Z","lastSuccessfulTime":"2024-01-02T00:00:09Z"} ⇒ Healthy`,
  ),
  ...rows(
    "v1 Pod",
    `
    spec.restartPolicy=Always status.phase=Pending status.containerStatuses=[{"state":{"waiting":{"reason":"ErrImagePull"}}}] ⇒ Degraded
    spec.restartPolicy=Always status.phase=Running status.containerStatuses=[{"state":{"waiting":{"reason":"CrashLoopBackOff"}}}] ⇒ Degraded
    spec.restartPolicy=Always status.phase=Pending status.containerStatuses=[{"state":{"waiting":{"reason":"CreateContainerConfigError"}}}] ⇒ Degraded
    spec.restartPolicy=Always status.phase=Pending status.containerStatuses=[{"state":{"waiting":{"reason":"ContainerCreating"}}}] ⇒ Progressing
    spec.restartPolicy=Never status.phase=Pending status.containerStatuses=[{"state":{"waiting":{"reason":"ErrImagePull"}}}] ⇒ Progressing
    spec.restartPolicy=Never metadata.annotations={"argocd.argoproj.io/ignore-restart-policy":"true"} status.phase=Pending status.containerStatuses=[{"state":{"waiting":{"reason":"ErrImagePull"}}}] ⇒ Degraded
    spec.restartPolicy=Never metadata.annotations={"argocd.argoproj.io/ignore-restart-policy":"true","argocd.argoproj.io/hook":"Sync"} status.phase=Pending status.containerStatuses=[{"state":{"waiting":{"reason":"ErrImagePull"}}}] ⇒ Progressing
    status.phase=Succeeded ⇒ Healthy
    status.phase=Failed ⇒ Degraded
    spec.restartPolicy=Always status.phase=Running status.conditions=${condition("Ready", "True")} ⇒ Healthy
    spec.restartPolicy=Always status.phase=Running status.containerStatuses=[{"lastState":{"terminated":{"exitCode":1}}}] ⇒ Degraded
    spec.restartPolicy=Always status.phase=Running ⇒ Progressing
    spec.restartPolicy=OnFailure status.phase=Running status.conditions=${condition("Ready", "True")} ⇒ Progressing
    status.phase=Paused ⇒ Unknown`,
  ),
  ...rows(
    "autoscaling/v2 HorizontalPodAutoscaler",
    `
    spec.x=1 ⇒ Progressing
    status.conditions=[{"type":"AbleToScale","status":"True"},{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric"}] ⇒ Degraded
    status.conditions=${condition("ScalingActive", "False", "FailedUpdateScale")} ⇒ Progressing
    status.conditions=${condition("constructor", "True")} ⇒ Progressing
    status.conditions=${condition("AbleToScale", "True")} ⇒ Healthy
    status.conditions=${condition("ScalingLimited", "True")} ⇒ Healthy
    status.conditions=${condition("AbleToScale", "False", "BackoffBoth")} ⇒ Progressing`,
  ),
  ...rows("autoscaling/v2beta2 HorizontalPodAutoscaler", "spec.x=1 ⇒ Unknown"),
  ...["apiregistration.k8s.io/v1 APIService", "apiregistration.k8s.io/v1beta1 APIService"].flatMap((kind) =>
    rows(
      kind,
      `
      spec.x=1 ⇒ Progressing
      status.conditions=${condition("Available", "False", "FailedDiscoveryCheck")} ⇒ Progressing
      status.conditions=${condition("Available", "True", "Passed")} ⇒ Healthy`,
    ),
  ),
  ...rows(
    "argoproj.io/v1alpha1 Workflow",
    `
    spec.x=1 ⇒ Progressing
    status.phase=Running ⇒ Progressing
    status.phase=Succeeded ⇒ Healthy
    status.phase=Error ⇒ Degraded
    status.phase=Omitted ⇒ Unknown`,
  ),
  ...rows(
    "policy/v1 PodDisruptionBudget",
    `
    status.conditions=[] ⇒ Progressing
    status.conditions=${condition("DisruptionAllowed", "True", "SufficientPods")} ⇒ Healthy
    status.conditions=${condition("DisruptionAllowed", "False", "InsufficientPods")} ⇒ Healthy
    status.conditions=${condition("DisruptionAllowed", "False", "SyncFailed")} ⇒ Degraded`,
  ),
  ...rows(
    "apiextensions.k8s.io/v1 CustomResourceDefinition",
    `
    status.conditions=[] ⇒ Progressing
    status.conditions=${condition("NamesAccepted", "True")} ⇒ Degraded
    status.conditions=${condition("NamesAccepted", "False")} ⇒ Degraded
    status.conditions=${condition("Established", "False", "Installing")} ⇒ Progressing
    status.conditions=${condition("Established", "False", "Other")} ⇒ Degraded
    status.conditions=${condition("Established", "True")} ⇒ Healthy
    status.conditions=[{"type":"Established","status":"True"},{"type":"Terminating","status":"True"}] ⇒ Progressing
    status.conditions=[{"type":"Established","status":"True"},{"type":"NonStructuralSchema","status":"True"}] ⇒ Degraded
    status.conditions=${condition("Established", "True")} metadata.deletionTimestamp=2024-01-01T00:00:00Z ⇒ Progressing`,
  ),
  ...rows(
    "argoproj.io/v1alpha1 Rollout",
    `
    spec.replicas=1 ⇒ Progressing
    metadata.generation=2 status.observedGeneration="1" status.phase=Healthy ⇒ Progressing
    metadata.generation=2 status.observedGeneration=7bcdbf status.phase=Healthy ⇒ Healthy
    status.phase=Paused ⇒ Suspended
    status.phase=Degraded ⇒ Degraded
    status.phase=Progressing ⇒ Progressing
    status.conditions=${condition("InvalidSpec", "True")} spec.paused=true ⇒ Degraded
    status.conditions=${condition("Progressing", "False", "RolloutAborted")} ⇒ Degraded
    status.conditions=${condition("Progressing", "False", "ProgressDeadlineExceeded")} ⇒ Degraded
    spec.paused=true status={} ⇒ Suspended
    status.pauseConditions=[{}] ⇒ Suspended
    spec.replicas=2 status.updatedReplicas=1 ⇒ Progressing
    status.updatedReplicas=1 ⇒ Progressing
    spec.strategy.blueGreen={} status={"updatedReplicas":1,"availableReplicas":1,"currentPodHash":"a","blueGreen":{"activeSelector":"a"}} ⇒ Healthy
    spec.strategy.blueGreen={} status={"updatedReplicas":1,"availableReplicas":1,"currentPodHash":"a","blueGreen":{"activeSelector":"b"}} ⇒ Progressing
    spec.strategy.canary={} status={"replicas":2,"updatedReplicas":1,"availableReplicas":1,"currentPodHash":"a","stableRS":"a"} ⇒ Progressing
    spec.strategy.canary={} status={"replicas":1,"updatedReplicas":1,"availableReplicas":1,"currentPodHash":"a","stableRS":"b"} ⇒ Progressing
    spec.strategy.canary={} status={"replicas":1,"updatedReplicas":1,"availableReplicas":1,"currentPodHash":"a","canary":{"stableRS":"a"}} ⇒ Healthy
    spec.workloadRef={} metadata.annotations={"rollout.argoproj.io/workload-generation":"2"} status={"phase":"Healthy","workloadObservedGeneration":"1"} ⇒ Progressing
    spec.workloadRef={} metadata.annotations={"rollout.argoproj.io/workload-generation":"2"} status={"phase":"Healthy","workloadObservedGeneration":"2"} ⇒ Healthy`,
  ),
  ...rows("argoproj.io/v1alpha1 Application", "status.health.status=Degraded ⇒ none"),
  ...rows("v1 ConfigMap", "data.a=b ⇒ none"),
  ...rows("example.com/v1 constructor", "spec.a=b ⇒ none"),
  ...rows("cert-manager.io/v1 Certificate", "status.phase=Ready ⇒ Unknown"),
  ...rows("ec2.aws.crossplane.io/v1 Instance", "spec.a=b ⇒ Unknown"),
  ...rows("crossplane.io/v1 Anything", "spec.a=b ⇒ none"),
];

describe("assessHealth", () => {
  it.for(CASES)("says $is of $kind with $when", ({ kind, object, is }) => {
    expect(healthOf(kind, object)).toBe(is);
  });

  it.for([
    { finalizers: [], is: { status: "Progressing", message: "Pending deletion" } },
    { finalizers: ["argocd.argoproj.io/hook-finalizer"], is: { status: "Healthy", message: "" } },
  ])("judges an object being deleted with finalizers $finalizers", ({ finalizers, is }) => {
    const metadata = { name: "x", deletionTimestamp: "2024-01-01T00:00:00Z", finalizers };
    expect(assessHealth(liveManifestOf({ apiVersion: "v1", kind: "Service", metadata }))).toEqual(is);
  });

  it("reads an autoscaling/v1 autoscaler's conditions from its annotation", () => {
    const withConditions = (text: string): string =>
      healthOf("autoscaling/v1 HorizontalPodAutoscaler", {
        metadata: { annotations: { "autoscaling.alpha.kubernetes.io/conditions": text } },
      });
    expect(withConditions(condition("AbleToScale", "True"))).toBe("Healthy");
    expect(withConditions("")).toBe("Progressing");
    expect(withConditions("{")).toBe("Unknown");
    expect(withConditions("{}")).toBe("Unknown");
  });

  it.for([
    { state: { message: "disk full", exitCode: 2 }, message: "disk full" },
    { state: { reason: "OOMKilled", exitCode: 137 }, message: "OOMKilled" },
    { state: { exitCode: 2 }, message: 'container "main" failed with exit code 2' },
    { state: { exitCode: 0 }, message: "" },
  ])("explains a failed Pod by its first failed container: $message", ({ state, message }) => {
    const pod = liveManifestOf({
      apiVersion: "v1",
      kind: "Pod",
      status: {
        phase: "Failed",
        initContainerStatuses: [{ name: "init", state: { terminated: { exitCode: 0 } } }],
        containerStatuses: [{ name: "main", state: { terminated: state } }],
      },
    });
    expect(assessHealth(pod)).toEqual({ status: "Degraded", message });
  });
});
