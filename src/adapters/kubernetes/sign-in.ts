/** Where a cluster is and how to sign in to it. Never printed. */
export interface SignIn {
  /** Base URL without trailing slash; may have a path. */
  readonly server: string;
  readonly tls: TlsOptions;
  /** `authorization`, impersonation. */
  readonly headers: Readonly<Record<string, string>>;
}

/** PEM texts. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name to expect in the certificate instead of the URL's host. */
  readonly serverName?: string;
  /** `never` where the operator said `insecure`. */
  readonly verify: "always" | "never";
}

/** What a {@link SignIn} is read from; it may change while we run (rotation). */
export interface SignInSource {
  /** What the cluster is called in messages: its name, or its URL without userinfo. */
  readonly destination: string;
  /** @throws OperationError ClusterCredentialsRefused, KubeconfigInvalid */
  read(): Promise<SignIn>;
  /** Drops what is remembered: the cluster refused it. */
  forget(): void;
}
