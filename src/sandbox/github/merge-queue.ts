import { apiError } from "./api-error.ts";
import { refsMoved } from "./branches.ts";
import type { Account } from "./model.ts";
import { repositoryPage } from "./present.ts";
import type { PullPlace } from "./present-pull-request.ts";
import type { World } from "./world.ts";

/** A pull request waiting in the merge queue, on a branch of its own. */
export interface MergeGroup {
  readonly headSha: string;
  /** Full ref of the queue's branch. */
  readonly headRef: string;
  readonly baseSha: string;
}

/** Puts a pull request into the queue: a merge commit on a queue branch, whose checks are asked for. */
export async function addMergeGroup(world: World, place: PullPlace, by: Account): Promise<MergeGroup> {
  const { repository, pull } = place;
  const baseSha = await repository.git.resolve(`refs/heads/${pull.base.branch}`);
  if (baseSha === undefined) throw apiError(422, "Base branch is gone");
  const headSha = await repository.git.merge(baseSha, pull.headSha, {
    method: "merge",
    message: `Merge pull request #${pull.number}\n\n${pull.title}`,
    name: pull.author.login,
    email: `${pull.author.login}@users.noreply.github.com`,
    at: world.now(),
  });
  if (headSha === undefined) throw apiError(405, "Pull Request is not mergeable");
  const headRef = `refs/heads/gh-readonly-queue/${pull.base.branch}/pr-${pull.number}-${baseSha}`;
  const before = await repository.git.refs();
  await repository.git.setRef(headRef, headSha);
  await refsMoved(world, repository, { before, by });
  const group = { headSha, headRef, baseSha };
  await tellGroup(world, place, { group, action: "checks_requested", by });
  return group;
}

/** The checks were good: the base becomes the group's commit, and the pull request is merged. */
export async function finishMergeGroup(
  world: World,
  place: PullPlace,
  done: { group: MergeGroup; by: Account },
): Promise<void> {
  const { repository, pull } = place;
  const before = await repository.git.refs();
  await repository.git.setRef(`refs/heads/${pull.base.branch}`, done.group.headSha);
  await repository.git.setRef(done.group.headRef, undefined);
  await tellGroup(world, place, { group: done.group, action: "destroyed", by: done.by });
  await refsMoved(world, repository, { before, by: done.by });
}

async function tellGroup(
  world: World,
  { repository, pull }: PullPlace,
  told: {
    readonly group: MergeGroup;
    readonly action: "checks_requested" | "destroyed";
    readonly by: Account;
  },
): Promise<void> {
  const { group, action, by } = told;
  const commit = await repository.git.describe(group.headSha);
  const person = { name: commit.name, email: commit.email };
  world.emit({
    event: "merge_group",
    action,
    repository,
    sender: by,
    fields: {
      ...(action === "destroyed" ? { reason: "merged" } : {}),
      merge_group: {
        head_sha: group.headSha,
        head_ref: group.headRef,
        base_sha: group.baseSha,
        base_ref: `refs/heads/${pull.base.branch}`,
        head_commit: {
          id: commit.sha,
          tree_id: commit.tree,
          message: commit.message,
          timestamp: commit.date,
          author: person,
          committer: person,
          url: `${repositoryPage(world, repository)}/commit/${commit.sha}`,
        },
      },
    },
  });
}
