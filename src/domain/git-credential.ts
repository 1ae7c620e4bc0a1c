/** What Git is given to log in to one repository, and whom it may trust there. All of it secret but the flags. */
export interface GitCredential {
  /** Absent is anonymous. */
  readonly login?: GitLogin;
  /** TLS client certificate, PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  /** Neither the server's certificate nor its ssh host key is checked: the operator said so. */
  readonly isInsecure?: boolean;
  /** Certificates, PEM, that may vouch for the server, instead of the system's. */
  readonly certificateAuthorities?: string;
  /** ssh_known_hosts lines; without one for the host, ssh is refused unless insecure. */
  readonly knownHosts?: string;
  readonly proxy?: string;
  /** Comma-separated hosts that are reached without the proxy. */
  readonly noProxy?: string;
}

export type GitLogin =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "sshKey"; readonly privateKey: string };
