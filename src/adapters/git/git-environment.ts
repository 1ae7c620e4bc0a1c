import type { RepositoryProtocol } from "../../domain/repository-url.ts";

/** One setting of Git's configuration; the value may be a secret. */
export type GitSetting = readonly [key: string, value: string];

/** Where programs are found when nothing else is said. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What of the surroundings a Git process may see: where programs are, how to reach the network, whom to trust. */
const INHERITED = [
  "PATH",
  "TMPDIR",
  "HTTPS_PROXY",
  "https_proxy",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
] as const;

/**
 * After this long with less than a byte a second a transfer is dead: it would hold the repository's queue. A server that
 * is still counting objects sends five bytes every five seconds (uploadpack.keepAlive), so no more can be asked.
 */
const LOW_SPEED_SECONDS = 120;
const LOW_SPEED_BYTES = 1;

export interface GitEnvironmentInput {
  /** Of the process; all but a few names are dropped. */
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  readonly protocols: readonly RepositoryProtocol[];
  readonly settings: readonly GitSetting[];
  readonly extra: Readonly<Record<string, string>>;
}

/**
 * The whole environment of a Git process. Settings travel as GIT_CONFIG_* variables: they bind more than any file, and
 * unlike arguments they are not shown to the machine's other users.
 */
export function gitEnvironment(input: GitEnvironmentInput): Record<string, string> {
  const settings = [...safeSettings(input.protocols), ...input.settings];
  return {
    ...inherited(input.surroundings),
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_ALLOW_PROTOCOL: input.protocols.join(":") || "none",
    GIT_SSH_VARIANT: "ssh",
    ...input.extra,
    ...settingsAsVariables(settings),
  };
}

/**
 * Settings under which nothing in a repository, or on the way to one, starts a program, asks a person, or leads
 * elsewhere. An allow-list: what is not named here has Git's default, for no configuration file is read but the
 * mirror's own, which only we write.
 */
function safeSettings(protocols: readonly RepositoryProtocol[]): readonly GitSetting[] {
  return [
    ["protocol.allow", "never"],
    ...protocols.map((protocol): GitSetting => [`protocol.${protocol}.allow`, "always"]),
    ["core.hooksPath", "/dev/null"],
    ["core.fsmonitor", "false"],
    ["core.symlinks", "false"],
    ["core.askPass", ""],
    ["core.sshCommand", "false"],
    ["credential.helper", ""],
    ["submodule.recurse", "false"],
    ["fetch.recurseSubmodules", "false"],
    ["transfer.bundleURI", "false"],
    // A redirect would carry the credential to where it leads: Git sends the same headers there (T176).
    ["http.followRedirects", "false"],
    ["http.lowSpeedLimit", String(LOW_SPEED_BYTES)],
    ["http.lowSpeedTime", String(LOW_SPEED_SECONDS)],
    ["gc.auto", "0"],
    ["gc.autoDetach", "false"],
    ["maintenance.auto", "false"],
    ["pack.threads", "2"],
  ];
}

function settingsAsVariables(settings: readonly GitSetting[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [index, [key, value]] of settings.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
}

function inherited(surroundings: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = { PATH: DEFAULT_PATH };
  for (const name of INHERITED) {
    const value = surroundings[name];
    if (value !== undefined && value !== "") kept[name] = value;
  }
  return kept;
}
