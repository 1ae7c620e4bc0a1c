import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMask, type DisplayableManifest, maskText } from "../../../src/domain/displayable-manifest.ts";
import { type JsonObject, type JsonValue, stringifyJson } from "../../../src/domain/json.ts";
import { manifestOf } from "../../../src/domain/manifest.ts";

const CANARY = "hunter2-canary";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function secret(fields: JsonObject, name = "db"): JsonObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "shop" }, ...fields };
}

function configMap(data: JsonObject, name = "db"): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop" }, data };
}

function shown(object: JsonObject): JsonObject {
  return createMask().displayable(manifestOf(object)).object;
}

function text(manifests: readonly DisplayableManifest[]): string {
  return manifests.map(({ object }) => stringifyJson(object)).join("\n");
}

describe("createMask", () => {
  it("labels equal values alike, however they are written, and others apart", () => {
    const data = { a: base64("one"), b: base64("two"), c: base64("one") };
    expect(shown(secret({ data, stringData: { d: "two" } }))).toMatchObject({
      data: { a: "value A", b: "value B", c: "value A" },
      stringData: { d: "value B" },
    });
  });

  it("keeps values of different bytes apart that read alike as text", () => {
    const data = { a: Buffer.from([0xff]).toString("base64"), b: Buffer.from([0xfe]).toString("base64") };
    expect(shown(secret({ data }))["data"]).toEqual({ a: "value A", b: "value B" });
  });

  it("keeps labels through a whole report and goes on after Z", () => {
    const mask = createMask();
    const values = Array.from({ length: 28 }, (_, index) => [`k${index}`, base64(`v${index}`)]);
    const first = mask.displayable(manifestOf(secret({ data: Object.fromEntries(values) as JsonObject })));
    expect(first.object["data"]).toMatchObject({ k0: "value A", k25: "value Z", k26: "value AA" });
    const second = mask.displayable(manifestOf(secret({ stringData: { x: "v26" } })));
    expect(second.object["stringData"]).toEqual({ x: "value AA" });
  });

  it.for<{ name: string; fields: JsonObject }>([
    { name: "an integer", fields: { data: { a: 1234567890123 } } },
    { name: "bad base64", fields: { data: { a: CANARY } } },
    { name: "a list for data", fields: { data: [CANARY] } },
    { name: "text for data", fields: { data: CANARY } },
    { name: "a nested map", fields: { data: { a: { b: { c: CANARY } } } } },
    { name: "null beside values", fields: { data: null, stringData: { a: CANARY } } },
    { name: "a field that Secrets do not have", fields: { value: CANARY, Data: { a: CANARY } } },
    { name: "a list for its type", fields: { type: [CANARY] } },
    { name: "text for metadata", fields: { metadata: CANARY } },
  ])("T114 shows nothing of a Secret with $name", ({ fields }) => {
    const result = stringifyJson(shown(secret(fields)));
    expect(result).not.toContain(CANARY);
    expect(result).not.toContain("1234567890123");
  });

  it.for(["shop:/Secret:shop/db", "shop:external-secrets.io/ExternalSecret:shop/api-token"])(
    "shows the tracking id %s, which names a Secret and holds none",
    (trackingId) => {
      const annotations = { "argocd.argoproj.io/tracking-id": trackingId };
      const object = secret({ metadata: { name: "db", annotations }, data: { a: base64(CANARY) } });
      expect(shown(object)).toMatchObject({ metadata: { annotations }, data: { a: "value A" } });
    },
  );

  it("T116 shows no value where a tracking id should be", () => {
    const annotations = { "argocd.argoproj.io/tracking-id": `secret: ${CANARY}` };
    expect(stringifyJson(shown(secret({ metadata: { name: "db", annotations } })))).not.toContain(CANARY);
  });

  it("T116 shows the last-applied copy of no Secret", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": `{"data":{"a":"${CANARY}"}}` };
    const object = secret({ metadata: { name: "db", annotations } });
    expect(stringifyJson(shown(object))).not.toContain(CANARY);
  });

  it("T122 masks every kind of core Secret", () => {
    const types = ["Opaque", "kubernetes.io/dockerconfigjson", "kubernetes.io/tls", "helm.sh/release.v1"];
    for (const type of types) {
      const result = shown(secret({ type, data: { a: base64(CANARY) } }));
      expect(result).toMatchObject({ type, data: { a: "value A" } });
    }
  });

  it.for<{ name: string; object: JsonObject }>([
    { name: "a List", object: { apiVersion: "v1", kind: "List", items: [secret({ data: { a: CANARY } })] } },
    {
      name: "a List of Secrets gone wrong",
      object: { apiVersion: "v1", kind: "List", items: [{ kind: "Secret", apiVersion: "v1", x: CANARY }] },
    },
    {
      name: "a SecretList",
      object: { apiVersion: "v1", kind: "SecretList", items: [{ data: { a: CANARY } }] },
    },
    {
      name: "a custom resource",
      object: {
        apiVersion: "x.io/v1",
        kind: "Bundle",
        spec: { objects: [secret({ stringData: { a: CANARY } })] },
      },
    },
    {
      name: "a ConfigMap as text",
      object: configMap({
        "s.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {}\nstringData:\n  a: ${CANARY}\n`,
      }),
    },
  ])("T123 masks Secrets inside of $name", ({ object }) => {
    expect(stringifyJson(shown(object))).not.toContain(CANARY);
  });

  it("leaves references to Secrets, and kinds of that name in other groups, readable", () => {
    const reference = { apiVersion: "x.io/v1", kind: "A", spec: { from: { kind: "Secret", name: "db" } } };
    expect(shown(reference)).toBe(reference);
    const other = { apiVersion: "x.io/v1", kind: "Secret", spec: { path: "kv/db" } };
    expect(shown(other)).toBe(other);
  });

  it.for(["before", "after"] as const)("T124 masks a ConfigMap whose name is a Secret's %s", (secretSide) => {
    const sides = {
      before: [manifestOf(configMap({ a: CANARY }))],
      after: [manifestOf(secret({ data: { a: base64(CANARY) } }))],
    };
    const { before, after } = createMask().sides(
      secretSide === "after" ? sides : { before: sides.after, after: sides.before },
    );
    expect(text([...before, ...after])).not.toMatch(CANARY);
    expect(text(before)).toContain("value A");
    expect(text(after)).toContain("value A");
  });

  it("masks only what has a Secret's own name", () => {
    const { before } = createMask().sides({
      before: [manifestOf(configMap({ a: "x" }, "other"))],
      after: [manifestOf(secret({}))],
    });
    expect(before[0]?.object["data"]).toEqual({ a: "x" });
  });

  it("masks nothing else because of a Secret whose kind is misspelt", () => {
    const misspelt = manifestOf({ ...secret({ data: { a: CANARY } }), kind: "secret" });
    const bystander = manifestOf(pod({ image: "web:1" }));
    const { before } = createMask().sides({ before: [misspelt, bystander], after: [] });
    expect(text(before)).not.toContain(CANARY);
    expect(text(before)).toContain("web:1");
  });

  it("drops from both sides what is the same text on either", () => {
    const same = { ...manifestOf(configMap({ a: "1" }, "same")), digest: "aa" };
    const old = { ...manifestOf(configMap({ a: "1" })), digest: "bb" };
    const changed = { ...manifestOf(configMap({ a: "2" })), digest: "cc" };
    const undigested = { ...manifestOf(configMap({ a: "1" }, "undigested")), digest: "" };
    const { before, after } = createMask().sides({
      before: [same, old, undigested],
      after: [undigested, changed, same],
    });
    expect(before.map(({ key }) => key.name)).toEqual(["db", "undigested"]);
    expect(after.map(({ key }) => key.name)).toEqual(["undigested", "db"]);
  });

  it.for<{ what: string; object: JsonObject; stays?: string }>([
    {
      what: "a ConfigMap's key",
      object: configMap({ DB_PASSWORD: CANARY, HOST: "db" }),
      stays: '"HOST":"db"',
    },
    {
      what: "a properties file",
      object: configMap({ "app.properties": `user=me\npassword=${CANARY}\n` }),
      stays: "user=me",
    },
    {
      what: "a YAML file",
      object: configMap({ "app.yaml": `db:\n  password: "${CANARY}"\n` }),
      stays: "db:",
    },
    {
      what: "a private key",
      object: configMap({
        pem: `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n-----END RSA PRIVATE KEY-----\nrest`,
      }),
      stays: "rest",
    },
    { what: "a variable", object: pod({ env: [{ name: "API_TOKEN", value: CANARY }] }), stays: "API_TOKEN" },
    { what: "an argument", object: pod({ args: ["serve", `--password=${CANARY}`] }), stays: "--password=" },
    { what: "the argument after its flag", object: pod({ args: ["--db-password", CANARY] }) },
    { what: "a URL", object: pod({ args: [`postgres://me:${CANARY}@db/shop`] }), stays: "@db/shop" },
    {
      what: "a custom resource's password",
      object: { apiVersion: "x/v1", kind: "A", adminPassword: CANARY },
    },
  ])("T121 masks $what", ({ object, stays = "" }) => {
    const result = stringifyJson(shown(object));
    expect(result).not.toContain(CANARY);
    expect(result).toContain("value A");
    expect(result).toContain(stays);
  });

  it("leaves references and everyday fields alone", () => {
    const object = pod({
      env: [
        { name: "DB_PASSWORD", value: "$(OTHER)" },
        { name: "HOST", value: "db" },
      ],
      args: ["--token-ttl=5m", "https://example.com/a@b"],
      volumes: [{ name: "v", secret: { secretName: "db" } }],
    });
    expect(shown(object)).toBe(object);
  });

  it("is total for what is nested without end", () => {
    let deep: JsonValue = "bottom";
    for (let level = 0; level < 5_000; level += 1) deep = { a: deep };
    expect(stringifyJson(shown({ apiVersion: "v1", kind: "Pod", deep }))).toContain("nested too deeply");
    expect(stringifyJson(shown(secret({ data: deep })))).not.toContain("bottom");
  });

  it("T311 shows no value of any Secret, twice over the same, and never throws", () => {
    const values = fc.oneof(
      fc.string({ minLength: 6 }),
      fc.jsonValue(),
      fc.dictionary(fc.string(), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), values), fc.string({ minLength: 6 }), (data, planted) => {
        const canary = `<<${planted}>>`;
        const fields = { data: { ...data, planted: base64(canary), raw: canary } as JsonObject };
        const once = shown(secret({ ...fields, stringData: { planted: canary } }));
        expect(stringifyJson(once)).not.toContain(JSON.stringify(canary).slice(1, -1));
        expect(stringifyJson(once)).not.toContain(base64(canary));
        expect(stringifyJson(shown(once))).toBe(stringifyJson(once));
      }),
    );
  });
});

describe("messages", () => {
  it("T118 repeats no value that the mask has met", () => {
    const mask = createMask();
    mask.displayable(manifestOf(secret({ data: { a: base64(CANARY) } })));
    expect(mask.text(`denied: ${CANARY} is not ${base64(CANARY)}`)).toBe("denied: value A is not value A");
  });

  it("leaves nothing of a value standing that begins like another one", () => {
    const mask = createMask();
    mask.displayable(manifestOf(secret({ stringData: { short: "hunter", long: "hunter2-canary" } })));
    expect(mask.text("got hunter2-canary")).toBe("got value B");
  });

  it.for([
    { message: `Secret "db" is invalid: data[a]: Invalid value: "${CANARY}": too long` },
    { message: `admission denied: map[a:${CANARY} b:[x]]` },
    { message: `data.a: Invalid value: ${CANARY}: must be text` },
    { message: `unterminated "${CANARY}` },
  ])("T118 repeats nothing that was quoted from a Secret: $message", ({ message }) => {
    const key = { group: "", kind: "Secret", namespace: "shop", name: "db" };
    expect(createMask().textAbout(key, message)).not.toContain(CANARY);
    expect(createMask().textAbout({ ...key, kind: "Pod" }, message)).toContain(CANARY);
  });

  it.for([
    { message: `clone of https://me:${CANARY}@example.com/a.git failed`, hides: CANARY },
    { message: `clone of https://${CANARY}@example.com/a.git failed`, hides: CANARY },
    { message: `Authorization: Bearer ${CANARY}-000000000`, hides: CANARY },
    { message: `bad token ghs_${"a1".repeat(18)}`, hides: "a1a1" },
    { message: `bad token github_pat_${"a1".repeat(18)}`, hides: "a1a1" },
    { message: `key AKIA${"A1".repeat(8)} unknown`, hides: "A1A1" },
    { message: `login with password=${CANARY} failed`, hides: CANARY },
    { message: `jwt eyJhbGciOiJ.eyJzdWIiOiJ.${CANARY}`, hides: CANARY },
  ])("T119 hides the credential in: $message", ({ message, hides }) => {
    expect(maskText(message)).not.toContain(hides);
    expect(maskText(message)).toContain("•••");
    expect(maskText(maskText(message))).toBe(maskText(message));
  });

  it.for([
    "spec.token: Invalid value: must be set",
    "secrets is forbidden: User cannot list",
    "see https://example.com/docs#secret",
    "Basic authentication-is-required",
  ])("leaves %s as it is", (message) => {
    expect(maskText(message)).toBe(message);
  });

  it("takes time in proportion to hostile text", { timeout: 60_000 }, () => {
    const hostile = ["password=", "a:// @", "-----BEGIN PRIVATE KEY-----", "eyJ", "secret   :", "x-y.z_"];
    for (const piece of hostile) expect(maskText(piece.repeat(200_000 / piece.length))).not.toBe("");
  });
});

function pod(container: JsonObject): JsonObject {
  const metadata = { name: "web", namespace: "shop" };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ name: "main", ...container }] } };
}
