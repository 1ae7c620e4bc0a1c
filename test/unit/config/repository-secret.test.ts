import { describe, expect, it } from "vitest";

import { parseRepositorySecret, parseRepositoryTemplate } from "../../../src/config/repository-secret.ts";
import { brief, manifest } from "../../support/definitions.ts";

function secret(data: string, field = "stringData") {
  return manifest(`apiVersion: v1\nkind: Secret\nmetadata: {name: repo}\n${field}: {${data}}\n`);
}
const URL = "url: https://github.com/acme/shop";
const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----";

describe("parseRepositorySecret", () => {
  it.for([
    ["", {}],
    ["username: u, password: p", { login: { kind: "basic", username: "u", password: "p" } }],
    ["password: p", { login: { kind: "basic", username: "", password: "p" } }],
    ["bearerToken: t", { login: { kind: "bearer", token: "t" } }],
    [`sshPrivateKey: ${KEY}`, { login: { kind: "sshKey", privateKey: KEY } }],
    [
      `sshPrivateKey: ${KEY}, bearerToken: t, password: p`,
      { login: { kind: "basic", username: "", password: "p" } },
    ],
    ["tlsClientCertData: c, tlsClientCertKey: k", { clientCertificate: { certificate: "c", key: "k" } }],
    ["insecure: 'true'", { isInsecure: true }],
    ["insecureIgnoreHostKey: '1'", { isInsecure: true }],
    ["insecure: 'false'", {}],
    ["proxy: http://proxy:3128, noProxy: 'a,b'", { proxy: "http://proxy:3128", noProxy: "a,b" }],
  ] as const)("reads `%s`", ([data, git]) => {
    const { repository, problems } = parseRepositorySecret(secret(`${URL}, ${data}`));
    expect(problems).toEqual([]);
    expect(repository).toEqual({
      url: "https://github.com/acme/shop",
      name: "",
      type: "git",
      project: "",
      git,
    });
  });

  it("reads base64 in data, which stringData overrides", () => {
    const yaml = [
      "apiVersion: v1",
      "kind: Secret",
      "metadata: {name: repo}",
      "data:",
      `  url: ${btoa("https://github.com/acme/other")}`,
      "  password: |",
      `    ${btoa("long password")}`,
      "  username: null",
      `stringData: {${URL}}`,
    ].join("\n");
    const { repository, problems } = parseRepositorySecret(manifest(yaml));
    expect(problems).toEqual([]);
    expect(repository).toMatchObject({
      url: "https://github.com/acme/shop",
      git: { login: { password: "long password", username: "" } },
    });
  });

  it("reads the login of another GitHub App", () => {
    const data = `${URL}, githubAppID: '12', githubAppInstallationID: '34', githubAppPrivateKey: pem`;
    expect(parseRepositorySecret(secret(data)).repository?.githubApp).toEqual({
      appId: "12",
      installationId: "34",
      privateKey: "pem",
      baseUrl: "",
    });
  });

  it.for([
    ["type: helm, name: charts", "helm"],
    ["enableOCI: 'true'", "oci"],
    ["type: git", "git"],
  ] as const)("reads the type of `%s`", ([data, type]) => {
    expect(parseRepositorySecret(secret(`${URL}, ${data}`)).repository?.type).toBe(type);
  });

  it("takes an oci URL without a type for oci", () => {
    expect(parseRepositorySecret(secret("url: oci://registry.example/x")).repository?.type).toBe("oci");
  });

  it.for([
    ["project: team", "error stringData.url `url` of the Secret is missing"],
    [
      "url: 'https://u:p@github.com/a/b'",
      "error stringData.url `url` of the Secret is not a repository URL that may be used: it contains a user name or password; put credentials into a repository Secret",
    ],
    [
      "url: 'ext::sh -c x'",
      "error stringData.url `url` of the Secret is not a repository URL that may be used: it contains white space or a backslash",
    ],
    [
      `${URL}, username: u`,
      "error stringData.password `password` of the Secret is missing: a user name alone is no login",
    ],
    [
      `${URL}, insecure: maybe`,
      "error stringData.insecure `insecure` of the Secret is neither `true` nor `false`",
    ],
    [`${URL}, insecure: true`, "error stringData.insecure `insecure` of the Secret is not a text"],
    [
      `${URL}, tlsClientCertData: c`,
      "error stringData.tlsClientCertKey `tlsClientCertKey` of the Secret is missing: a client certificate needs both its halves",
    ],
    [`${URL}, type: svn`, "error stringData.type `type` of the Secret is neither `git`, `helm` nor `oci`"],
    [
      `${URL}, proxy: 'file:///x'`,
      "error stringData.proxy `proxy` of the Secret is not the URL of an http, https or socks5 proxy",
    ],
    [
      `${URL}, gcpServiceAccountKey: x`,
      "error stringData.gcpServiceAccountKey `gcpServiceAccountKey` of the Secret is of a login that is not supported yet",
    ],
    [
      `${URL}, useAzureWorkloadIdentity: 'true'`,
      "error stringData.useAzureWorkloadIdentity `useAzureWorkloadIdentity` of the Secret is of a login that is not supported yet",
    ],
    [
      `${URL}, githubAppID: abc, githubAppPrivateKey: x`,
      "error stringData.githubAppID `githubAppID` of the Secret is not the number of a GitHub App",
    ],
    [
      `${URL}, githubAppID: '1'`,
      "error stringData.githubAppPrivateKey `githubAppPrivateKey` of the Secret is missing",
    ],
  ] as const)("refuses `%s`", ([data, said]) => {
    const { repository, problems } = parseRepositorySecret(secret(data));
    expect(repository).toBeUndefined();
    expect(brief(problems).map((line) => line.replace(/``/g, ""))).toContain(said.replace(/``/g, ""));
  });

  it("names a key it does not know, and what LFS means here", () => {
    const { repository, problems } = parseRepositorySecret(
      secret(`${URL}, pasword: hunter2, enableLfs: 'true'`),
    );
    expect(repository?.git.login).toBeUndefined();
    expect(problems.map(({ reason, field }) => `${reason} ${field}`)).toEqual([
      "FieldNotHonoured stringData.enableLfs",
      "FieldUnknown stringData.pasword",
    ]);
  });

  it("names a value that is not base64, and an encrypted Secret", () => {
    expect(brief(parseRepositorySecret(secret("password: '%%%'", "data")).problems)).toContain(
      "error data.password `password` of the Secret is not text in base64",
    );
    const sops = manifest(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: r}\nstringData: {url: 'ENC[x]'}\nsops: {}\n",
    );
    expect(parseRepositorySecret(sops).problems.map(({ title }) => title)).toEqual([
      "`sops` of the Secret says that it is encrypted: decrypt it before it gets here",
    ]);
  });

  it("never says what is in a Secret", () => {
    const canary = "hunter2canary";
    const data = `url: ${canary}, type: ${canary}, insecure: ${canary}, proxy: ${canary}, githubAppID: ${canary}, password: ${canary}`;
    const { problems } = parseRepositorySecret(secret(data));
    expect(problems.length).toBeGreaterThan(4);
    expect(JSON.stringify(problems)).not.toContain(canary);
  });
});

describe("parseRepositoryTemplate", () => {
  it.for([
    "https://github.com/acme/",
    "https://github.com",
    "git@github.com:acme",
    "ssh://git@git.example:2222/team",
  ])("takes %s for a prefix", (url) => {
    const { repository, problems } = parseRepositoryTemplate(
      secret(`url: '${url}', password: p, azureServicePrincipalTenantID: ''`),
    );
    expect(problems).toEqual([]);
    expect(repository).toMatchObject({ url, name: "", project: "", git: { login: { kind: "basic" } } });
  });
});
