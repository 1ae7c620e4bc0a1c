import { type FileChanges, type MergeMethod, NO_COMMIT } from "./git-store.ts";
import type { Account, PullState, RepositoryState } from "./model.ts";
import { isoTime, presentRepository, repositoryPage } from "./present.ts";
import type { PullPlace } from "./present-pull-request.ts";
import { editPull, finishMerged, mergePull, moveHead } from "./pull-requests.ts";
import type { World } from "./world.ts";

/** One commit, as a person makes it. */
export interface Push {
  readonly branch: string;
  readonly files: FileChanges;
  readonly message: string;
  readonly by: Account;
  /** Where a new branch starts; the default branch unless told otherwise. */
  readonly from?: string;
}

/** Commits to a branch and tells everybody, as a push over Git would. @returns the commit's SHA. */
export async function pushFiles(world: World, repository: RepositoryState, push: Push): Promise<string> {
  const before = await repository.git.refs();
  const isNew = !before.has(`refs/heads/${push.branch}`);
  const sha = await repository.git.commit(push.branch, push.files, {
    message: push.message,
    name: push.by.login,
    email: `${push.by.login}@users.noreply.github.com`,
    at: world.now(),
    ...(isNew ? { from: push.from ?? `refs/heads/${repository.defaultBranch}` } : {}),
  });
  await refsMoved(world, repository, { before, by: push.by });
  return sha;
}

/** Compares the refs with what they were, and does all that GitHub does when they moved. */
export async function refsMoved(
  world: World,
  repository: RepositoryState,
  { before, by }: { readonly before: ReadonlyMap<string, string>; readonly by: Account },
): Promise<void> {
  const after = await repository.git.refs();
  const moved = new Set([...before.keys(), ...after.keys()]);
  for (const ref of moved) {
    const change = { ref, before: before.get(ref) ?? NO_COMMIT, after: after.get(ref) ?? NO_COMMIT };
    if (change.before === change.after) continue;
    repository.pushedAt = world.now();
    await tellPush(world, repository, { ...change, by });
    if (ref.startsWith("refs/heads/")) await branchMoved(world, repository, { ...change, by });
  }
}

interface RefChange {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly by: Account;
}

async function branchMoved(world: World, repository: RepositoryState, change: RefChange): Promise<void> {
  const branch = change.ref.slice("refs/heads/".length);
  for (const place of openPulls(world)) {
    const { pull } = place;
    const isHead = pull.head.repository === repository && pull.head.branch === branch;
    const isBase = place.repository === repository && pull.base.branch === branch;
    if (isHead && change.after === NO_COMMIT)
      await editPull(world, place, { state: "closed", by: change.by });
    else if (isHead) await moveHead(world, place, { sha: change.after, by: change.by });
    else if (isBase && (await hasArrived(place.repository, pull, change.after))) {
      await finishMerged(world, place, { sha: change.after, by: change.by });
    }
  }
}

/** Pushing the head's commits to the base by hand counts as merging. */
async function hasArrived(repository: RepositoryState, pull: PullState, tip: string): Promise<boolean> {
  return tip !== NO_COMMIT && (await repository.git.isAncestor(pull.headSha, tip));
}

function openPulls(world: World): { repository: RepositoryState; pull: PullState }[] {
  return [...world.repositories.values()].flatMap((repository) =>
    [...repository.pulls.values()]
      .filter(({ state }) => state === "open")
      .map((pull) => ({ repository, pull })),
  );
}

async function tellPush(world: World, repository: RepositoryState, change: RefChange): Promise<void> {
  const page = repositoryPage(world, repository);
  const isDeleted = change.after === NO_COMMIT;
  const isCreated = change.before === NO_COMMIT;
  const known = isDeleted
    ? []
    : await repository.git.between(isCreated ? NO_COMMIT : change.before, change.after);
  const commits = known.slice(isCreated ? -1 : -20).map((commit) => ({
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.date,
    url: `${page}/commit/${commit.sha}`,
    author: { name: commit.name, email: emailOf(commit.email) },
    committer: { name: commit.name, email: emailOf(commit.email) },
    added: [],
    removed: [],
    modified: [],
  }));
  const isForced =
    !isDeleted && !isCreated && !(await repository.git.isAncestor(change.before, change.after));
  world.emit({
    event: "push",
    repository,
    sender: change.by,
    fields: {
      ref: change.ref,
      before: change.before,
      after: change.after,
      created: isCreated,
      deleted: isDeleted,
      forced: isForced,
      base_ref: null,
      compare: `${page}/compare/${change.before.slice(0, 12)}...${change.after.slice(0, 12)}`,
      commits,
      head_commit: commits.at(-1) ?? null,
      pusher: {
        name: change.by.login,
        email: `${change.by.login}@users.noreply.github.com`,
        date: isoTime(world.now()),
      },
      repository: {
        ...presentRepository(world, repository),
        // Push payloads alone have these as seconds.
        created_at: Math.floor(repository.createdAt / 1000),
        pushed_at: Math.floor(repository.pushedAt / 1000),
      },
    },
  });
}

/** What people write as their e-mail address need not be one. */
function emailOf(written: string): string | null {
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(written) ? written : null;
}

/** Presses the merge button. @throws ApiError 405, 409 @returns the SHA on the base branch. */
export async function mergePullRequest(
  world: World,
  place: PullPlace,
  how: { readonly method: MergeMethod; readonly by: Account; readonly sha?: string },
): Promise<string> {
  const before = await place.repository.git.refs();
  const sha = await mergePull(world, place, how);
  await refsMoved(world, place.repository, { before, by: how.by });
  return sha;
}
