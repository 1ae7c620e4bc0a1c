import { describe, expect, it } from "vitest";

import { type JsonObject, stringAt, valueAt } from "../../src/domain/json.ts";
import { manifestOf } from "../../src/domain/manifest.ts";
import { type ClusterHarness, LENIENT, reasonOf, STRICT } from "./cluster-harness.ts";

const NGINX = { containers: [{ name: "main", image: "nginx" }] };
const LABELS = { name: "web" };

/** `apiVersion kind` → an object of it in `namespace`, named `web`. */
function object(type: string, namespace: string, body: JsonObject): JsonObject {
  const [apiVersion = "", kind = ""] = type.split(" ");
  return { apiVersion, kind, metadata: { name: "web", namespace }, ...body };
}

function template(podSpec: JsonObject = NGINX): JsonObject {
  return { metadata: { labels: LABELS }, spec: podSpec };
}

function workloadSpec(more: JsonObject = {}): JsonObject {
  return { replicas: 0, selector: { matchLabels: LABELS }, template: template(), ...more };
}

function container(more: JsonObject): JsonObject {
  return {
    spec: workloadSpec({ template: template({ containers: [{ ...NGINX.containers[0], ...more }] }) }),
  };
}

const DEPLOYMENT = "apps/v1 Deployment";
const SERVICE = "v1 Service";
const CLAIM = "v1 PersistentVolumeClaim";
const CLAIM_SPEC = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
const STATEFUL_SPEC = workloadSpec({ serviceName: "web" });
const JOB_SPEC = { suspend: true, template: template({ ...NGINX, restartPolicy: "Never" }) };

interface Addition {
  readonly type: string;
  readonly body: JsonObject;
  readonly at: string;
  readonly is: unknown;
}

const POD = "/spec/template/spec";

/** What the server fills in, or writes differently, by JSON pointer. */
const ADDITIONS: readonly Addition[] = [
  { type: DEPLOYMENT, body: { spec: workloadSpec() }, at: "/spec/progressDeadlineSeconds", is: 600 },
  {
    type: DEPLOYMENT,
    body: { spec: workloadSpec() },
    at: "/spec/strategy/rollingUpdate/maxSurge",
    is: "25%",
  },
  { type: DEPLOYMENT, body: { spec: workloadSpec() }, at: `${POD}/terminationGracePeriodSeconds`, is: 30 },
  { type: DEPLOYMENT, body: container({}), at: `${POD}/containers/0/imagePullPolicy`, is: "Always" },
  {
    type: DEPLOYMENT,
    body: container({ image: "nginx:1.2" }),
    at: `${POD}/containers/0/imagePullPolicy`,
    is: "IfNotPresent",
  },
  {
    type: DEPLOYMENT,
    body: container({ ports: [{ containerPort: 80 }] }),
    at: `${POD}/containers/0/ports/0/protocol`,
    is: "TCP",
  },
  {
    type: DEPLOYMENT,
    body: container({ livenessProbe: { httpGet: { port: 80 } } }),
    at: `${POD}/containers/0/livenessProbe/failureThreshold`,
    is: 3,
  },
  {
    type: DEPLOYMENT,
    body: container({ resources: { limits: { cpu: "1000m", memory: "1024Mi" } } }),
    at: `${POD}/containers/0/resources/limits`,
    is: { cpu: "1", memory: "1Gi" },
  },
  {
    type: DEPLOYMENT,
    body: container({ resources: { limits: { cpu: 0.5, memory: "0.1Gi" } } }),
    at: `${POD}/containers/0/resources/limits`,
    is: { cpu: "500m", memory: "107374182400m" },
  },
  { type: DEPLOYMENT, body: container({ args: [], env: [] }), at: `${POD}/containers/0/args`, is: undefined },
  { type: SERVICE, body: { spec: { ports: [{ port: 80 }] } }, at: "/spec/ports/0/targetPort", is: 80 },
  { type: SERVICE, body: { spec: { ports: [{ port: 80 }] } }, at: "/spec/type", is: "ClusterIP" },
  { type: SERVICE, body: { spec: { ports: [{ port: 80 }] } }, at: "/spec/ports/0/nodePort", is: undefined },
  {
    type: "apps/v1 DaemonSet",
    body: { spec: { selector: { matchLabels: LABELS }, template: template() } },
    at: "/spec/revisionHistoryLimit",
    is: 10,
  },
  {
    type: "apps/v1 StatefulSet",
    body: { spec: STATEFUL_SPEC },
    at: "/spec/podManagementPolicy",
    is: "OrderedReady",
  },
  { type: "batch/v1 Job", body: { spec: JOB_SPEC }, at: "/spec/backoffLimit", is: 6 },
  { type: CLAIM, body: { spec: CLAIM_SPEC }, at: "/spec/volumeMode", is: "Filesystem" },
  { type: "v1 Secret", body: { stringData: { a: "b" } }, at: "/data", is: { a: "Yg==" } },
  { type: "v1 Secret", body: {}, at: "/type", is: "Opaque" },
];

interface Refusal {
  readonly what: string;
  readonly type: string;
  readonly body: JsonObject;
  readonly words: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    what: "an unknown field",
    type: DEPLOYMENT,
    body: { spec: workloadSpec({ replica: 1 }) },
    words: /replica/,
  },
  {
    what: "a number for a string",
    type: DEPLOYMENT,
    body: container({ env: [{ name: "A", value: 1 }] }),
    words: /expected string/,
  },
  {
    what: "a string for a number",
    type: DEPLOYMENT,
    body: { spec: workloadSpec({ replicas: "3" }) },
    words: /spec\.replicas/,
  },
  {
    what: "a key twice",
    type: DEPLOYMENT,
    body: container({
      env: [
        { name: "A", value: "1" },
        { name: "A", value: "2" },
      ],
    }),
    words: /duplicate entries for key \[name="A"\]/,
  },
  {
    what: "a container without image",
    type: DEPLOYMENT,
    body: { spec: workloadSpec({ template: template({ containers: [{ name: "main" }] }) }) },
    words: /containers\[0\]\.image: Required value/,
  },
  {
    what: "a selector that finds nothing",
    type: DEPLOYMENT,
    body: { spec: workloadSpec({ selector: { matchLabels: { other: "x" } } }) },
    words: /`selector` does not match template `labels`/,
  },
  {
    what: "a mount of no volume",
    type: DEPLOYMENT,
    body: container({ volumeMounts: [{ name: "v", mountPath: "/v" }] }),
    words: /volumeMounts\[0\]\.name: Not found: "v"/,
  },
  {
    what: "requests beyond limits",
    type: DEPLOYMENT,
    body: container({ resources: { limits: { cpu: "1" }, requests: { cpu: "2" } } }),
    words: /must be less than or equal to cpu limit/,
  },
  {
    what: "a Job that restarts for ever",
    type: "batch/v1 Job",
    body: { spec: { template: template() } },
    words: /restartPolicy: Required value/,
  },
  {
    what: "a Service without ports",
    type: SERVICE,
    body: { spec: { selector: LABELS } },
    words: /spec\.ports: Required value/,
  },
  {
    what: "a claim without size",
    type: CLAIM,
    body: { spec: { accessModes: ["ReadWriteOnce"] } },
    words: /spec\.resources\[storage\]: Required value/,
  },
  {
    what: "a bad label",
    type: "v1 ConfigMap",
    body: { metadata: { labels: { a: "b c" } } },
    words: /a valid label must be/,
  },
  {
    what: "a bad name",
    type: "v1 ConfigMap",
    body: { metadata: { name: "Bad_Name" } },
    words: /lowercase RFC 1123 subdomain/,
  },
];

interface Immutable {
  readonly what: string;
  readonly type: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly words: RegExp;
}

const OTHER = { matchLabels: { other: "x" } };

const IMMUTABLE: readonly Immutable[] = [
  {
    what: "a Deployment's selector",
    type: DEPLOYMENT,
    before: { spec: workloadSpec() },
    after: {
      spec: workloadSpec({
        selector: OTHER,
        template: { metadata: { labels: OTHER.matchLabels }, spec: NGINX },
      }),
    },
    words: /spec\.selector: Invalid value: .*: field is immutable/,
  },
  {
    what: "a Job's template",
    type: "batch/v1 Job",
    before: { spec: JOB_SPEC },
    after: {
      spec: {
        ...JOB_SPEC,
        template: template({ containers: [{ name: "main", image: "other" }], restartPolicy: "Never" }),
      },
    },
    words: /spec\.template.*field is immutable/,
  },
  {
    what: "a StatefulSet's service name",
    type: "apps/v1 StatefulSet",
    before: { spec: STATEFUL_SPEC },
    after: { spec: { ...STATEFUL_SPEC, serviceName: "other" } },
    words: /spec: Forbidden: updates to statefulset spec for fields other than/,
  },
  {
    what: "a claim's access modes",
    type: CLAIM,
    before: { spec: CLAIM_SPEC },
    after: { spec: { ...CLAIM_SPEC, accessModes: ["ReadWriteMany"] } },
    words: /spec: Forbidden: spec is immutable after creation/,
  },
  {
    what: "a Secret's type",
    type: "v1 Secret",
    before: {},
    after: { type: "example.com/other" },
    words: /type: Invalid value: .*: field is immutable/,
  },
  {
    what: "a sealed ConfigMap's data",
    type: "v1 ConfigMap",
    before: { data: { a: "1" }, immutable: true },
    after: { data: { a: "2" }, immutable: true },
    words: /data: Forbidden: field is immutable when `immutable` is set/,
  },
];

/** What an API server does with objects by rules of its own, as far as previews, drift and syncs depend on them. */
export function describeServerRules(harness: () => ClusterHarness): void {
  describe("the server's rules", () => {
    it.for(ADDITIONS)("$type has $is at $at", async ({ type, body, at, is }) => {
      const { dryRun, createNamespace } = harness();
      const target = manifestOf(object(type, await createNamespace(), body));
      const predicted = await dryRun.dryRunApply(target, STRICT);
      expect(valueAt(predicted.object, ...at.split("/").slice(1))).toEqual(is);
    });

    it.for(REFUSALS)("refuses $what", async ({ type, body, words }) => {
      const { dryRun, createNamespace } = harness();
      const bare = object(type, await createNamespace(), {});
      const metadata = {
        ...(bare["metadata"] as JsonObject),
        ...(body["metadata"] as JsonObject | undefined),
      };
      const attempt = dryRun.dryRunApply(manifestOf({ ...bare, ...body, metadata }), STRICT);
      await expect(attempt).rejects.toMatchObject({
        reason: "ApplyRejected",
        remedy: expect.stringMatching(words) as string,
      });
    });

    it.for(IMMUTABLE)("T294 refuses to change $what", async ({ type, before, after, words }) => {
      const { writes, createNamespace } = harness();
      const namespace = await createNamespace();
      await writes.apply(manifestOf(object(type, namespace, before)), STRICT);
      const attempt = writes.apply(manifestOf(object(type, namespace, after)), STRICT);
      await expect(attempt).rejects.toMatchObject({
        reason: "ApplyRejected",
        remedy: expect.stringMatching(words) as string,
      });
    });

    it("never shows a Secret's value in a refusal", async () => {
      const { dryRun, createNamespace } = harness();
      const body = { data: { password: "not base64, but a canary" } };
      const target = manifestOf(object("v1 Secret", await createNamespace(), body));
      await expect(dryRun.dryRunApply(target, STRICT)).rejects.toMatchObject({
        remedy: expect.not.stringContaining("canary") as string,
      });
    });

    it("keeps a Service's address when the manifest has none", async () => {
      const { writes, createNamespace } = harness();
      const namespace = await createNamespace();
      const service = (port: number) =>
        manifestOf(object(SERVICE, namespace, { spec: { ports: [{ port }] } }));
      const first = await writes.apply(service(80), STRICT);
      const address = stringAt(first.object, "spec", "clusterIP");
      expect(address).toMatch(/^10\./);
      expect(stringAt((await writes.apply(service(81), STRICT)).object, "spec", "clusterIP")).toBe(address);
      expect(stringAt((await writes.replace(service(82), STRICT)).object, "spec", "clusterIP")).toBe(address);
    });

    it("counts changes of the spec, and for a Deployment those of its annotations", async () => {
      const { writes, createNamespace } = harness();
      const namespace = await createNamespace();
      const write = async (spec: JsonObject, annotations: JsonObject = {}) => {
        const target = object(DEPLOYMENT, namespace, { spec: workloadSpec(spec) });
        const metadata = { ...(target["metadata"] as JsonObject), annotations };
        return (await writes.apply(manifestOf({ ...target, metadata }), STRICT)).object;
      };
      const generations = [await write({}), await write({}, { note: "x" }), await write({ paused: true })];
      expect(generations.map((live) => valueAt(live, "metadata", "generation"))).toEqual([1, 2, 3]);
    });

    it("takes away a probe with all the server had filled in", async () => {
      const { writes, createNamespace } = harness();
      const namespace = await createNamespace();
      const probe = { livenessProbe: { httpGet: { port: 80 }, periodSeconds: 5 } };
      await writes.apply(manifestOf(object(DEPLOYMENT, namespace, container(probe))), STRICT);
      const { object: live } = await writes.apply(
        manifestOf(object(DEPLOYMENT, namespace, container({}))),
        STRICT,
      );
      expect(valueAt(live, ...`${POD}/containers/0`.split("/").slice(1))).not.toHaveProperty("livenessProbe");
    });

    it("keeps a field that two managers applied until both give it up", async () => {
      const { writes, applyAs, reads, createNamespace } = harness();
      const namespace = await createNamespace();
      const map = (data: JsonObject) => object("v1 ConfigMap", namespace, { data });
      const target = manifestOf(map({ colour: "blue" }));
      await writes.apply(target, STRICT);
      await applyAs("other", map({ colour: "blue" }));
      await writes.apply(manifestOf(map({})), STRICT);
      expect((await reads.get(target.key))?.object["data"]).toEqual({ colour: "blue" });
      await applyAs("other", map({}));
      expect((await reads.get(target.key))?.object).not.toHaveProperty("data.colour");
    });

    it("serves a kind in all its versions", async () => {
      const { writes, reads, createNamespace } = harness();
      const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
      const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 50 };
      const target = manifestOf(
        object("autoscaling/v1 HorizontalPodAutoscaler", await createNamespace(), { spec }),
      );
      await writes.apply(target, STRICT);
      const [v1, v2] = [
        await reads.get(target.key, "autoscaling/v1"),
        await reads.get(target.key, "autoscaling/v2"),
      ];
      expect(valueAt(v1?.object, "spec", "targetCPUUtilizationPercentage")).toBe(50);
      expect(valueAt(v2?.object, "spec", "metrics", "0", "resource", "target", "averageUtilization")).toBe(
        50,
      );
    });

    it("drops unknown fields of a created object where it is to be lenient", async () => {
      const { writes, createNamespace } = harness();
      const target = manifestOf(
        object(DEPLOYMENT, await createNamespace(), { spec: workloadSpec({ replica: 1 }) }),
      );
      expect(await reasonOf(writes.create(target, STRICT))).toBe("ApplyRejected");
      expect((await writes.create(target, LENIENT)).object["spec"]).not.toHaveProperty("replica");
    });
  });
}
