import type { JsonValue } from "./json.ts";

/**
 * How to sign in to a cluster: the `config` of Argo CD's cluster Secret, field for field (argocd-behaviour §9.4). Holds
 * secrets: it is handed from configuration to the Kubernetes adapter and never printed.
 */
export interface ClusterCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
  readonly tlsClientConfig?: {
    /** The server's certificate is not checked. Together with `caData` an error. */
    readonly insecure?: boolean;
    /** Name to expect in the certificate instead of the URL's host. */
    readonly serverName?: string;
    /** PEM in base64, as the three below. */
    readonly certData?: string;
    readonly keyData?: string;
    readonly caData?: string;
  };
  readonly disableCompression?: boolean;
  /** Refused for now, as are the two below: they are kept to say so. */
  readonly proxyUrl?: string;
  readonly execProviderConfig?: JsonValue;
  readonly awsAuthConfig?: JsonValue;
}
