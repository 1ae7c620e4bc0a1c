import type { Application, ApplicationSource } from "../domain/application.ts";
import type { PullRequest, Repository } from "../domain/github.ts";
import type { Comments } from "../ports/comments.ts";
import type { GitRepository } from "../ports/git.ts";
import type { ShownPreviews } from "../ports/shown-previews.ts";
import type { AffectedIndex } from "./affected-index.ts";
import { isSameRepository } from "./find-change.ts";
import type { Registry } from "./registry.ts";
import type { Revisions } from "./revisions.ts";
import { STICKY_MARKER } from "./sticky-comment.ts";

export interface MergedApplicationsPorts {
  readonly shownPreviews: ShownPreviews;
  readonly comments: Comments;
  /** Numeric id of our own bot user. */
  readonly botUserId: (repository: Repository) => Promise<number>;
  readonly registry: Registry;
  readonly revisions: Revisions;
  readonly affected: AffectedIndex;
}

/**
 * The Applications, by id, whose way into the clusters a merged pull request tells: those its preview showed. Where an
 * earlier process was killed after it had shown one and before it could write that down, those that read a path which
 * the merge commit changed. None where nothing was ever said.
 * @throws OperationError Repository…, Revision…, GitHub…
 */
export async function mergedApplications(
  repository: Repository,
  pull: PullRequest,
  ports: MergedApplicationsPorts,
): Promise<readonly string[]> {
  const [shown] = ports.shownPreviews.list(repository.id, pull.number);
  if (shown !== undefined) return Object.keys(shown.applications);
  if (pull.mergeCommitSha === undefined) return [];
  const found = await readingWhatChanged(repository, { ...pull, mergeCommitSha: pull.mergeCommitSha }, ports);
  return found.length > 0 && (await hasComment(repository, pull.number, ports)) ? found : [];
}

async function hasComment(
  repository: Repository,
  number: number,
  { comments, botUserId }: MergedApplicationsPorts,
): Promise<boolean> {
  const ours = await botUserId(repository);
  const all = await comments.list(repository, number, 0);
  return all.some(({ authorId, body }) => authorId === ours && body.startsWith(STICKY_MARKER));
}

interface Merged extends PullRequest {
  readonly mergeCommitSha: string;
}

async function readingWhatChanged(
  { cloneUrl }: Repository,
  { base, mergeCommitSha }: Merged,
  { registry, revisions, affected }: MergedApplicationsPorts,
): Promise<readonly string[]> {
  const branch = `refs/heads/${base.branch}`;
  const affectedIn = new Map<string, ReadonlySet<string>>();
  const found: string[] = [];
  for (const { id, application } of registry.list()) {
    const mayFollow = application.sources.filter(({ repoURL }) => isSameRepository(repoURL, cloneUrl));
    if (!(await isAnyFollowing(mayFollow, application, { branch, revisions }))) continue;
    const mirror = await revisions.open(cloneUrl, application.project);
    const known =
      affectedIn.get(mirror.key) ??
      affected.affectedBy(mirror.key, await changedBy(mirror, mergeCommitSha, { branch, revisions }));
    affectedIn.set(mirror.key, known);
    if (known.has(id) || !affected.isKnown(id)) found.push(id);
  }
  return found;
}

interface BaseBranch {
  readonly branch: string;
  readonly revisions: Revisions;
}

/** One that cannot be told counts. */
async function isAnyFollowing(
  sources: readonly ApplicationSource[],
  { project }: Application,
  { branch, revisions }: BaseBranch,
): Promise<boolean> {
  const follows = sources.map((source) =>
    revisions.resolve(source, project).then(
      ({ ref }) => ref === branch,
      () => true,
    ),
  );
  return (await Promise.all(follows)).includes(true);
}

/** Against its first parent: what the branch was before. */
async function changedBy(
  mirror: GitRepository,
  sha: string,
  { branch, revisions }: BaseBranch,
): Promise<readonly string[]> {
  const after = await revisions.treeAt(mirror, sha, branch);
  const [parent] = (await mirror.readCommit(sha)).parents;
  if (parent === undefined) return [];
  const before = await revisions.treeAt(mirror, parent, branch);
  return mirror.changedPaths(before.tree, after.tree);
}
