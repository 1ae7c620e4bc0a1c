import { type Application, type ApplicationSource, applicationId } from "../domain/application.ts";
import type { Problem } from "../domain/problem.ts";
import { parseRepositoryUrl, repositoryName } from "../domain/repository-url.ts";
import type { TrustLevel } from "../domain/trust-level.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { GitRepository } from "../ports/git.ts";
import type { ApplicationSide, Change, ChangedApplication } from "./change.ts";
import { problemOf } from "./problems.ts";
import type { Revisions, SourceTree } from "./revisions.ts";

/** A head that is to be merged into a base. */
export interface Proposal {
  /** Clone URL of the repository. */
  readonly url: string;
  /** Whether a source's URL means this repository; by default URLs are compared. */
  readonly isThis?: (repoURL: string) => boolean;
  /** As people call it: a branch, or whatever revision the CLI was given. */
  readonly base: string;
  readonly headSha: string;
  /** Full name under which the head can be fetched; `""` where it is at hand. */
  readonly headRef: string;
  readonly trust: TrustLevel;
  readonly warnings: readonly Problem[];
  /** Where the base is now. */
  readonly baseTip: (
    revisions: Revisions,
    project: string,
  ) => Promise<{ readonly sha: string; readonly ref: string }>;
  /** Whether the merge reaches the source: it is in this repository, and its targetRevision follows the base. */
  readonly follows: (source: ApplicationSource, project: string, revisions: Revisions) => Promise<boolean>;
}

/** The Applications as they are defined on either side; the same list twice where the repository defines none. */
export interface Definitions {
  readonly base: readonly Application[];
  readonly head: readonly Application[];
}

export interface FindChangePorts {
  readonly revisions: Revisions;
  readonly mergeFor: MergeFor;
  /** Whether the Application may read one of the changed paths; one that was never rendered always may. */
  readonly mayBeAffected: (application: Application, merge: Merge) => Promise<boolean>;
}

/** The merge as a project's credentials see it; made once a project. */
export type MergeFor = (project: string) => Promise<Merge>;

/** The merge of a head into a base, in one repository. */
export interface Merge {
  readonly repository: GitRepository;
  readonly before: SourceTree;
  /** The head's SHA with the merge result's tree. */
  readonly after: SourceTree;
  readonly paths: readonly string[];
}

/** Merges when first asked, without a work tree; each project's mirror has its own. */
export function createMergeFor(proposal: Proposal, revisions: Revisions): MergeFor {
  const merges = new Map<string, Promise<Merge>>();
  return (project) => {
    const known = merges.get(project) ?? merge(proposal, project, revisions);
    merges.set(project, known);
    return known;
  };
}

/**
 * Finds the Applications that the head, merged into the tip of its base branch, may affect.
 * @throws OperationError MergeConflict, Repository…, Revision…
 */
export async function findChange(
  proposal: Proposal,
  { base, head }: Definitions,
  ports: FindChangePorts,
): Promise<Change> {
  const pairs = pairsOf(base, head).filter(
    (pair) => isRedefined(pair) || reads(pair.base ?? pair.head, proposal),
  );
  const projects = [
    ...new Set(pairs.map(({ base: before, head: after }) => (after ?? before)?.project ?? "")),
  ];
  const merges = await Promise.all(projects.map(ports.mergeFor));
  const found = await Promise.all(pairs.map((pair) => changedApplication(pair, { proposal, ports })));
  return {
    base: { branch: proposal.base, sha: merges[0]?.before.sha ?? "" },
    headSha: proposal.headSha,
    trust: proposal.trust,
    changedPaths: new Map(merges.map(({ repository, paths }) => [repository.key, paths])),
    applications: found.filter((one) => one !== undefined),
    applicationsConsidered: pairs.length,
    warnings: proposal.warnings,
  };
}

/** Base tip, merge result, and what differs between the two. */
async function merge(proposal: Proposal, project: string, revisions: Revisions): Promise<Merge> {
  const repository = await revisions.open(proposal.url, project);
  const tip = await proposal.baseTip(revisions, project);
  const base = await revisions.treeAt(repository, tip.sha, tip.ref);
  const head = await revisions.treeAt(repository, proposal.headSha, proposal.headRef);
  const result = await repository.mergeTrees(base.sha, head.sha);
  if (result.kind === "conflict") throw OperationError.of("MergeConflict", { paths: result.paths });
  const paths = await repository.changedPaths(base.tree, result.tree);
  return { repository, before: base, after: { ...head, tree: result.tree }, paths };
}

interface Pair {
  readonly base: Application | undefined;
  readonly head: Application | undefined;
}

interface Finding {
  readonly proposal: Proposal;
  readonly ports: FindChangePorts;
}

async function changedApplication(pair: Pair, finding: Finding): Promise<ChangedApplication | undefined> {
  const { base, head } = pair;
  if (base !== undefined && !isRedefined(pair)) {
    const isReached = await reaches(base, finding);
    if (!isReached || !(await isAffected(base, finding))) return undefined;
  }
  return {
    ...(base === undefined ? {} : { base: await sideOf(base, "before", finding) }),
    ...(head === undefined ? {} : { head: await sideOf(head, "after", finding) }),
  };
}

async function isAffected(application: Application, { ports }: Finding): Promise<boolean> {
  return ports.mayBeAffected(application, await ports.mergeFor(application.project));
}

/** Whether any of its sources follows the base; one that cannot be told counts, so that the preview says why. */
async function reaches({ sources, project }: Application, { proposal, ports }: Finding): Promise<boolean> {
  const follows = sources.map((source) =>
    proposal.follows(source, project, ports.revisions).catch(() => true),
  );
  return (await Promise.all(follows)).includes(true);
}

async function sideOf(
  application: Application,
  side: "before" | "after",
  finding: Finding,
): Promise<ApplicationSide> {
  const { proposal, ports } = finding;
  const { sources, project } = application;
  const treeOf = async (source: ApplicationSource): Promise<SourceTree> => {
    const isFollowing = await proposal.follows(source, project, ports.revisions);
    return isFollowing ? (await ports.mergeFor(project))[side] : ports.revisions.treeOf(source, project);
  };
  try {
    return { application, trees: { kind: "ok", value: await Promise.all(sources.map(treeOf)) } };
  } catch (error) {
    return { application, trees: { kind: "failed", problem: problemOf(error) } };
  }
}

/** Whether any source of the Application could be in the repository; which branch it tracks is found out later. */
function reads(application: Application | undefined, { url, isThis }: Proposal): boolean {
  const isMeant = isThis ?? ((repoURL) => isSameRepository(repoURL, url));
  return application?.sources.some(({ repoURL }) => isMeant(repoURL)) ?? false;
}

/** Whether two URLs name one repository, whatever protocol and user they use. */
export function isSameRepository(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [nameOf(a), nameOf(b)];
  return first !== undefined && first === second;
}

function nameOf(url: string): string | undefined {
  const parsed = parseRepositoryUrl(url, ["https", "http", "ssh", "file"]);
  return parsed.kind === "url" ? repositoryName(parsed.url) : undefined;
}

function pairsOf(base: readonly Application[], head: readonly Application[]): readonly Pair[] {
  const heads = new Map(head.map((application) => [applicationId(application), application]));
  const pairs: Pair[] = base.map((application) => ({
    base: application,
    head: heads.get(applicationId(application)),
  }));
  const known = new Set(base.map(applicationId));
  const added = head.filter((application) => !known.has(applicationId(application)));
  return [...pairs, ...added.map((application) => ({ base: undefined, head: application }))];
}

function isRedefined({ base, head }: Pair): boolean {
  // The operator's own are the same objects on both sides, and thousands perhaps.
  return base !== head && JSON.stringify(base) !== JSON.stringify(head);
}
