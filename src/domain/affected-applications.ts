import type { Application, ApplicationSource } from "./application.ts";
import { compileGlob } from "./glob.ts";
import type { ReadEntry, ReadSet } from "./read-set.ts";

/** What an Application looked at in one repository, or is taken to look at until it has been rendered. */
export interface RepositoryReads {
  /** Key of the repository's mirror. */
  readonly repository: string;
  readonly entries: readonly Pick<ReadEntry, "path" | "kind">[];
  /** Patterns of `manifest-generate-paths`, for an Application that was never rendered. */
  readonly patterns?: readonly string[];
}

/** A few of the changed paths that make an Application affected. */
export type Causes = readonly string[];

/** Past this, more paths say nothing new. */
const CAUSES_MAX = 10;

/** Finds the Applications that changed paths may affect, in time proportional to the paths and not to the Applications. */
export interface AffectedApplications {
  /** Replaces what is known of the Application. */
  record(application: string, reads: readonly RepositoryReads[]): void;
  forget(application: string): void;
  /**
   * Every Application that could render differently, with causes, sorted. It may be too many, never too few: whether the
   * inputs really differ is known when their object ids are compared.
   */
  affectedBy(repository: string, paths: Iterable<string>): ReadonlyMap<string, Causes>;
}

/** An index over what Applications read: per repository, which paths matter themselves, and which with all beneath. */
export function createAffectedApplications(): AffectedApplications {
  const repositories = new Map<string, RepositoryIndex>();
  const recorded = new Map<string, readonly RepositoryReads[]>();
  const forget = (application: string): void => {
    for (const reads of recorded.get(application) ?? []) {
      const index = repositories.get(reads.repository);
      if (index === undefined) continue;
      for (const entry of reads.entries) remove(index[scopeOf(entry)], entry.path, application);
      for (const pattern of reads.patterns ?? []) remove(index.patterns, pattern, application);
    }
    recorded.delete(application);
  };
  return {
    forget,
    record(application, reads) {
      forget(application);
      recorded.set(application, reads);
      for (const { repository, entries, patterns = [] } of reads) {
        const index = repositories.get(repository) ?? emptyIndex();
        repositories.set(repository, index);
        for (const entry of entries) add(index[scopeOf(entry)], entry.path, application);
        for (const pattern of patterns) add(index.patterns, pattern, application);
      }
    },
    affectedBy(repository, paths) {
      const index = repositories.get(repository);
      return index === undefined ? new Map() : findAffected(index, paths);
    },
  };
}

/** What the last render of each source looked at, by repository. */
export function readsOf(
  sources: readonly {
    readonly mounts: readonly { readonly repository: string }[];
    readonly readSet: ReadSet;
  }[],
): readonly RepositoryReads[] {
  const byRepository = new Map<string, ReadEntry[]>();
  for (const { mounts, readSet } of sources) {
    for (const entry of readSet) {
      const repository = mounts[entry.mount]?.repository;
      if (repository === undefined) continue;
      const entries = byRepository.get(repository) ?? [];
      entries.push(entry);
      byRepository.set(repository, entries);
    }
  }
  return [...byRepository].map(([repository, entries]) => ({ repository, entries }));
}

/**
 * What an Application that was never rendered is taken to read: the paths that its annotation lists, else everything
 * beneath its sources' paths (argocd-behaviour §10.5).
 */
export function assumedReads(
  { annotations, sources }: Pick<Application, "annotations" | "sources">,
  repositoryOf: (source: ApplicationSource) => string,
): readonly RepositoryReads[] {
  const listed = (annotations["argocd.argoproj.io/manifest-generate-paths"] ?? "")
    .split(";")
    .map((path) => path.trim())
    .filter((path) => path !== "");
  return sources.map((source) => {
    const paths = (listed.length === 0 ? ["."] : listed).map((path) => resolve(source.path, path));
    return {
      repository: repositoryOf(source),
      entries: paths.filter((path) => !isPattern(path)).map((path) => ({ path, kind: "directory" })),
      patterns: paths.filter(isPattern),
    };
  });
}

type PathIndex = Map<string, Set<string>>;

interface RepositoryIndex {
  /** Paths that matter themselves. */
  readonly exact: PathIndex;
  /** Paths that matter with everything beneath them. */
  readonly beneath: PathIndex;
  readonly patterns: PathIndex;
}

function emptyIndex(): RepositoryIndex {
  return { exact: new Map(), beneath: new Map(), patterns: new Map() };
}

/** A listing changes with what is added beneath; so does what did not exist, should it become a directory. */
function scopeOf({ kind }: Pick<ReadEntry, "kind">): "exact" | "beneath" {
  return kind === "file" || kind === "link" ? "exact" : "beneath";
}

function findAffected(index: RepositoryIndex, paths: Iterable<string>): ReadonlyMap<string, Causes> {
  const affected = new Map<string, Set<string>>();
  const mark = (applications: ReadonlySet<string> | undefined, path: string): void => {
    for (const application of applications ?? []) {
      const causes = affected.get(application) ?? new Set();
      affected.set(application, causes);
      if (causes.size < CAUSES_MAX) causes.add(path);
    }
  };
  const all = [...paths];
  for (const path of all) {
    mark(index.exact.get(path), path);
    for (const ancestor of withAncestors(path)) mark(index.beneath.get(ancestor), path);
  }
  for (const [pattern, applications] of index.patterns) {
    const isMatching = compileGlob(pattern, "shell");
    for (const path of all) if (isMatching(path)) mark(applications, path);
  }
  const sorted = [...affected].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([application, causes]) => [application, [...causes]]));
}

function* withAncestors(path: string): Generator<string> {
  yield path;
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
    yield path.slice(0, end);
  yield "";
}

/** `/x` is from the repository's root, anything else from the source's path; `..` climbs, but not out. */
function resolve(base: string, path: string): string {
  const steps: string[] = [];
  for (const step of `${path.startsWith("/") ? "" : base}/${path}`.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}

function isPattern(path: string): boolean {
  return /[*?[\\]/.test(path);
}

function add(index: PathIndex, path: string, application: string): void {
  const applications = index.get(path) ?? new Set();
  index.set(path, applications);
  applications.add(application);
}

function remove(index: PathIndex, path: string, application: string): void {
  const applications = index.get(path);
  applications?.delete(application);
  if (applications?.size === 0) index.delete(path);
}
