import type { ConfigProblem } from "../domain/control-plane.ts";
import type { GitCredential, GitLogin } from "../domain/git-credential.ts";
import type { GitHubAppCredential, RepositoryCredential } from "../domain/repository-credentials.ts";
import { isProxyUrl, parseRepositoryUrl } from "../domain/repository-url.ts";
import type { DefinitionDocument } from "./definition-document.ts";
import { present } from "./fields.ts";
import { readSecretData, type SecretData } from "./secret-data.ts";

export interface RepositorySecretReading {
  readonly repository?: RepositoryCredential;
  readonly problems: readonly ConfigProblem[];
}

/** Kinds of login that Argo CD knows and we do not yet. Templates spell the last letters of two of them otherwise. */
const REFUSED_LOGINS = [
  "gcpServiceAccountKey",
  "azureServicePrincipalClientId",
  "azureServicePrincipalClientID",
  "azureServicePrincipalClientSecret",
  "azureServicePrincipalTenantId",
  "azureServicePrincipalTenantID",
  "azureActiveDirectoryEndpoint",
];

/** Settings that change nothing here: a mirror is whole, and basic authentication is sent at once. */
const WITHOUT_EFFECT = [
  "depth",
  "forceHttpBasicAuth",
  "webhookManifestCacheWarmDisabled",
  "insecureOCIForceHttp",
];

/** A `repository` Secret (argocd-behaviour §9.2). */
export function parseRepositorySecret(document: DefinitionDocument): RepositorySecretReading {
  return parse(document, { isTemplate: false });
}

/** A `repo-creds` Secret: its URL is a prefix, and it has neither name nor project. */
export function parseRepositoryTemplate(document: DefinitionDocument): RepositorySecretReading {
  return parse(document, { isTemplate: true });
}

function parse(
  document: DefinitionDocument,
  { isTemplate }: { readonly isTemplate: boolean },
): RepositorySecretReading {
  const data = readSecretData(document);
  const url = data.text("url").trim();
  const type = readType(data, url);
  checkUrl(data, { url, type, isTemplate });
  const git = readGit(data);
  const githubApp = readGitHubApp(data);
  const name = isTemplate ? "" : data.text("name");
  const project = isTemplate ? "" : data.text("project");
  refuseLogins(data);
  for (const key of WITHOUT_EFFECT) data.text(key);
  if (data.flag("enableLfs")) {
    data.notes.notHonoured(["stringData", "enableLfs"], "Files kept in LFS are read as their pointers");
  }
  data.done();
  if (data.hasErrors()) return { problems: data.problems };
  const repository = present<RepositoryCredential>({ url, name, type, project, git, githubApp });
  return { repository, problems: data.problems };
}

function readType(data: SecretData, url: string): RepositoryCredential["type"] {
  const type = data.text("type").trim();
  if (type === "helm" || type === "oci" || type === "git") return type;
  if (type !== "") data.invalid("type", "is neither `git`, `helm` nor `oci`");
  return data.flag("enableOCI") || url.startsWith("oci://") ? "oci" : "git";
}

function checkUrl(
  data: SecretData,
  { url, type, isTemplate }: { readonly url: string; readonly type: string; readonly isTemplate: boolean },
): void {
  if (url === "") data.invalid("url", "is missing");
  if (url === "" || type !== "git") return;
  // A prefix may end in the middle of a path; what it makes with a repository's name behind it must be a URL.
  const parsed = parseRepositoryUrl(isTemplate ? `${url.replace(/\/$/, "")}/repository` : url);
  if (parsed.kind === "refused")
    data.invalid("url", `is not a repository URL that may be used: ${parsed.problem}`);
}

function readGit(data: SecretData): GitCredential {
  const certificate = data.text("tlsClientCertData");
  const key = data.text("tlsClientCertKey");
  if ((certificate === "") !== (key === "")) {
    const missing = certificate === "" ? "tlsClientCertData" : "tlsClientCertKey";
    data.invalid(missing, "is missing: a client certificate needs both its halves");
  }
  const isInsecure = [data.flag("insecure"), data.flag("insecureIgnoreHostKey")].includes(true);
  const proxy = data.text("proxy").trim();
  if (proxy !== "" && !isProxyUrl(proxy))
    data.invalid("proxy", "is not the URL of an http, https or socks5 proxy");
  const noProxy = data.text("noProxy").trim();
  return present<GitCredential>({
    login: readLogin(data),
    clientCertificate: certificate === "" || key === "" ? undefined : { certificate, key },
    isInsecure: isInsecure ? true : undefined,
    proxy: proxy === "" ? undefined : proxy,
    noProxy: noProxy === "" ? undefined : noProxy,
  });
}

/** Of several logins the first of this order counts (argocd-behaviour §9.3-4). */
function readLogin(data: SecretData): GitLogin | undefined {
  const username = data.text("username");
  const password = data.text("password");
  const token = data.text("bearerToken");
  const privateKey = data.text("sshPrivateKey");
  if (password !== "") return { kind: "basic", username, password };
  if (token !== "") return { kind: "bearer", token };
  if (privateKey !== "") return { kind: "sshKey", privateKey };
  if (username !== "") data.invalid("password", "is missing: a user name alone is no login");
  return undefined;
}

function readGitHubApp(data: SecretData): GitHubAppCredential | undefined {
  const appId = data.text("githubAppID").trim();
  const installationId = data.text("githubAppInstallationID").trim();
  const privateKey = data.text("githubAppPrivateKey");
  const baseUrl = data.text("githubAppEnterpriseBaseUrl").trim();
  if (appId === "" && privateKey === "") return undefined;
  if (!/^[0-9]+$/.test(appId)) data.invalid("githubAppID", "is not the number of a GitHub App");
  if (!/^[0-9]*$/.test(installationId)) data.invalid("githubAppInstallationID", "is not a number");
  if (privateKey === "") data.invalid("githubAppPrivateKey", "is missing");
  return { appId, installationId, privateKey, baseUrl };
}

function refuseLogins(data: SecretData): void {
  for (const key of REFUSED_LOGINS) {
    if (data.has(key)) data.invalid(key, "is of a login that is not supported yet");
  }
  if (data.flag("useAzureWorkloadIdentity")) {
    data.invalid("useAzureWorkloadIdentity", "is of a login that is not supported yet");
  }
}
