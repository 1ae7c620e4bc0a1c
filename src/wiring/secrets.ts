import type { ClusterCredentials } from "../domain/cluster-credentials.ts";
import type { ControlPlaneSnapshot } from "../domain/control-plane.ts";
import type { RepositoryCredential } from "../domain/repository-credentials.ts";

/** Every credential the control plane holds, so that the exit knows what must not leave. */
export function secretsOf({
  repositories,
  repositoryTemplates,
  clusters,
}: Pick<ControlPlaneSnapshot, "repositories" | "repositoryTemplates" | "clusters">): readonly string[] {
  return [
    ...[...repositories, ...repositoryTemplates].flatMap(secretsOfRepository),
    ...clusters.flatMap(({ credentials = {} }) => secretsOfCluster(credentials)),
  ].filter((secret) => secret !== "");
}

function secretsOfRepository({ git, githubApp }: RepositoryCredential): readonly string[] {
  const { login, clientCertificate, proxy } = git;
  return [
    ...(login?.kind === "basic" ? basic(login) : []),
    login?.kind === "bearer" ? login.token : "",
    login?.kind === "sshKey" ? login.privateKey : "",
    clientCertificate?.key ?? "",
    githubApp?.privateKey ?? "",
    ...passwordOf(proxy ?? ""),
  ];
}

function secretsOfCluster({ tlsClientConfig, ...credentials }: ClusterCredentials): readonly string[] {
  const { bearerToken = "", username = "", password = "" } = credentials;
  const keyData = tlsClientConfig?.keyData ?? "";
  return [
    bearerToken,
    ...basic({ username, password }),
    keyData,
    Buffer.from(keyData, "base64").toString("utf8"),
  ];
}

/** Also as they travel together, in one text that is encoded as a whole. */
function basic({ username, password }: { readonly username: string; readonly password: string }) {
  return password === "" ? [] : [password, `${username}:${password}`];
}

/** Of a URL's userinfo, as it is written and as it is meant. */
function passwordOf(url: string): readonly string[] {
  const password = URL.canParse(url) ? new URL(url).password : "";
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
