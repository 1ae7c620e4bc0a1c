import { describe, expect, it } from "vitest";

import type { ClusterCredentials } from "../../../src/domain/cluster-credentials.ts";
import type { GitCredential } from "../../../src/domain/git-credential.ts";
import { createExit } from "../../../src/report/exit.ts";
import { secretsOf } from "../../../src/wiring/secrets.ts";

function leaks(
  { git = {}, cluster = {} }: { readonly git?: GitCredential; readonly cluster?: ClusterCredentials },
  said: string,
): boolean {
  const url = "https://git.example.com";
  const secrets = secretsOf({
    repositories: [],
    repositoryTemplates: [{ url, name: "", type: "git", project: "", git }],
    clusters: [
      {
        cluster: { name: "a", server: "https://a", namespaces: [], clusterResources: true, project: "" },
        credentials: cluster,
      },
    ],
  });
  const { scrub } = createExit({ credentials: () => secrets });
  return scrub(`before ${said} after`).includes(said);
}

const CANARY = "canary 7c1f ü";
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("T143 what the control plane holds does not leave", () => {
  it.for<{ what: string; git?: GitCredential; cluster?: ClusterCredentials; said?: string }>([
    { what: "a password", git: { login: { kind: "basic", username: "u", password: CANARY } } },
    {
      what: "a password, as it travels",
      git: { login: { kind: "basic", username: "user", password: CANARY } },
      said: base64(`user:${CANARY}`).replace(/=+$/, ""),
    },
    { what: "a token", git: { login: { kind: "bearer", token: CANARY } } },
    { what: "an ssh key", git: { login: { kind: "sshKey", privateKey: CANARY } } },
    { what: "a certificate's key", git: { clientCertificate: { certificate: "", key: CANARY } } },
    { what: "a proxy's password", git: { proxy: "http://u:canary%2B7c1f@proxy:1" }, said: "canary%2B7c1f" },
    {
      what: "a proxy's password, decoded",
      git: { proxy: "http://u:canary%2B7c1f@p:1" },
      said: "canary+7c1f",
    },
    { what: "a cluster's token", cluster: { bearerToken: CANARY } },
    { what: "a cluster's password", cluster: { username: "u", password: CANARY } },
    {
      what: "a cluster's key",
      cluster: { tlsClientConfig: { keyData: base64(CANARY) } },
      said: base64(CANARY),
    },
    { what: "a cluster's key, decoded", cluster: { tlsClientConfig: { keyData: base64(CANARY) } } },
  ])("$what", ({ said = CANARY, ...held }) => {
    expect(leaks({}, said)).toBe(true);
    expect(leaks(held, said)).toBe(false);
  });
});
