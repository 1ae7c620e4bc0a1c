import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { GitCredential, GitLogin } from "../../domain/git-credential.ts";
import { isProxyUrl, printableUrl, type RepositoryUrl } from "../../domain/repository-url.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { GitSetting } from "./git-environment.ts";

/** What one Git command is given to reach one repository. */
export interface Access {
  readonly settings: readonly GitSetting[];
  readonly environment: Readonly<Record<string, string>>;
}

/** No answer to a connection attempt within this time is no answer. */
const CONNECT_TIMEOUT_SECONDS = 15;
const ALIVE_INTERVAL_SECONDS = 15;

/**
 * Runs `use` with a credential put where Git finds it and nobody else: headers in the environment, bound to this very
 * URL; keys and certificates, which programs want as files, in a folder of our own that is gone afterwards.
 *
 * @param privateFolder - made on demand, mode 0700.
 * @throws OperationError RepositoryCredentialInvalid when it could be read as more than a credential.
 */
export async function withAccess<T>(
  {
    url,
    credential,
    privateFolder,
  }: { url: RepositoryUrl; credential: GitCredential; privateFolder: string },
  use: (access: Access) => Promise<T>,
): Promise<T> {
  const problem = credentialProblem(credential, url);
  if (problem !== undefined) {
    throw OperationError.of("RepositoryCredentialInvalid", { url: printableUrl(url.text), problem });
  }
  const files = secretFiles(url, credential);
  if (files.length === 0) return use(accessOf(url, credential, ""));

  await mkdir(privateFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(privateFolder, "access-"));
  try {
    for (const [name, text] of files) await writeFile(join(folder, name), text, { mode: 0o600, flag: "wx" });
    return await use(accessOf(url, credential, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function secretFiles(
  { protocol }: RepositoryUrl,
  credential: GitCredential,
): readonly (readonly [string, string])[] {
  if (protocol === "ssh") {
    const { login, knownHosts = "" } = credential;
    const key = login?.kind === "sshKey" ? `${login.privateKey.trimEnd()}\n` : undefined;
    return [["known_hosts", `${knownHosts}\n`], ...(key === undefined ? [] : [["key", key] as const])];
  }
  const { clientCertificate, certificateAuthorities } = credential;
  return [
    ...(clientCertificate === undefined
      ? []
      : ([
          ["client.crt", clientCertificate.certificate],
          ["client.key", clientCertificate.key],
        ] as const)),
    ...(certificateAuthorities === undefined ? [] : [["authorities.crt", certificateAuthorities] as const]),
  ];
}

function accessOf(url: RepositoryUrl, credential: GitCredential, folder: string): Access {
  const environment: Record<string, string> =
    credential.noProxy === undefined ? {} : { no_proxy: credential.noProxy, NO_PROXY: credential.noProxy };
  if (url.protocol === "ssh") {
    return { settings: [], environment: { ...environment, GIT_SSH_COMMAND: sshCommand(credential, folder) } };
  }
  if (url.protocol === "file") return { settings: [], environment: {} };
  return { settings: httpSettings(url, credential, folder), environment };
}

function httpSettings(url: RepositoryUrl, credential: GitCredential, folder: string): readonly GitSetting[] {
  const settings: GitSetting[] = [];
  const set = (key: string, value: string) => settings.push([`http.${url.text}.${key}`, value]);
  const header = authorization(credential);
  if (header !== undefined) set("extraHeader", `Authorization: ${header}`);
  if (credential.clientCertificate !== undefined) {
    set("sslCert", join(folder, "client.crt"));
    set("sslKey", join(folder, "client.key"));
  }
  if (credential.certificateAuthorities !== undefined) set("sslCAInfo", join(folder, "authorities.crt"));
  if (credential.isInsecure === true) set("sslVerify", "false");
  if (credential.proxy !== undefined) set("proxy", credential.proxy);
  return settings;
}

function authorization({ login }: GitCredential): string | undefined {
  switch (login?.kind) {
    case "basic":
      return `Basic ${Buffer.from(`${login.username}:${login.password}`, "utf8").toString("base64")}`;
    case "bearer":
      return `Bearer ${login.token}`;
    case "sshKey":
    case undefined:
      return undefined;
  }
}

/** Git hands this line to a shell: every word of it is ours, and the only path in it is quoted. */
function sshCommand(credential: GitCredential, folder: string): string {
  const isInsecure = credential.isInsecure === true;
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    `IdentityFile=${join(folder, "key")}`,
    `StrictHostKeyChecking=${isInsecure ? "no" : "yes"}`,
    `UserKnownHostsFile=${isInsecure ? "/dev/null" : join(folder, "known_hosts")}`,
    "GlobalKnownHostsFile=/dev/null",
    "UpdateHostKeys=no",
    "ProxyCommand=none",
    "PermitLocalCommand=no",
    "ClearAllForwardings=yes",
    `ConnectTimeout=${CONNECT_TIMEOUT_SECONDS}`,
    `ServerAliveInterval=${ALIVE_INTERVAL_SECONDS}`,
  ];
  return ["ssh", "-F", "/dev/null", ...options.flatMap((option) => ["-o", option])].map(quoted).join(" ");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function credentialProblem(credential: GitCredential, { protocol }: RepositoryUrl): string | undefined {
  const { login, proxy, noProxy } = credential;
  if (protocol === "ssh" && proxy !== undefined) return "a proxy cannot be used with ssh";
  if (proxy !== undefined && !isProxyUrl(proxy)) return "its proxy is not an http, https or socks5 URL";
  if (noProxy !== undefined && !/^[A-Za-z0-9.,:*/ _-]*$/.test(noProxy))
    return "its `noProxy` is not a list of hosts";
  return login === undefined ? undefined : loginProblem(login);
}

/** One line of a header or a setting: a line break would begin another (CVE-2020-5260 and its kin). */
const ONE_LINE = /^[^\u0000-\u001f\u007f]*$/;

function loginProblem(login: GitLogin): string | undefined {
  switch (login.kind) {
    case "basic":
      if (!ONE_LINE.test(login.username) || login.username.includes(":")) {
        return "its user name has a colon or a control character in it";
      }
      return ONE_LINE.test(login.password) ? undefined : "its password has a control character in it";
    case "bearer":
      return ONE_LINE.test(login.token) ? undefined : "its token has a control character in it";
    case "sshKey":
      return /^-----BEGIN [A-Z ]*PRIVATE KEY-----\s/.test(login.privateKey.trimStart())
        ? undefined
        : "its ssh key is not a private key in PEM form";
  }
}
