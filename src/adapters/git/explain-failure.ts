import type { Reason } from "../../errors/catalogue.ts";
import { OperationError } from "../../errors/operation-error.ts";
import { GitFailure } from "./git-failure.ts";

/** Reasons that need nothing but the URL. */
type UrlReason = Extract<
  Reason,
  | "RepositoryUnreachable"
  | "RepositoryDenied"
  | "RepositoryNotFound"
  | "RepositoryRedirected"
  | "RepositoryDamaged"
>;

/**
 * What Git says (LC_ALL=C) when …, most telling first. Its exit code is 128 for all of it, so its words are all there is;
 * what is not known here becomes RepositoryFailed.
 */
const SAYINGS: readonly (readonly [
  UrlReason | "DiskFull" | "HostKey" | "Certificate" | "ObjectFormat",
  RegExp,
])[] = [
  ["DiskFull", /No space left on device|Disk quota exceeded/],
  ["HostKey", /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/],
  ["Certificate", /SSL certificate problem|server certificate verification failed|certificate has expired/i],
  ["RepositoryRedirected", /returned error: 30[12378]|unable to update url base from redirection/],
  ["RepositoryDenied", /returned error: (401|403)|Authentication failed|could not read (Username|Password)/],
  ["RepositoryDenied", /Permission denied|HTTP Basic: Access denied|Invalid username or (password|token)/],
  ["RepositoryDamaged", /\b(is|are) corrupt|loose object .* empty|bad object|inflate: data stream error/],
  ["RepositoryDamaged", /unable to (find|read|unpack) [0-9a-f]{40}|(missing|broken) (blob|tree|commit|link)/],
  [
    "RepositoryDamaged",
    /packfile .* (cannot|does not match|claims to)|invalid object|not a git repository: '/,
  ],
  [
    "RepositoryUnreachable",
    /Could not resolve host|Failed to connect|Connection (refused|reset|timed out|closed)/i,
  ],
  ["RepositoryUnreachable", /early EOF|unexpected disconnect|hung up unexpectedly|RPC failed|Empty reply/],
  ["RepositoryUnreachable", /returned error: (408|425|429|5[0-9]{2})|Operation too slow|transfer closed/],
  [
    "RepositoryUnreachable",
    /Network is unreachable|No route to host|Temporary failure|TLS connection|SSL_ERROR|gnutls/i,
  ],
  [
    "RepositoryUnreachable",
    /expected flush after|invalid index-pack output|fetch-pack: invalid|bad line length/,
  ],
  [
    "RepositoryNotFound",
    /returned error: (404|410)|repository '.*' not found|does not appear to be a git repository/,
  ],
  ["RepositoryNotFound", /Repository not found|does not exist|not valid: is this a git repository/],
  ["ObjectFormat", /mismatched algorithms|unknown (object|repository) (format|extension)/],
];

/** A {@link GitFailure} in the user's terms; anything else as it is. */
export function explainFailure(error: unknown, url: string): unknown {
  if (!(error instanceof GitFailure)) return error;
  const cause = { cause: error };
  switch (error.kind) {
    case "timeout":
      return OperationError.of("RepositoryUnreachable", { url }, cause);
    case "outputTooLarge":
      return OperationError.of(
        "RepositoryTooLarge",
        { url, limit: "what one answer of Git may hold" },
        cause,
      );
    case "spawn":
    case "aborted":
      return OperationError.of("RepositoryFailed", { url, command: "…" }, cause);
    case "exit":
      return explainExit(error, url);
  }
}

function explainExit(error: GitFailure, url: string): OperationError {
  const cause = { cause: error };
  const saying = SAYINGS.find(([, pattern]) => pattern.test(error.stderr))?.[0];
  switch (saying) {
    case undefined:
      return OperationError.of("RepositoryFailed", { url, command: commandOf(error) }, cause);
    case "DiskFull":
      return OperationError.of("DiskFull", undefined, cause);
    case "HostKey":
      return OperationError.of(
        "RepositoryHostUntrusted",
        { url, detail: "Add the host's key to `argocd-ssh-known-hosts-cm`, if it is the one you expect." },
        cause,
      );
    case "Certificate":
      return OperationError.of(
        "RepositoryHostUntrusted",
        { url, detail: "Add its authority's certificate to `argocd-tls-certs-cm`, or renew the server's." },
        cause,
      );
    case "ObjectFormat":
      return OperationError.of(
        "RepositoryUrlRefused",
        { url, problem: "its object ids are SHA-256, which is not supported" },
        cause,
      );
    default:
      return OperationError.of(saying, { url }, cause);
  }
}

function commandOf(error: GitFailure): string {
  return /^git ([a-z-]+)/.exec(error.message)?.[1] ?? "…";
}

/** Whether Git found its own files damaged: the mirror has to be made again. */
export function isDamage(error: unknown): boolean {
  return error instanceof OperationError && error.reason === "RepositoryDamaged";
}
