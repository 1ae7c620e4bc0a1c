import { DEFAULT_REPOSITORY_SETTINGS, isDefinitionPath } from "../config/repository-file.ts";
import { type Application, applicationId } from "../domain/application.ts";
import type { PullRequest, Repository } from "../domain/github.ts";
import type { Problem } from "../domain/problem.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { AffectedIndex } from "./affected-index.ts";
import type { Change, ChangedApplication, PreviewedChange } from "./change.ts";
import {
  createMergeFor,
  type Definitions,
  findChange,
  isSameRepository,
  type Merge,
  type MergeFor,
  type Proposal,
} from "./find-change.ts";
import type { SettingsReading } from "./govern-preview.ts";
import { type PreviewPorts, previewChange } from "./preview-change.ts";
import { type DefinedSides, refusedApplications } from "./refused-applications.ts";
import type { Registry } from "./registry.ts";
import {
  admittingProject,
  readRepositoryDefinitions,
  readRepositorySettings,
} from "./repository-definitions.ts";
import type { Revisions } from "./revisions.ts";

/** What a pull request would change. Holds no port that writes. */
export interface PreviewPullRequest {
  /** @throws OperationError MergeConflict, Repository…, Revision… */
  preview(repository: Repository, pull: PullRequest, signal: AbortSignal): Promise<PreviewedChange>;
  /** What a fork's changed paths may affect, without rendering anything. @throws OperationError as {@link preview} */
  affectedByFork(repository: Repository, pull: PullRequest): Promise<AffectedByFork>;
  /** The base branch's `.github/plumbline.yml`; where it cannot be read just now, as it was last read. */
  settings(repository: Repository, pull: PullRequest): Promise<SettingsReading>;
  /** For `/explain`: each Application that reads the repository, and the changed paths it reads. */
  explain(repository: Repository, pull: PullRequest): Promise<readonly Explained[]>;
}

export interface AffectedByFork {
  readonly applications: readonly Application[];
  /** How many Applications read the repository in all. */
  readonly considered: number;
  /** Whether it changes files that define Applications. */
  readonly isDefining: boolean;
}

export interface Explained {
  readonly application: Application;
  /** Empty: it reads none of them; `undefined`: it was never rendered. */
  readonly causes: readonly string[] | undefined;
}

export interface PreviewPullRequestPorts {
  readonly revisions: Revisions;
  readonly registry: Registry;
  readonly affected: AffectedIndex;
  readonly preview: PreviewPorts;
}

export function createPreviewPullRequest(ports: PreviewPullRequestPorts): PreviewPullRequest {
  const settings = createSettingsReader(ports);
  return {
    settings,
    async preview(repository, pull, signal) {
      const { proposal, mergeFor } = proposalOf(repository, pull, ports.revisions);
      const { sides, warnings } = await definitionsFor(repository, mergeFor, ports);
      const { affected, revisions } = ports;
      const finding = { revisions, mergeFor, mayBeAffected: affected.mayBeAffected };
      const change = await findChange({ ...proposal, warnings }, usable(sides), finding);
      const refused = await refusedBy(sides, repository, { change, mergeFor });
      const whole = { ...change, applications: [...change.applications, ...refused] };
      return previewChange(withBase(whole, pull), ports.preview, signal);
    },
    async affectedByFork(repository, pull) {
      const explained = await explain(repository, pull, ports);
      const affected = explained.filter(({ causes }) => causes?.length !== 0);
      return {
        applications: affected.map(({ application }) => application),
        considered: explained.length,
        isDefining: await isDefining(repository, pull, ports),
      };
    },
    explain: (repository, pull) => explain(repository, pull, ports),
  };
}

/** Where nothing was merged, for no Application reads the repository, the API's word for the base is all there is. */
function withBase<C extends { readonly base: { readonly branch: string; readonly sha: string } }>(
  change: C,
  pull: PullRequest,
): C {
  return change.base.sha === "" ? { ...change, base: pull.base } : change;
}

/** Asked once the preview has looked where the base is: no look of its own. */
function createSettingsReader({ registry, revisions }: PreviewPullRequestPorts) {
  /** By repository and base branch. */
  const last = new Map<string, SettingsReading>();
  return async (repository: Repository, { base }: PullRequest): Promise<SettingsReading> => {
    const { cloneUrl: repoURL } = repository;
    const reading = registry.list().find(({ application }) => reads(application, repository));
    const project = admittingProject(repoURL, registry.snapshot()) ?? reading?.application.project;
    // Nobody reads the repository: it is not fetched only to find out how to say so.
    if (project === undefined) return NO_FILE;
    const key = `${repository.id}/${base.branch}`;
    try {
      const mirror = await revisions.open(repoURL, project);
      const targetRevision = `refs/heads/${base.branch}`;
      const { sha, ref } = await revisions.resolve({ ...NO_SOURCE, repoURL, targetRevision }, project);
      const { tree } = await revisions.treeAt(mirror, sha, ref);
      const reading = await readRepositorySettings(mirror, tree);
      last.set(key, reading);
      return { ...reading, baseSha: sha };
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      return last.get(key) ?? NO_FILE;
    }
  };
}

const NO_FILE: SettingsReading = { settings: DEFAULT_REPOSITORY_SETTINGS, problems: [] };

async function isDefining(
  repository: Repository,
  pull: PullRequest,
  { registry, revisions }: PreviewPullRequestPorts,
): Promise<boolean> {
  const project = admittingProject(repository.cloneUrl, registry.snapshot());
  if (project === undefined) return false;
  const {
    repository: mirror,
    before,
    paths,
  } = await proposalOf(repository, pull, revisions).mergeFor(project);
  const { settings } = await readRepositorySettings(mirror, before.tree);
  return paths.some((path) => isDefinitionPath(settings, path));
}

async function explain(
  repository: Repository,
  pull: PullRequest,
  ports: PreviewPullRequestPorts,
): Promise<readonly Explained[]> {
  const { mergeFor } = proposalOf(repository, pull, ports.revisions);
  const reading = ports.registry.list().filter(({ application }) => reads(application, repository));
  return Promise.all(
    reading.map(async ({ application }) => {
      const merge: Merge = await mergeFor(application.project);
      return { application, causes: ports.affected.causes(application, merge) };
    }),
  );
}

function proposalOf(
  repository: Repository,
  pull: PullRequest,
  revisions: Revisions,
): { readonly proposal: Proposal; readonly mergeFor: MergeFor } {
  const branch = `refs/heads/${pull.base.branch}`;
  const proposal: Proposal = {
    url: repository.cloneUrl,
    base: pull.base.branch,
    headSha: pull.head.sha,
    // A merge group has a branch of its own and no number.
    headRef: pull.number === 0 ? `refs/heads/${pull.head.branch}` : `refs/pull/${pull.number}/head`,
    trust: pull.isFork ? "fork" : "member",
    warnings: [],
    baseTip: async (at, project) => {
      await at.refresh(repository.cloneUrl, project);
      return at.resolve({ ...NO_SOURCE, repoURL: repository.cloneUrl, targetRevision: branch }, project);
    },
    follows: async (source, project, at) => {
      if (!isSameRepository(source.repoURL, repository.cloneUrl)) return false;
      return (await at.resolve(source, project)).ref === branch;
    },
  };
  return { proposal, mergeFor: createMergeFor(proposal, revisions) };
}

const NO_SOURCE = { path: ".", chart: "", ref: "", name: "" } as const;

/** The operator's Applications on both sides; the repository's own as its base branch and the merge result have them. */
async function definitionsFor(
  repository: Repository,
  mergeFor: MergeFor,
  { registry }: PreviewPullRequestPorts,
): Promise<{ readonly sides: DefinedSides; readonly warnings: readonly Problem[] }> {
  const fixed = registry
    .list()
    .filter(({ repositoryId }) => repositoryId !== repository.id)
    .map(({ application: value, problems }) => ({ value, problems }));
  const controlPlane = registry.snapshot();
  const project = admittingProject(repository.cloneUrl, controlPlane);
  if (project === undefined) return { sides: { base: fixed, head: fixed }, warnings: [] };
  const { repository: mirror, before, after } = await mergeFor(project);
  const { settings } = await readRepositorySettings(mirror, before.tree);
  const read = (tree: string) =>
    readRepositoryDefinitions({ repository: mirror, tree, url: repository.cloneUrl }, settings, controlPlane);
  const [base, head] = await Promise.all([read(before.tree), read(after.tree)]);
  return {
    sides: { base: [...fixed, ...base.applications], head: [...fixed, ...head.applications] },
    warnings: head.problems,
  };
}

/** Those that can be rendered; one that the head breaks is neither kept nor removed, but refused. */
function usable({ base, head }: DefinedSides): Definitions {
  const valuesOf = (definitions: DefinedSides["head"]) =>
    definitions.filter(({ problems }) => problems.length === 0).map(({ value }) => value);
  const refused = new Set(
    head.filter(({ problems }) => problems.length > 0).map(({ value }) => applicationId(value)),
  );
  return {
    base: valuesOf(base).filter((application) => !refused.has(applicationId(application))),
    head: valuesOf(head),
  };
}

async function refusedBy(
  sides: DefinedSides,
  { cloneUrl }: Repository,
  { change, mergeFor }: { readonly change: Change; readonly mergeFor: MergeFor },
): Promise<readonly ChangedApplication[]> {
  const isHere = (repoURL: string): boolean => isSameRepository(repoURL, cloneUrl);
  const [first] = sides.head.filter(
    ({ value, problems }) => problems.length > 0 && value.sources.some(({ repoURL }) => isHere(repoURL)),
  );
  if (first === undefined) return [];
  // Every project's mirror of the repository tells the same.
  const [known] = change.changedPaths.values();
  const paths = known ?? (await mergeFor(first.value.project)).paths;
  return refusedApplications(sides, { paths, isHere });
}

function reads({ sources }: Application, { cloneUrl }: Repository): boolean {
  return sources.some(({ repoURL }) => isSameRepository(repoURL, cloneUrl));
}
