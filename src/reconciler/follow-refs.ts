import type { Application } from "../domain/application.ts";
import type { Repository } from "../domain/github.ts";
import { OperationError } from "../errors/operation-error.ts";
import type { AffectedIndex } from "./affected-index.ts";
import type { ApplicationStates } from "./application-states.ts";
import { isSameRepository } from "./find-change.ts";
import { type FollowDefinitionsPorts, followDefinitions, withdrawDefinitions } from "./follow-definitions.ts";
import type { Installed } from "./installed.ts";
import type { RegisteredApplication } from "./registry.ts";
import type { DeploymentTracker } from "./report-deployment.ts";
import { admittingProject } from "./repository-definitions.ts";
import type { Revisions } from "./revisions.ts";

export interface FollowRefsPorts extends FollowDefinitionsPorts {
  readonly states: ApplicationStates;
  readonly affected: AffectedIndex;
  readonly deployments: DeploymentTracker;
  /** The refs, and the rules, that were followed to the end, by project and URL: others look the refs up as well, and do not follow. */
  readonly followed: Map<string, string>;
  /**
   * Pull requests into that branch are looked at again: what they would be merged into has moved, or may have while we
   * were not running.
   */
  readonly onBaseTip: (repository: Repository, branch: string, since: "moved" | "unknown") => void;
  readonly openPulls: Installed["openPulls"];
  /** Where the branches were that pull requests are to be merged into, by `baseTipKey`. */
  readonly baseTips: Map<string, string>;
}

/**
 * Looks where a repository's refs point now: one `ls-remote`, and where nothing moved nothing else. Applications that
 * read a changed path are looked at again; for the others the new commit says the same as the old one.
 * @throws OperationError Repository…
 */
export async function followRefs(url: string, ports: FollowRefsPorts): Promise<void> {
  const reading = ports.registry.list().filter(({ application }) => reads(application, url));
  const admitting = admittingProject(url, ports.registry.snapshot());
  if (admitting === undefined) withdrawDefinitions(url, ports);
  const projects = new Set(reading.map(({ application }) => application.project));
  if (admitting !== undefined) projects.add(admitting);
  for (const project of projects) {
    const refs = await ports.revisions.refresh(url, project);
    const key = `${project}\n${url}`;
    const state = `${refs} ${ports.registry.rulesVersion()}`;
    if (ports.followed.get(key) === state) continue;
    if (project === admitting) await followDefinitions(url, project, ports);
    const ofProject = ports.registry
      .list()
      .filter(({ application }) => application.project === project && reads(application, url));
    await followMove(ofProject, ports);
    const repository = ports.installed(url);
    if (repository !== undefined) await followBases(repository, project, ports);
    ports.followed.set(key, state);
  }
}

/** A push to a branch that nothing is to be merged into concerns no other pull request than its own. */
async function followBases(repository: Repository, project: string, ports: FollowRefsPorts): Promise<void> {
  const branches = new Set(ports.openPulls(repository.id).map(({ baseBranch }) => baseBranch));
  for (const branch of branches) {
    const key = baseTipKey(repository, branch);
    const tip = await tipOf(repository.cloneUrl, { branch, project, ports });
    const before = ports.baseTips.get(key);
    if (before === tip) continue;
    ports.baseTips.set(key, tip);
    ports.onBaseTip(repository, branch, before === undefined ? "unknown" : "moved");
  }
}

/** Names a branch in `baseTips`. */
export function baseTipKey({ cloneUrl }: Repository, branch: string): string {
  return `${cloneUrl}\n${branch}`;
}

/** `""` for a branch that is gone. */
async function tipOf(
  repoURL: string,
  about: { readonly branch: string; readonly project: string; readonly ports: FollowRefsPorts },
): Promise<string> {
  const source = { repoURL, path: ".", chart: "", ref: "", name: "" };
  try {
    const targetRevision = `refs/heads/${about.branch}`;
    return (await about.ports.revisions.resolve({ ...source, targetRevision }, about.project)).sha;
  } catch (error) {
    if (error instanceof OperationError && error.reason === "RevisionNotFound") return "";
    throw error;
  }
}

async function followMove(reading: readonly RegisteredApplication[], ports: FollowRefsPorts): Promise<void> {
  const moves = createMoves(ports);
  for (const { id, application } of reading) {
    const status = ports.states.get(id);
    const before = status?.revisions ?? [];
    if (status === undefined || before.length === 0 || !ports.affected.isKnown(id)) {
      ports.enqueueApplication(id);
      continue;
    }
    try {
      const affectedAt = await moves.affecting(id, application, before);
      if (affectedAt.kind === "unmoved") continue;
      if (affectedAt.kind === "unaffected") moveAlong(id, { from: before, to: affectedAt.revisions }, ports);
      else affected(id, affectedAt.commits, ports);
    } catch (error) {
      // What is wrong with its revisions is told by looking at it.
      ports.log.debug("an Application's new revision could not be compared with its old one", {
        application: id,
        error,
      });
      ports.enqueueApplication(id);
    }
  }
}

/** The status as it is by now: a look may have found out more meanwhile, perhaps at the new revisions already. */
function moveAlong(
  id: string,
  { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] },
  { states }: FollowRefsPorts,
): void {
  const status = states.get(id);
  if (status === undefined || status.revisions.join(" ") !== from.join(" ")) return;
  states.set(id, { ...status, revisions: to });
}

interface MovedCommit {
  readonly url: string;
  readonly sha: string;
}

type Affecting =
  | { readonly kind: "unmoved" }
  | { readonly kind: "unaffected"; readonly revisions: readonly string[] }
  | { readonly kind: "affected"; readonly commits: readonly MovedCommit[] };

function affected(id: string, commits: readonly MovedCommit[], ports: FollowRefsPorts): void {
  for (const { url, sha } of commits) {
    const repository = ports.installed(url);
    if (repository === undefined) continue;
    const { installationId, id: repositoryId } = repository;
    ports.deployments.begin({ installationId, repositoryId, sha, pullRequests: [], applications: [id] });
  }
  ports.enqueueApplication(id);
}

/** Remembers what each move changed: a thousand Applications of one repository ask once. */
function createMoves({ revisions, affected: index }: FollowRefsPorts) {
  const known = new Map<string, Promise<ReadonlySet<string>>>();
  return {
    async affecting(
      id: string,
      { sources, project }: Application,
      before: readonly string[],
    ): Promise<Affecting> {
      const now = await Promise.all(
        sources.map(async (source) => (await revisions.resolve(source, project)).sha),
      );
      if (now.every((sha, at) => sha === before[at])) return { kind: "unmoved" };
      const commits: MovedCommit[] = [];
      for (const [at, source] of sources.entries()) {
        const [from, to] = [before[at], now[at]];
        if (to === undefined || from === to) continue;
        const repository = await revisions.open(source.repoURL, project);
        const key = `${repository.key} ${from} ${to}`;
        const changed = known.get(key) ?? changedBy(repository, from, to);
        known.set(key, changed);
        if ((await changed).has(id)) commits.push({ url: source.repoURL, sha: to });
      }
      return commits.length === 0 ? { kind: "unaffected", revisions: now } : { kind: "affected", commits };
    },
  };

  async function changedBy(
    repository: Awaited<ReturnType<Revisions["open"]>>,
    from: string | undefined,
    to: string,
  ): Promise<ReadonlySet<string>> {
    const after = await revisions.treeAt(repository, to, "");
    const before = from === undefined ? undefined : await revisions.treeAt(repository, from, "");
    const paths = await repository.changedPaths(before?.tree ?? after.tree, after.tree);
    return index.affectedBy(repository.key, paths);
  }
}

function reads({ sources }: Application, url: string): boolean {
  return sources.some(({ repoURL }) => isSameRepository(repoURL, url));
}

/** How far refs have been followed. */
export type Followed = Pick<FollowRefsPorts, "followed" | "baseTips">;
