import type { ClusterCredentials } from "../../domain/cluster-credentials.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { SignIn, TlsOptions } from "./sign-in.ts";

/**
 * What Argo CD's cluster Secret says, as a way to sign in. Nothing in it names a file or a program of ours: a Secret
 * could otherwise make us send our own token to its server, or run what it likes.
 *
 * @throws OperationError ClusterCredentialsRefused
 */
export function secretSignIn(destination: string, server: string, credentials: ClusterCredentials): SignIn {
  const problem = refusal(server, credentials);
  if (problem !== undefined) throw OperationError.of("ClusterCredentialsRefused", { destination, problem });
  return { server, tls: tlsOptions(credentials), headers: authorization(credentials) };
}

/** `Authorization` of a bearer token or a user name; a token wins, as in client-go. */
export function authorization({
  bearerToken = "",
  username = "",
  password = "",
}: Pick<ClusterCredentials, "bearerToken" | "username" | "password">): SignIn["headers"] {
  if (bearerToken !== "") return { authorization: `Bearer ${bearerToken}` };
  if (username === "" && password === "") return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

function refusal(server: string, credentials: ClusterCredentials): string | undefined {
  const { execProviderConfig, awsAuthConfig, proxyUrl = "", tlsClientConfig = {} } = credentials;
  if (isGiven(execProviderConfig)) return "`execProviderConfig` would run a program here";
  if (isGiven(awsAuthConfig)) return "`awsAuthConfig` is not supported yet";
  if (proxyUrl !== "") return "`proxyUrl` is not supported yet";
  if (tlsClientConfig.insecure === true && (tlsClientConfig.caData ?? "") !== "") {
    return "`insecure` and `caData` exclude each other";
  }
  return serverProblem(server, authorization(credentials));
}

function serverProblem(server: string, headers: SignIn["headers"]): string | undefined {
  if (!URL.canParse(server)) return "its `server` is not a URL";
  const { protocol, hostname, username } = new URL(server);
  if (username !== "") return "its `server` carries a user name";
  if (protocol === "https:") return undefined;
  if (protocol !== "http:") return "its `server` is not an http or https URL";
  const isOpen = Object.keys(headers).length === 0;
  return isOpen || isLoopback(hostname)
    ? undefined
    : "they would be sent over a connection that is not encrypted";
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function tlsOptions({ tlsClientConfig = {} }: ClusterCredentials): TlsOptions {
  const { insecure, serverName = "", caData = "", certData = "", keyData = "" } = tlsClientConfig;
  return {
    verify: insecure === true ? "never" : "always",
    ...(serverName === "" ? {} : { serverName }),
    ...(caData === "" ? {} : { ca: decoded(caData) }),
    ...(certData === "" ? {} : { cert: decoded(certData) }),
    ...(keyData === "" ? {} : { key: decoded(keyData) }),
  };
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
