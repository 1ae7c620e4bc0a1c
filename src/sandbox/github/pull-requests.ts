import { apiError, validationError } from "./api-error.ts";
import type { MergeMethod } from "./git-store.ts";
import type { Account, PullState, RepositoryState } from "./model.ts";
import { type PullDetails, type PullPlace, presentPull } from "./present-pull-request.ts";
import type { World } from "./world.ts";

export interface NewPull {
  readonly title: string;
  readonly body?: string;
  readonly author: Account;
  readonly baseBranch: string;
  readonly headBranch: string;
  /** The fork, where the head is in one. */
  readonly headRepository?: RepositoryState;
  readonly isDraft?: boolean;
}

/** @throws ApiError 422 when a branch is missing, or nothing would be merged */
export async function openPull(
  world: World,
  repository: RepositoryState,
  wanted: NewPull,
): Promise<PullState> {
  const headRepository = wanted.headRepository ?? repository;
  const base = await repository.git.resolve(`refs/heads/${wanted.baseBranch}`);
  const headSha = await headRepository.git.resolve(`refs/heads/${wanted.headBranch}`);
  if (base === undefined) throw validationError("PullRequest", "base", "is invalid");
  if (headSha === undefined) throw validationError("PullRequest", "head", "is invalid");
  const at = world.now();
  const pull: PullState = {
    id: world.newId(),
    number: repository.nextNumber++,
    author: wanted.author,
    createdAt: at,
    title: wanted.title,
    body: wanted.body ?? "",
    state: "open",
    isDraft: wanted.isDraft ?? false,
    base: { branch: wanted.baseBranch, sha: base },
    head: { repository: headRepository, branch: wanted.headBranch },
    headSha,
    updatedAt: at,
    closedAt: undefined,
    merged: undefined,
  };
  await publishHead({ repository, pull });
  if (await repository.git.isAncestor(headSha, base)) {
    throw validationError(
      "PullRequest",
      "base",
      `No commits between ${wanted.baseBranch} and ${wanted.headBranch}`,
    );
  }
  repository.pulls.set(pull.number, pull);
  await tellPull(world, { repository, pull }, { action: "opened", sender: wanted.author });
  return pull;
}

/** Makes refs/pull/N/head and /merge what they should be now. */
async function publishHead({ repository, pull }: PullPlace): Promise<void> {
  const head = `refs/pull/${pull.number}/head`;
  if (pull.head.repository === repository) await repository.git.setRef(head, pull.headSha);
  else await repository.git.take(pull.head.repository.git, pull.headSha, head);
  const merge = await tryMerge({ repository, pull }, "merge");
  await repository.git.setRef(`refs/pull/${pull.number}/merge`, merge);
}

async function tryMerge({ repository, pull }: PullPlace, method: MergeMethod): Promise<string | undefined> {
  const base = await repository.git.resolve(`refs/heads/${pull.base.branch}`);
  if (base === undefined) return undefined;
  return repository.git.merge(base, pull.headSha, {
    method,
    message: mergeMessage(pull, method),
    name: pull.author.login,
    email: `${pull.author.login}@users.noreply.github.com`,
    at: pull.updatedAt,
  });
}

function mergeMessage(pull: PullState, method: MergeMethod): string {
  if (method === "squash") return `${pull.title} (#${pull.number})`;
  return `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.branch}\n\n${pull.title}`;
}

/** @throws ApiError 405 when it cannot be merged, 409 when the head is another than `sha` */
export async function mergePull(
  world: World,
  { repository, pull }: PullPlace,
  how: { readonly method: MergeMethod; readonly by: Account; readonly sha?: string },
): Promise<string> {
  if (pull.state !== "open") throw apiError(405, "Pull Request is not mergeable");
  if (how.sha !== undefined && how.sha !== pull.headSha) {
    throw apiError(409, "Head branch was modified. Review and try the merge again.");
  }
  pull.updatedAt = world.now();
  const merged = await tryMerge({ repository, pull }, how.method);
  if (merged === undefined) throw apiError(405, "Pull Request is not mergeable");
  await repository.git.setRef(`refs/heads/${pull.base.branch}`, merged);
  await finishMerged(world, { repository, pull }, { sha: merged, by: how.by });
  return merged;
}

/** The pull request's commits are on its base now: it is closed as merged. */
export async function finishMerged(
  world: World,
  place: PullPlace,
  { sha, by }: { readonly sha: string; readonly by: Account },
): Promise<void> {
  const { pull } = place;
  const at = world.now();
  Object.assign(pull, { state: "closed", closedAt: at, updatedAt: at, merged: { sha, at, by } });
  await tellPull(world, place, { action: "closed", sender: by });
}

export interface PullChanges {
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly state?: "open" | "closed" | undefined;
  readonly baseBranch?: string | undefined;
}

/** Edits, closes or reopens. @throws ApiError 422 */
export async function editPull(
  world: World,
  place: PullPlace,
  wanted: PullChanges & { readonly by: Account },
): Promise<void> {
  const { pull, repository } = place;
  const changes: Record<string, unknown> = {};
  if (wanted.title !== undefined && wanted.title !== pull.title) changes["title"] = { from: pull.title };
  if (wanted.body !== undefined && wanted.body !== pull.body) changes["body"] = { from: pull.body };
  if (wanted.baseBranch !== undefined && wanted.baseBranch !== pull.base.branch) {
    const sha = await repository.git.resolve(`refs/heads/${wanted.baseBranch}`);
    if (sha === undefined) throw validationError("PullRequest", "base", "is invalid");
    changes["base"] = { ref: { from: pull.base.branch }, sha: { from: pull.base.sha } };
    pull.base = { branch: wanted.baseBranch, sha };
  }
  pull.title = wanted.title ?? pull.title;
  pull.body = wanted.body ?? pull.body;
  pull.updatedAt = world.now();
  if (Object.keys(changes).length > 0) {
    await publishHead(place);
    await tellPull(world, place, { action: "edited", sender: wanted.by, fields: { changes } });
  }
  if (wanted.state !== undefined && wanted.state !== pull.state) await changeState(world, place, wanted.by);
}

async function changeState(world: World, place: PullPlace, by: Account): Promise<void> {
  const { pull } = place;
  if (pull.merged !== undefined)
    throw validationError("PullRequest", "state", "cannot be changed. It is merged.");
  pull.state = pull.state === "open" ? "closed" : "open";
  pull.closedAt = pull.state === "closed" ? world.now() : undefined;
  await tellPull(world, place, { action: pull.state === "closed" ? "closed" : "reopened", sender: by });
}

/** A draft is ready now. */
export async function markReady(world: World, place: PullPlace, by: Account): Promise<void> {
  place.pull.isDraft = false;
  place.pull.updatedAt = world.now();
  await tellPull(world, place, { action: "ready_for_review", sender: by });
}

/** The head branch has another tip now. */
export async function moveHead(
  world: World,
  place: PullPlace,
  moved: { readonly sha: string; readonly by: Account },
): Promise<void> {
  const { pull, repository } = place;
  const before = pull.headSha;
  pull.headSha = moved.sha;
  pull.updatedAt = world.now();
  pull.base.sha = (await repository.git.resolve(`refs/heads/${pull.base.branch}`)) ?? pull.base.sha;
  await publishHead(place);
  const fields = { before, after: moved.sha };
  await tellPull(world, place, { action: "synchronize", sender: moved.by, fields });
}

async function tellPull(
  world: World,
  place: PullPlace,
  told: {
    readonly action: string;
    readonly sender: Account;
    readonly fields?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const presented = presentPull(world, place, await detailsOf(place));
  const fields = { ...told.fields, number: place.pull.number, pull_request: presented };
  const { action, sender } = told;
  world.emit({ event: "pull_request", action, repository: place.repository, sender, fields });
}

/** What has to be computed from Git for the full answer. */
export async function detailsOf({ repository, pull }: PullPlace): Promise<PullDetails> {
  const stat = await repository.git.diffStat(pull.base.sha, pull.headSha);
  const commits = (await repository.git.between(pull.base.sha, pull.headSha)).length;
  const isOpen = pull.state === "open";
  return { ...stat, commits, mergeable: isOpen ? await isMergeable({ repository, pull }) : undefined };
}

async function isMergeable({ repository, pull }: PullPlace): Promise<boolean> {
  const base = await repository.git.resolve(`refs/heads/${pull.base.branch}`);
  return base !== undefined && repository.git.mergesCleanly(base, pull.headSha);
}
