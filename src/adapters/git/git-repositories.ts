import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import {
  comparableUrl,
  mirrorUrl,
  parseRepositoryUrl,
  printableUrl,
  REMOTE_PROTOCOLS,
  type RepositoryProtocol,
} from "../../domain/repository-url.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { GitRepositories, RepositoryAddress } from "../../ports/git.ts";
import type { GitCredentials } from "../../ports/git-credentials.ts";
import type { Log } from "../../ports/log.ts";
import type { ObjectSource } from "../../ports/renderer.ts";
import { GIT_LIMITS, type GitLimits } from "./git-limits.ts";
import { createGitProcess } from "./git-process.ts";
import { checkGitVersion } from "./git-version.ts";
import { createSizedCache } from "./object-cache.ts";
import { type OpenRepository, openLocalRepository, openMirrorRepository } from "./open-repository.ts";
import type { RepositoryContext } from "./repository-context.ts";
import type { TreeObject } from "./tree-object.ts";

export interface GitRepositoriesOptions {
  /** Mirrors are kept in its folder `git`. One process at a time may use it. */
  readonly stateDir: string;
  readonly credentials: GitCredentials;
  readonly log: Log;
  readonly clock: Clock;
  /** Protocols that URLs may name; `file` only where whoever writes the URLs may read this machine's files. */
  readonly allow?: readonly RepositoryProtocol[];
  /** Directories of this machine that stand in for repositories, read in place: the CLI's `--repo`. */
  readonly standIns?: readonly StandIn[];
  /** The process's environment; Git sees its PATH, proxies and certificate stores, nothing else. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<GitLimits>;
}

export interface StandIn {
  /** Absent stands in for every repository. */
  readonly url?: string;
  readonly directory: string;
}

/** Repositories, and how the renderer reads their objects by key. */
export interface GitRepositoriesService extends GitRepositories, ObjectSource {
  open(address: RepositoryAddress): Promise<OpenRepository>;
  /** Fails early, in words, where Git is missing or too old; `open` checks, too. @returns the version */
  checkGitVersion(): Promise<string>;
  /** Ends all Git processes and rejects what is under way. */
  close(): Promise<void>;
}

/** Git repositories as bare mirrors in the state folder, one a URL and project, each opened once. */
export function createGitRepositories(options: GitRepositoriesOptions): GitRepositoriesService {
  const context = createContext(options);
  const { git, closed } = context;
  const byKey = new Map<string, Promise<OpenRepository>>();
  const versionOnce = once(() => checkGitVersion(git));
  // Keys and certificates that a killed process left: nobody else uses the folder.
  const clearedOnce = once(() => rm(context.privateFolder, { recursive: true, force: true }));

  const openOnce = (key: string, open: () => Promise<OpenRepository>) => {
    const opening = byKey.get(key) ?? versionOnce().then(clearedOnce).then(open);
    byKey.set(key, opening);
    // What failed (no space, no such directory) may be tried again.
    opening.catch(() => byKey.delete(key));
    return opening;
  };

  return {
    checkGitVersion: versionOnce,
    async open(address) {
      closed.signal.throwIfAborted();
      const directory = standInFor(options.standIns ?? [], address.url);
      if (directory !== undefined) {
        const key = keyOf(["directory", directory]);
        return openOnce(key, () => openLocalRepository({ ...context, key, directory }));
      }
      const url = requireUrl(address.url, options.allow ?? REMOTE_PROTOCOLS);
      const key = keyOf(["mirror", mirrorUrl(url), address.project]);
      return openOnce(key, () => openMirrorRepository({ ...context, key, address, url }));
    },
    async readObject(key, oid) {
      return (await byKey.get(key))?.readObject(oid);
    },
    async close() {
      closed.abort(new Error("the repositories are closed"));
      const opened = await Promise.allSettled(byKey.values());
      const repositories = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      await Promise.all(repositories.map((repository) => repository.close()));
    },
  };
}

/** Does it once, or again where it failed: a machine without a free descriptor has one a moment later. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    if (done !== undefined) return done;
    const running = work();
    done = running;
    running.catch(() => {
      done = undefined;
    });
    return running;
  };
}

function createContext(options: GitRepositoriesOptions): RepositoryContext {
  const { stateDir, clock, log, credentials, allow = REMOTE_PROTOCOLS } = options;
  const limits = { ...GIT_LIMITS, ...options.limits };
  return {
    git: createGitProcess({ clock, surroundings: options.environment ?? {}, protocols: allow }),
    clock,
    log,
    credentials,
    limits,
    trees: createSizedCache<TreeObject>(limits.treeCacheBytesMax),
    // Git runs in another working directory than we do.
    folder: join(resolve(stateDir), "git"),
    privateFolder: join(resolve(stateDir), "git", "private"),
    closed: new AbortController(),
  };
}

function requireUrl(text: string, allow: readonly RepositoryProtocol[]) {
  const result = parseRepositoryUrl(text, allow);
  if (result.kind === "url") return result.url;
  throw OperationError.of("RepositoryUrlRefused", { url: printableUrl(text), problem: result.problem });
}

/** A directory named for this very repository, else the one for all. URLs are compared as mirrors are. */
function standInFor(standIns: readonly StandIn[], url: string): string | undefined {
  const wanted = comparableUrl(url);
  const own = standIns.find((standIn) => standIn.url !== undefined && comparableUrl(standIn.url) === wanted);
  return (own ?? standIns.find((standIn) => standIn.url === undefined))?.directory;
}

/** Part of paths, cache keys and requests: says nothing about where the repository is. */
function keyOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
