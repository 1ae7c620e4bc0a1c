/** Why no answer came. `sent` is whether the server may have carried the request out. */
export interface ExchangeFailure {
  readonly kind: "unreachable" | "certificate" | "too-large";
  readonly sent: boolean;
  /** Printable: no address, no token. */
  readonly problem: string;
  readonly cause: unknown;
}

export function isFailure<T extends object>(answer: T | ExchangeFailure): answer is ExchangeFailure {
  return "kind" in answer;
}

const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an authority that is not trusted",
  CERT_SIGNATURE_FAILURE: "its certificate was not made by the authority it names",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** What an error of a connection, before or in the middle of an answer, means for a request that had been begun. */
export function failureOf(error: unknown): ExchangeFailure {
  const code = codeOf(error);
  const problem = CERTIFICATE_PROBLEMS[code];
  if (problem !== undefined) return { kind: "certificate", sent: false, problem, cause: error };
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") {
    const refused = `no secure connection could be agreed on (${code})`;
    return { kind: "certificate", sent: false, problem: refused, cause: error };
  }
  return { kind: "unreachable", sent: true, problem: code, cause: error };
}

/** The `code` of an error or of what caused it (`AggregateError` for a host with several addresses). */
function codeOf(error: unknown): string {
  for (let current = error, depth = 0; depth < 4 && current instanceof Error; depth += 1) {
    if ("code" in current && typeof current.code === "string") return current.code;
    current = current.cause;
  }
  return "";
}
