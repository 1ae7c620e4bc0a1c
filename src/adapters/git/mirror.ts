import { rm } from "node:fs/promises";

import { OBJECT_ID } from "../../domain/git-tree.ts";
import { OperationError } from "../../errors/operation-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RemoteRefs } from "../../ports/git.ts";
import type { Log } from "../../ports/log.ts";
import { isDamage } from "./explain-failure.ts";
import { createFetchQueue, type Want } from "./fetch-queue.ts";
import type { GitLimits } from "./git-limits.ts";
import { fetchCommits, fetchRefspecs } from "./mirror-fetch.ts";
import {
  freshOf,
  initMirror,
  KEPT_REFS,
  listKept,
  removeHalfReplaced,
  replaceMirror,
} from "./mirror-store.ts";
import type { Remote } from "./remote.ts";
import { isFullRefName } from "./remote-refs.ts";
import type { RepositoryCommands } from "./repository-commands.ts";

/** A bare copy of a remote that holds the commits that were asked for, and what they reach. */
export interface Mirror {
  fetch(want: Want): Promise<void>;
  /** Whether a commit was fetched, and so must be readable. */
  has(sha: string): boolean;
  /** Something that should be there is not: it is made again, in the background. */
  reportDamage(): void;
  /** Ends when nothing is under way. */
  settle(): Promise<void>;
}

export interface MirrorOptions {
  readonly gitDirectory: string;
  readonly remote: Remote;
  /** Commands on a folder: the mirror itself, or the one that is to take its place. */
  readonly commandsFor: (gitDirectory: string) => RepositoryCommands;
  /** Called when readers must start over: the folder is another one now. */
  readonly onReplaced: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: GitLimits;
  readonly closed: AbortSignal;
}

/** Damage that comes back sooner is not in our copy; fetching it all again would only load the server. */
const REBUILD_INTERVAL_MS = 10 * 60_000;

/** Commits kept by name; the rest stays readable until Git tidies up. More would slow down every negotiation. */
const KEPT_MAX = 1_000;

/** Every fetch leaves a pack; after so many they are put together. */
const FETCHES_PER_REPACK = 40;

/** Opens the mirror in its folder, made on the spot where it is missing. No network. */
export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  const state: MirrorState = {
    ...options,
    kept: new Set(),
    background: new Set(),
    fetches: 0,
    isDamaged: false,
    rebuiltAt: undefined,
  };
  await loadKept(state);
  const queue = createFetchQueue((want) => fetchOrRebuild(state, want));

  return {
    async fetch({ shas, refs }) {
      requireFetchable({ shas, refs });
      const wanted = shas.length > 0 ? shas : tipsOf(await state.remote.listRefs(), refs);
      const missing = wanted.filter((sha) => !state.kept.has(sha));
      for (const sha of wanted) touch(state.kept, sha);
      if (missing.length > 0) await queue({ shas: missing, refs });
    },
    has: (sha) => state.kept.has(sha),
    reportDamage() {
      if (state.isDamaged || !mayRebuild(state)) return;
      state.isDamaged = true;
      inBackground(state, "Making a damaged mirror again failed", () => queue({ shas: [], refs: [] }));
    },
    async settle() {
      await Promise.allSettled(state.background);
    },
  };
}

interface MirrorState extends MirrorOptions {
  /** In order of use, oldest first. */
  readonly kept: Set<string>;
  readonly background: Set<Promise<void>>;
  fetches: number;
  isDamaged: boolean;
  rebuiltAt: number | undefined;
}

async function loadKept(state: MirrorState): Promise<void> {
  const { gitDirectory, commandsFor, log, remote } = state;
  const { run } = commandsFor(gitDirectory);
  try {
    await removeHalfReplaced(gitDirectory);
    await initMirror(run, gitDirectory);
    for (const sha of await listKept(run)) state.kept.add(sha);
  } catch (error) {
    if (error instanceof OperationError && error.reason === "DiskFull") throw error;
    log.warn("A mirror cannot be opened and is made again", { url: remote.printable, error });
    await rm(gitDirectory, { recursive: true, force: true });
    await initMirror(run, gitDirectory);
  }
}

async function fetchOrRebuild(state: MirrorState, want: Want): Promise<void> {
  try {
    if (state.isDamaged) await rebuild(state, want);
    else await fetchInto(state, state.gitDirectory, want);
  } catch (error) {
    if (!isDamage(error) || !mayRebuild(state)) throw error;
    state.log.warn("A mirror is damaged and is made again", { url: state.remote.printable, error });
    await rebuild(state, want);
  }
  state.fetches += 1;
  if (state.fetches % FETCHES_PER_REPACK === 0) {
    inBackground(state, "Putting a mirror's packs together failed", () => repack(state));
  }
}

/** Brings commits into a folder: the mirror's, or the one that is to take its place. */
async function fetchInto(state: MirrorState, gitDirectory: string, want: Want): Promise<void> {
  const isMirror = gitDirectory === state.gitDirectory;
  const shas = isMirror ? want.shas.filter((sha) => !state.kept.has(sha)) : want.shas;
  if (shas.length === 0) return;
  await fetchCommits(
    { ...state, commands: state.commandsFor(gitDirectory), gitDirectory },
    { shas, refs: want.refs },
  );
  if (!isMirror) return;
  for (const sha of shas) state.kept.add(sha);
  await forgetOldest(state);
}

function tipsOf({ refs }: RemoteRefs, wanted: readonly string[]): readonly string[] {
  return wanted.map((ref) => {
    const sha = refs.get(ref);
    if (sha !== undefined) return sha;
    throw OperationError.of("RevisionNotFound", {
      revision: ref,
      detail: "The repository has no such branch or tag.",
    });
  });
}

function mayRebuild({ clock, rebuiltAt }: MirrorState): boolean {
  return rebuiltAt === undefined || clock.monotonic() - rebuiltAt >= REBUILD_INTERVAL_MS;
}

/** Clones anew beside the damaged one, with all that was kept, and changes places (T274). */
async function rebuild(state: MirrorState, want: Want): Promise<void> {
  const { gitDirectory, commandsFor, clock, kept, log, remote, onReplaced } = state;
  state.rebuiltAt = clock.monotonic();
  state.isDamaged = false;
  const fresh = freshOf(gitDirectory);
  const commands = commandsFor(fresh);
  await rm(fresh, { recursive: true, force: true });
  await initMirror(commands.run, fresh);

  await fetchInto(state, fresh, want);
  const rest = [...kept].map((sha) => `${sha}:${KEPT_REFS}${sha}`);
  const outcome = await fetchRefspecs({ ...state, commands, gitDirectory: fresh }, rest);
  await replaceMirror(fresh, gitDirectory);
  kept.clear();
  for (const sha of await listKept(commandsFor(gitDirectory).run)) kept.add(sha);
  onReplaced();
  log.info("A mirror was made again", { url: remote.printable, isComplete: outcome === "fetched" });
}

async function forgetOldest({ kept, commandsFor, gitDirectory }: MirrorState): Promise<void> {
  if (kept.size <= KEPT_MAX) return;
  const oldest = [...kept].slice(0, kept.size - KEPT_MAX);
  const input = oldest.map((sha) => `delete ${KEPT_REFS}${sha}\n`).join("");
  await commandsFor(gitDirectory).run({ arguments: ["update-ref", "--stdin"], input });
  for (const sha of oldest) kept.delete(sha);
}

/** Geometric: work in proportion to what is new, never the whole repository at once. */
async function repack({ commandsFor, gitDirectory, limits }: MirrorState): Promise<void> {
  await commandsFor(gitDirectory).run({
    arguments: ["repack", "--geometric=2", "-d", "--quiet"],
    timeoutMs: limits.fetchTimeoutMs,
  });
}

function inBackground(state: MirrorState, message: string, work: () => Promise<void>): void {
  const running = work()
    .catch((error: unknown) => {
      if (!state.closed.aborted) state.log.warn(message, { url: state.remote.printable, error });
    })
    .finally(() => state.background.delete(running));
  state.background.add(running);
}

function touch(kept: Set<string>, sha: string): void {
  if (kept.delete(sha)) kept.add(sha);
}

function requireFetchable({ shas, refs }: Want): void {
  for (const sha of shas) {
    if (OBJECT_ID.test(sha)) continue;
    throw OperationError.of("RevisionMalformed", { revision: sha, detail: "it is not a full commit SHA" });
  }
  for (const ref of refs) {
    if (isFullRefName(ref)) continue;
    throw OperationError.of("RevisionMalformed", {
      revision: ref,
      detail: "it is not the full name of a ref",
    });
  }
}
