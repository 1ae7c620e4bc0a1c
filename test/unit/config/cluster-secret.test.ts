import { describe, expect, it } from "vitest";

import { parseClusterSecret } from "../../../src/config/cluster-secret.ts";
import { manifest } from "../../support/definitions.ts";

function parse(data: Readonly<Record<string, string>>) {
  const yaml = `apiVersion: v1\nkind: Secret\nmetadata: {name: prod}\nstringData: ${JSON.stringify(data)}\n`;
  return parseClusterSecret(manifest(yaml));
}
const PROD = { name: "prod", server: "https://prod.example:6443/" };

describe("parseClusterSecret", () => {
  it("reads a cluster", () => {
    const { cluster, problems } = parse({
      ...PROD,
      config: '{"bearerToken": "t", "tlsClientConfig": {"insecure": false, "caData": "Y2E="}}',
      namespaces: "a, b,",
      clusterResources: "true",
      project: "team",
      shard: "1",
    });
    expect(problems).toEqual([]);
    expect(cluster).toEqual({
      cluster: {
        name: "prod",
        server: "https://prod.example:6443",
        namespaces: ["a", "b"],
        clusterResources: true,
        project: "team",
      },
      credentials: { bearerToken: "t", tlsClientConfig: { caData: "Y2E=" } },
    });
  });

  it("calls a cluster without a name by its server", () => {
    expect(parse({ server: "https://Prod.example:443" }).cluster?.cluster.name).toBe("https://prod.example");
  });

  it.for([
    [{ name: "a" }, "server"],
    [{ server: "prod" }, "server"],
    [{ server: "ftp://prod" }, "server"],
    [{ server: "https://u:hunter2@prod" }, "server"],
    [{ ...PROD, config: "{hunter2" }, "config"],
    [{ ...PROD, config: "[]" }, "config"],
    [{ ...PROD, config: '{"bearerToken": 12345}' }, "config"],
    [{ ...PROD, config: '{"tlsClientConfig": "hunter2"}' }, "config"],
    [{ ...PROD, config: '{"tlsClientConfig": {"insecure": true, "caData": "x"}}' }, "config"],
    [{ ...PROD, config: '{"tlsClientConfig": {"certData": "hunter2"}}' }, "config"],
  ] as const)("refuses %o without repeating it", ([data, key]) => {
    const { cluster, problems } = parse(data);
    expect(cluster).toBeUndefined();
    expect(problems).toMatchObject([{ reason: "SecretInvalid", field: `stringData.${key}` }]);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|12345/);
  });

  it.for([
    ['{"execProviderConfig": {"command": "sh", "args": ["-c", "x"]}}', "execProviderConfig"],
    ['{"awsAuthConfig": {"clusterName": "x"}}', "awsAuthConfig"],
    ['{"proxyUrl": "http://proxy"}', "proxyUrl"],
  ] as const)("keeps a cluster whose credentials are refused, and says why: %s", ([config, field]) => {
    const { cluster, problems } = parse({ ...PROD, config });
    expect(cluster?.cluster.name).toBe("prod");
    expect(cluster?.credentials).toHaveProperty(field);
    expect(problems).toMatchObject([{ reason: "ClusterCredentialsRefused", severity: "error" }]);
    expect(problems[0]?.title).toContain(field);
  });

  it("warns of what it does not know", () => {
    const { cluster, problems } = parse({ ...PROD, config: '{"bearerTokn": "hunter2"}', namespace: "a" });
    expect(cluster).toBeDefined();
    expect(problems.map(({ field }) => field)).toEqual([
      "stringData.config.bearerTokn",
      "stringData.namespace",
    ]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});
