import type { Application, ApplicationSource } from "../domain/application.ts";
import { resolveRevision } from "../domain/revision.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { GitRepositories, GitRepository, RemoteRefs } from "../ports/git.ts";
import { createRecentMap, type RecentMap } from "./recent-map.ts";

/** One source's files at one commit, present in the mirror. */
export interface SourceTree {
  readonly repository: GitRepository;
  /** Commit SHA. */
  readonly sha: string;
  /** Object id of its root tree; a merge result has a tree without a commit of its own. */
  readonly tree: string;
  /** Full name of the branch or tag that led here; `""` for a SHA. */
  readonly ref: string;
}

/** What the refs of every repository point at, as last looked up. */
export interface Revisions {
  /**
   * Looks the refs up again: one `ls-remote`, however many Applications read the repository.
   * @returns a number that stands for the refs as they are: the same number, and nothing has moved, whoever looked last.
   */
  refresh(url: string, project: string): Promise<number>;
  /** Each source at the tip of its targetRevision by the refs last seen, fetched if it is not in the mirror yet. */
  treesOf(application: Application): Promise<readonly SourceTree[]>;
  /** One source at the tip of its targetRevision. */
  treeOf(source: ApplicationSource, project: string): Promise<SourceTree>;
  /** Where a source's targetRevision points by the refs last seen. @throws OperationError RevisionNotFound */
  resolve(
    source: ApplicationSource,
    project: string,
  ): Promise<{ readonly sha: string; readonly ref: string }>;
  /** The tree of a commit, fetched if need be. */
  treeAt(repository: GitRepository, sha: string, ref: string): Promise<SourceTree>;
  /** These trees could not be read: their commits are looked at anew when they are next asked for. */
  forget(trees: readonly SourceTree[]): void;
  open(url: string, project: string): Promise<GitRepository>;
}

interface Known {
  readonly repository: GitRepository;
  refs: RemoteRefs | undefined;
  /** How often the refs were found to have moved. */
  moves: number;
}

interface RevisionState {
  readonly repositories: GitRepositories;
  /** By the repository's key: one that has several URLs, or spellings of one, has one set of refs. */
  readonly known: Map<string, Known>;
  /** The same, by project and URL as they were written. */
  readonly byAddress: Map<string, Known>;
  /** Looks under way, by repository: whoever asks meanwhile shares the answer. */
  readonly looking: Map<string, Promise<number>>;
  /** Root trees by repository and commit. */
  readonly trees: RecentMap<string, string>;
}

export function createRevisions(repositories: GitRepositories): Revisions {
  const state: RevisionState = {
    repositories,
    known: new Map(),
    byAddress: new Map(),
    looking: new Map(),
    trees: createRecentMap(TREES_MAX),
  };
  return {
    refresh: (url, project) => refresh(state, url, project),
    treesOf: (application) =>
      Promise.all(application.sources.map((source) => treeOf(state, source, application.project))),
    treeOf: (source, project) => treeOf(state, source, project),
    resolve: (source, project) => resolve(state, source, project),
    treeAt: (repository, sha, ref) => treeAt(state, { repository, sha, ref }),
    forget: (trees) => {
      for (const { repository, sha } of trees) state.trees.delete(`${repository.key}/${sha}`);
    },
    open: async (url, project) => (await knownOf(state, url, project)).repository,
  };
}

async function refresh(state: RevisionState, url: string, project: string): Promise<number> {
  const one = await knownOf(state, url, project);
  const { key } = one.repository;
  const running = state.looking.get(key);
  if (running !== undefined) return running;
  const look = lookUp(one).finally(() => state.looking.delete(key));
  state.looking.set(key, look);
  return look;
}

async function lookUp(one: Known): Promise<number> {
  const refs = await one.repository.listRefs();
  if (one.refs === undefined || !sameRefs(one.refs, refs)) one.moves += 1;
  one.refs = refs;
  return one.moves;
}

async function treeOf(state: RevisionState, source: ApplicationSource, project: string): Promise<SourceTree> {
  const { sha, ref } = await resolve(state, source, project);
  const { repository } = await knownOf(state, source.repoURL, project);
  return treeAt(state, { repository, sha, ref });
}

async function resolve(
  state: RevisionState,
  { repoURL, targetRevision }: ApplicationSource,
  project: string,
): Promise<{ readonly sha: string; readonly ref: string }> {
  const one = await knownOf(state, repoURL, project);
  if (one.refs === undefined) await refresh(state, repoURL, project);
  const found = resolveRevision(targetRevision, one.refs ?? NO_REFS);
  if (found.kind === "resolved") return { sha: found.sha, ref: found.ref ?? "" };
  const expanded = found.reason === "RevisionAbbreviated" ? await expand(one, targetRevision) : undefined;
  if (expanded !== undefined) return { sha: expanded, ref: "" };
  const reason = found.reason === "RevisionMalformed" ? "RevisionMalformed" : "RevisionNotFound";
  throw OperationError.of(reason, { revision: targetRevision, detail: found.detail });
}

/** A commit's SHA cut short: only the mirror can tell, once it holds every branch. */
async function expand({ repository, refs }: Known, prefix: string): Promise<string | undefined> {
  const known = await repository.findCommit(prefix);
  if (known !== undefined) return known;
  const branches = [...(refs?.refs.keys() ?? [])].filter((name) => name.startsWith("refs/heads/"));
  await repository.fetch({ shas: [], refs: branches });
  return repository.findCommit(prefix);
}

async function treeAt(
  state: RevisionState,
  { repository, sha, ref }: Omit<SourceTree, "tree">,
): Promise<SourceTree> {
  const key = `${repository.key}/${sha}`;
  // Asked each time: it costs nothing where the commit is there, and says that it is still in use.
  await repository.fetch({ shas: [sha], refs: ref === "" ? [] : [ref] });
  const remembered = state.trees.get(key);
  if (remembered !== undefined) return { repository, sha, tree: remembered, ref };
  const { tree } = await repository.readCommit(sha);
  state.trees.set(key, tree);
  return { repository, sha, tree, ref };
}

async function knownOf(state: RevisionState, url: string, project: string): Promise<Known> {
  const address = `${project}\n${url}`;
  const known = state.byAddress.get(address);
  if (known !== undefined) return known;
  const repository = await state.repositories.open({ url, project });
  // Opened twice at once, or under another URL: the first one stays, so that all callers share its refs.
  const one = state.known.get(repository.key) ?? { repository, refs: undefined, moves: 0 };
  state.known.set(repository.key, one);
  state.byAddress.set(address, one);
  return one;
}

const NO_REFS: RemoteRefs = { refs: new Map(), head: "" };
/** Commits whose tree is remembered: a look-up costs one read from the mirror. */
const TREES_MAX = 10_000;

function sameRefs(a: RemoteRefs, b: RemoteRefs): boolean {
  if (a.head !== b.head || a.refs.size !== b.refs.size) return false;
  for (const [name, sha] of a.refs) if (b.refs.get(name) !== sha) return false;
  return true;
}
