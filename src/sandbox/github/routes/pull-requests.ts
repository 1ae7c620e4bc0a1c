import { mergePullRequest } from "../branches.ts";
import type { MergeMethod } from "../git-store.ts";
import type { RepositoryState } from "../model.ts";
import { presentPull, presentPullSimple } from "../present-pull-request.ts";
import { detailsOf, editPull, openPull } from "../pull-requests.ts";
import {
  type Access,
  type Call,
  created,
  ok,
  paginate,
  placeOf,
  type Route,
  repositoryOf,
  senderOf,
  sortPulls,
  text,
} from "./route.ts";

const READ: Access = { kind: "repository", permission: "pull_requests", level: "read", role: "read" };
const WRITE: Access = { kind: "repository", permission: "pull_requests", level: "write", role: "read" };
const MERGE: Access = { kind: "repository", permission: "contents", level: "write", role: "write" };

export const PULL_REQUEST_ROUTES: readonly Route[] = [
  { method: "GET", path: "/repos/{owner}/{repo}/pulls", access: READ, handle: listPulls },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}",
    access: READ,
    async handle(call) {
      const place = placeOf(call);
      return ok(presentPull(call.world, place, await detailsOf(place)));
    },
  },
  { method: "POST", path: "/repos/{owner}/{repo}/pulls", access: WRITE, isContent: true, handle: create },
  {
    method: "PATCH",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}",
    access: WRITE,
    async handle(call) {
      const place = placeOf(call);
      const { title, body, state, base } = call.body as Record<string, string | undefined>;
      const wantedState = state === "open" || state === "closed" ? state : undefined;
      await editPull(call.world, place, {
        title,
        body,
        state: wantedState,
        baseBranch: base,
        by: senderOf(call),
      });
      return ok(presentPull(call.world, place, await detailsOf(place)));
    },
  },
  {
    method: "PUT",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
    access: MERGE,
    async handle(call) {
      const method = (text(call, "merge_method") || "merge") as MergeMethod;
      const wanted = text(call, "sha") === "" ? {} : { sha: text(call, "sha") };
      const sha = await mergePullRequest(call.world, placeOf(call), {
        method,
        by: senderOf(call),
        ...wanted,
      });
      return ok({ sha, merged: true, message: "Pull Request successfully merged" });
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    access: READ,
    async handle(call) {
      const repository = repositoryOf(call);
      const found = await pullsOfCommit(repository, call.params["commit_sha"] ?? "");
      const { page, headers } = paginate(call, found);
      return {
        status: 200,
        headers,
        body: page.map((pull) => presentPullSimple(call.world, { repository, pull })),
      };
    },
  },
];

function listPulls(call: Call) {
  const repository = repositoryOf(call);
  const { state = "open", base, head } = call.query;
  const wanted = [...repository.pulls.values()].filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (base === undefined || pull.base.branch === base) &&
      (head === undefined || `${pull.head.repository.owner.login}:${pull.head.branch}` === head),
  );
  const { page, headers } = paginate(call, sortPulls(wanted, call.query));
  return {
    status: 200,
    headers,
    body: page.map((pull) => presentPullSimple(call.world, { repository, pull })),
  };
}

async function create(call: Call) {
  const repository = repositoryOf(call);
  const [headOwner, headBranch] =
    text(call, "head").split(":").length === 2 ? text(call, "head").split(":") : ["", text(call, "head")];
  const forks = [...call.world.repositories.values()].filter(({ parent }) => parent === repository);
  const fork = forks.find(({ owner }) => owner.login === headOwner);
  const pull = await openPull(call.world, repository, {
    title: text(call, "title"),
    body: text(call, "body"),
    author: senderOf(call),
    baseBranch: text(call, "base"),
    headBranch: headBranch ?? "",
    isDraft: call.body["draft"] === true,
    ...(fork === undefined ? {} : { headRepository: fork }),
  });
  const place = { repository, pull };
  return created(presentPull(call.world, place, await detailsOf(place)));
}

/** Merged ones that brought the commit to its branch; for other commits, open ones that hold it. */
async function pullsOfCommit(repository: RepositoryState, sha: string) {
  const pulls = [...repository.pulls.values()];
  const merged = [];
  for (const pull of pulls) {
    const isItself = pull.merged?.sha === sha || pull.headSha === sha;
    if (isItself || (pull.merged !== undefined && (await isBroughtBy(repository, pull, sha))))
      merged.push(pull);
  }
  return merged;
}

async function isBroughtBy(
  repository: RepositoryState,
  pull: { headSha: string; base: { sha: string } },
  sha: string,
): Promise<boolean> {
  const { git } = repository;
  if ((await git.resolve(sha)) === undefined) return false;
  return (await git.isAncestor(sha, pull.headSha)) && !(await git.isAncestor(sha, pull.base.sha));
}
