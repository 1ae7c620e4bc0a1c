import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ClusterConnection } from "../../../src/adapters/kubernetes/cluster-connections.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { labelsOf, manifestOf } from "../../../src/domain/manifest.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import { configMap, deployment, LENIENT, reasonOf, STRICT } from "../../contract/cluster-harness.ts";
import { createCertificate } from "../../support/certificates.ts";
import { connectTo } from "../../support/cluster/connection.ts";
import { describeOnCluster } from "../../support/cluster/describe-on-cluster.ts";

const SECRET_VALUE = "hunter2-canary";

await describeOnCluster("writes that a cluster refuses", "controllers", (cluster) => {
  let connection: ClusterConnection;
  beforeAll(() => {
    connection = connectTo(cluster());
  });
  afterAll(async () => {
    await connection.close();
  });
  const secret = (fields: JsonObject, name = "credentials") =>
    manifestOf({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "default" }, ...fields });

  it("says which field is unknown", async () => {
    const target = deployment("default", "odd", { unknownField: "x" });
    const failure = await failureOf(connection.writes.apply(target, STRICT));
    expect(failure).toMatchObject({ reason: "ApplyRejected" });
    expect(failure.remedy).toMatch(/unknownField/);
    expect(await reasonOf(connection.writes.create(target, STRICT))).toBe("ApplyRejected");
  });

  it.for(["apply", "create"] as const)("leaves an unknown field out of a lenient %s", async (verb) => {
    const target = deployment("default", `lenient-${verb}`, { unknownField: "x" });
    const { object, uid } = await connection.writes[verb](target, LENIENT);
    expect(uid).not.toBe("");
    expect(object["spec"]).not.toHaveProperty("unknownField");
  });

  it("says which value is invalid", async () => {
    const target = deployment("default", "negative");
    const object = { ...target.object, spec: { ...(target.object["spec"] as JsonObject), replicas: -1 } };
    const failure = await failureOf(connection.dryRun.dryRunApply({ ...target, object }, STRICT));
    expect(failure).toMatchObject({
      reason: "ApplyRejected",
      title: "The cluster rejected Deployment default/negative",
    });
    expect(failure.remedy).toMatch(/spec\.replicas.*-1/);
  });

  it.for([
    { what: "a number for data", fields: { data: { password: 918273645 } }, canary: "918273645" },
    { what: "data that is no base64", fields: { data: { password: `${SECRET_VALUE}!` } } },
    { what: "a list for data", fields: { data: [SECRET_VALUE] } },
    { what: "text for data", fields: { data: SECRET_VALUE } },
    { what: "a nested map", fields: { stringData: { deep: { password: SECRET_VALUE } } } },
    { what: "a key that is not allowed", fields: { stringData: { "no spaces!": SECRET_VALUE } } },
    {
      what: "a type that asks for other keys",
      fields: { type: "kubernetes.io/tls", stringData: { a: SECRET_VALUE } },
    },
    {
      what: "a docker configuration that is none",
      fields: {
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": `{${SECRET_VALUE}` },
      },
    },
    { what: "a last-applied copy and bad data", fields: { data: { password: "*" } }, annotated: true },
  ])(
    "T118 tells why a Secret is rejected without its values: $what",
    async ({ fields, canary, annotated }) => {
      const target = secret(fields as JsonObject);
      const annotations = annotated === true ? { annotations: { copy: SECRET_VALUE } } : {};
      const object = {
        ...target.object,
        metadata: { ...(target.object["metadata"] as JsonObject), ...annotations },
      };
      for (const attempt of [
        () => connection.writes.apply({ ...target, object }, STRICT),
        () => connection.dryRun.dryRunApply({ ...target, object }, STRICT),
        () => connection.writes.create({ ...target, object }, STRICT),
      ]) {
        const failure = await failureOf(attempt());
        expect(failure).toMatchObject({ reason: "ApplyRejected" });
        expect(JSON.stringify([failure.title, failure.remedy, failure])).not.toContain(
          canary ?? SECRET_VALUE,
        );
        expect(failure.remedy).not.toContain(Buffer.from(SECRET_VALUE).toString("base64"));
      }
    },
  );

  it("says what it may not do, by name", async () => {
    const restricted = connectTo(cluster(), {
      signIn: { headers: { authorization: `Bearer ${cluster().tokens.restricted}` } },
    });
    const failure = await failureOf(restricted.writes.apply(configMap("default", "settings"), STRICT));
    expect(failure).toMatchObject({
      reason: "ClusterDenied",
      title: "Cluster `test` does not permit us to patch ConfigMap default/settings",
    });
    expect(await reasonOf(restricted.live.watch([{ group: "", kind: "ConfigMap" }]))).toBe("ClusterDenied");
    const key = configMap("default", "settings").key;
    expect(await reasonOf(restricted.reads.get(key))).toBe("ClusterDenied");
    await restricted.close();
  });

  it("tells a namespace that is going from one that is missing", async () => {
    await cluster().admin("POST", "/api/v1/namespaces", {
      metadata: { name: "going" },
      spec: { finalizers: ["kubernetes"] },
    });
    const held = { name: "held", finalizers: ["example.com/hold"] };
    await cluster().admin("POST", "/api/v1/namespaces/going/configmaps", { metadata: held });
    await cluster().admin("DELETE", "/api/v1/namespaces/going");
    expect(await reasonOf(connection.writes.apply(configMap("going", "new"), STRICT))).toBe(
      "NamespaceTerminating",
    );
    await connection.writes.patchMetadata(configMap("going", "held").key, { finalizers: null });
    await expect
      .poll(() => reasonOf(connection.writes.apply(configMap("going", "new"), STRICT)), { timeout: 20_000 })
      .toBe("NamespaceMissing");
  });

  describe("T261 admission webhooks", () => {
    let stop: () => Promise<void>;
    const root = "/apis/admissionregistration.k8s.io/v1";
    beforeAll(async () => {
      const { url, caBundle, close } = await startWebhook();
      stop = close;
      const webhook = (name: string) => ({
        name: `${name}.example.com`,
        clientConfig: { url: `${url}/${name}`, caBundle },
        rules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            resources: ["configmaps"],
            operations: ["CREATE", "UPDATE"],
          },
        ],
        objectSelector: { matchExpressions: [{ key: "webhooks", operator: "Exists" }] },
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
      });
      const metadata = { name: "test" };
      const [mutate, validate] = [[webhook("mutate")], [webhook("validate")]];
      await cluster().admin("POST", `${root}/mutatingwebhookconfigurations`, { metadata, webhooks: mutate });
      await cluster().admin("POST", `${root}/validatingwebhookconfigurations`, {
        metadata,
        webhooks: validate,
      });
    });
    afterAll(async () => {
      for (const kind of ["mutating", "validating"])
        await cluster().admin("DELETE", `${root}/${kind}webhookconfigurations/test`);
      await stop();
    });
    const labelled = (name: string) => {
      const { object } = configMap("default", name, { data: { colour: "blue" } });
      return manifestOf({ ...object, metadata: { name, namespace: "default", labels: { webhooks: "yes" } } });
    };

    it("rewrite an object once, and a second apply changes nothing", async () => {
      // The server reads its webhooks a moment after they were written.
      const injectsNow = async () =>
        labelsOf(await connection.dryRun.dryRunApply(labelled("fine"), STRICT))["injected"];
      await expect.poll(injectsNow, { timeout: 10_000 }).toBe("by-webhook");
      const first = await connection.writes.apply(labelled("fine"), STRICT);
      expect((await connection.writes.apply(labelled("fine"), STRICT)).resourceVersion).toBe(
        first.resourceVersion,
      );
      expect(labelsOf(first)["injected"]).toBe("by-webhook");
    });

    it("deny one of seven, in their own words", async () => {
      const names = ["one", "two", "three", "forbidden", "five", "six", "seven"];
      const outcomes = await Promise.all(
        names.map((name) => reasonOf(connection.writes.apply(labelled(name), STRICT))),
      );
      expect(outcomes.filter((outcome) => outcome === "it succeeded")).toHaveLength(6);
      const failure = await failureOf(connection.writes.apply(labelled("forbidden"), STRICT));
      expect(failure).toMatchObject({ reason: "ApplyRejected" });
      expect(failure.remedy).toContain("not on a Friday");
      expect(failure.remedy).not.toContain("\u001b");
    });
  });
});

async function failureOf(operation: Promise<unknown>): Promise<OperationError> {
  const error = await operation.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (error instanceof OperationError) return error;
  throw new Error(`Not refused, or for no reason of ours: ${String(error)}`);
}

/** `/mutate` adds a label, `/validate` denies what is called `forbidden`. */
async function startWebhook(): Promise<{ url: string; caBundle: string; close: () => Promise<void> }> {
  const authority = createCertificate("webhook authority", { isAuthority: true });
  const { cert, key } = createCertificate("webhook", { issuer: authority, addresses: ["127.0.0.1"] });
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const review = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
        request: { uid: string; name: string };
      };
      const { uid, name } = review.request;
      const answer = request.url?.startsWith("/mutate") === true ? mutation(uid) : verdict(uid, name);
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caBundle: Buffer.from(authority.cert).toString("base64"),
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function mutation(uid: string): unknown {
  const patch = [{ op: "add", path: "/metadata/labels/injected", value: "by-webhook" }];
  return {
    uid,
    allowed: true,
    patchType: "JSONPatch",
    patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
  };
}

function verdict(uid: string, name: string): unknown {
  if (name !== "forbidden") return { uid, allowed: true };
  return { uid, allowed: false, status: { message: "\u001b[31mnot on a Friday\u001b[0m" } };
}
