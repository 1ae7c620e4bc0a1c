import type { ControlPlaneSnapshot } from "../domain/control-plane.ts";

/** Every credential the control plane holds, so that the exit knows what must not leave. */
export function secretsOf({
  repositories,
  repositoryTemplates,
  clusters,
}: ControlPlaneSnapshot): readonly string[] {
  const git = [...repositories, ...repositoryTemplates].flatMap(({ git: credential, githubApp }) => [
    ...(credential.login?.kind === "basic" ? [credential.login.password] : []),
    ...(credential.login?.kind === "bearer" ? [credential.login.token] : []),
    ...(credential.login?.kind === "sshKey" ? [credential.login.privateKey] : []),
    credential.clientCertificate?.key ?? "",
    githubApp?.privateKey ?? "",
  ]);
  const kubernetes = clusters.flatMap(({ credentials }) => [
    credentials?.bearerToken ?? "",
    credentials?.password ?? "",
    credentials?.tlsClientConfig?.keyData ?? "",
  ]);
  return [...git, ...kubernetes].filter((secret) => secret !== "");
}
