import type { RepositoryDefinitions } from "../config/repository-definitions.ts";
import { type Application, applicationId } from "../domain/application.ts";
import type { PullRequest, Repository } from "../domain/github.ts";
import type { Problem } from "../domain/problem.ts";
import type { AffectedIndex } from "./affected-index.ts";
import { createSettingsReader, isDefining, NO_SOURCE, reads } from "./base-settings.ts";
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
import { type DefinedSides, refusedApplications, refusedOf } from "./refused-applications.ts";
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
  /** What becomes of the Application itself. */
  readonly definition: "kept" | "added" | "modified" | "removed";
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
      const guessed = change.applications.map((one) => withGuess(one, affected));
      const whole = {
        ...change,
        applications: [...guessed, ...refused],
        applicationsConsidered:
          change.applicationsConsidered + refusedOf(sides, (value) => reads(value, repository)).length,
      };
      return previewChange(withBase(whole, pull), ports.preview, signal);
    },
    async affectedByFork(repository, pull) {
      const explained = await explain(repository, pull, ports);
      const affected = explained.filter(({ causes }) => causes?.length !== 0);
      return {
        applications: affected.map(({ application }) => application),
        considered: explained.length,
        isDefining: await isDefining(
          repository,
          proposalOf(repository, pull, ports.revisions).mergeFor,
          ports.registry,
        ),
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

async function explain(
  repository: Repository,
  pull: PullRequest,
  ports: PreviewPullRequestPorts,
): Promise<readonly Explained[]> {
  const { mergeFor } = proposalOf(repository, pull, ports.revisions);
  const registered = ports.registry.list().map(({ application }) => application);
  // What a fork defines is not even read.
  const redefined = pull.isFork ? [] : await redefinedBy(repository, mergeFor, ports);
  const others = registered.filter(
    (one) =>
      reads(one, repository) &&
      redefined.every(({ application }) => applicationId(application) !== applicationId(one)),
  );
  const reading = others.map(async (application): Promise<Explained> => {
    const merge: Merge = await mergeFor(application.project);
    return { application, causes: ports.affected.causes(application, merge), definition: "kept" };
  });
  return [...redefined, ...(await Promise.all(reading))];
}

async function redefinedBy(
  repository: Repository,
  mergeFor: MergeFor,
  ports: PreviewPullRequestPorts,
): Promise<readonly Explained[]> {
  const { base, head } = (await definitionsFor(repository, mergeFor, ports)).sides;
  const [before, after] = [base, head].map(
    (side) => new Map(side.map(({ value }) => [applicationId(value), value])),
  );
  return [...new Map([...(before ?? []), ...(after ?? [])])].flatMap(([id, application]): Explained[] => {
    const definition = definitionChange(before?.get(id), after?.get(id));
    return definition === "kept" ? [] : [{ application, causes: [], definition }];
  });
}

function definitionChange(
  before: Application | undefined,
  after: Application | undefined,
): Explained["definition"] {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  return JSON.stringify(before) === JSON.stringify(after) ? "kept" : "modified";
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
  // Where no project admits any, whoever reads the repository lends the eyes to name what is left out.
  const reader = fixed.find(({ value }) => reads(value, repository))?.value.project;
  const project = admittingProject(repository.cloneUrl, controlPlane) ?? reader;
  if (project === undefined) return { sides: { base: fixed, head: fixed }, warnings: [] };
  const { repository: mirror, before, after, paths } = await mergeFor(project);
  const { settings } = await readRepositorySettings(mirror, before.tree);
  const read = (tree: string) =>
    readRepositoryDefinitions({ repository: mirror, tree, url: repository.cloneUrl }, settings, controlPlane);
  const [base, head] = await Promise.all([read(before.tree), read(after.tree)]);
  return {
    sides: { base: [...fixed, ...base.applications], head: [...fixed, ...head.applications] },
    warnings: ownWarnings(head, paths),
  };
}

/** What is wrong in the files that the pull request changes, but for what is told with an Application that it keeps from being rendered. */
function ownWarnings(
  { applications, problems }: RepositoryDefinitions,
  paths: readonly string[],
): readonly Problem[] {
  const changed = new Set(paths);
  const told = new Set(applications.flatMap((application) => application.problems));
  return problems.filter((problem) => changed.has(problem.file) && !told.has(problem));
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

function withGuess(changed: ChangedApplication, affected: AffectedIndex): ChangedApplication {
  const application = changed.base?.application;
  return application === undefined || affected.isKnown(applicationId(application))
    ? changed
    : { ...changed, isGuess: true };
}

async function refusedBy(
  sides: DefinedSides,
  repository: Repository,
  { change, mergeFor }: { readonly change: Change; readonly mergeFor: MergeFor },
): Promise<readonly ChangedApplication[]> {
  const isHere = (repoURL: string): boolean => isSameRepository(repoURL, repository.cloneUrl);
  const [first] = refusedOf(sides, (value) => reads(value, repository));
  if (first === undefined) return [];
  // Every project's mirror of the repository tells the same.
  const [known] = change.changedPaths.values();
  const paths = known ?? (await mergeFor(first.value.project)).paths;
  return refusedApplications(sides, { paths, isHere });
}
