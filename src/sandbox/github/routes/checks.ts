import { apiError, validationError } from "../api-error.ts";
import {
  addStatus,
  type CheckRunFields,
  createCheckRun,
  findCheckRun,
  listCheckRuns,
  rerequestCheckRun,
  updateCheckRun,
} from "../checks.ts";
import type { StatusState } from "../model.ts";
import { presentCheckRun, presentCombinedStatus, presentStatus } from "../present-checks.ts";
import {
  type Access,
  type Call,
  created,
  ok,
  paginate,
  type Route,
  repositoryOf,
  senderOf,
  text,
} from "./route.ts";

const READ: Access = { kind: "repository", permission: "checks", level: "read", role: "read" };
const WRITE: Access = { kind: "repository", permission: "checks", level: "write", role: "write" };
const READ_STATUS: Access = { kind: "repository", permission: "statuses", level: "read", role: "read" };
const WRITE_STATUS: Access = { kind: "repository", permission: "statuses", level: "write", role: "write" };

export const CHECK_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/check-runs",
    access: WRITE,
    async handle(call) {
      mustBeApp(call);
      const repository = repositoryOf(call);
      await mustExist(call, text(call, "head_sha"));
      const run = createCheckRun(call.world, repository, call.body as CheckRunFields);
      return created(presentCheckRun(call.world, repository, run));
    },
  },
  {
    method: "PATCH",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    access: WRITE,
    handle(call) {
      mustBeApp(call);
      const repository = repositoryOf(call);
      const place = { repository, runId: Number(call.params["check_run_id"]) };
      const run = updateCheckRun(call.world, place, call.body as CheckRunFields);
      return ok(presentCheckRun(call.world, repository, run));
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    access: READ,
    handle(call) {
      const repository = repositoryOf(call);
      return ok(
        presentCheckRun(
          call.world,
          repository,
          findCheckRun(repository, Number(call.params["check_run_id"])),
        ),
      );
    },
  },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest",
    access: WRITE,
    handle(call) {
      const repository = repositoryOf(call);
      const run = findCheckRun(repository, Number(call.params["check_run_id"]));
      rerequestCheckRun(call.world, { repository, run }, senderOf(call));
      return created({});
    },
  },
  { method: "GET", path: "/repos/{owner}/{repo}/commits/{ref}/check-runs", access: READ, handle: listRuns },
  {
    method: "POST",
    path: "/repos/{owner}/{repo}/statuses/{sha}",
    access: WRITE_STATUS,
    isContent: true,
    handle: createStatus,
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/statuses",
    access: READ_STATUS,
    async handle(call) {
      const repository = repositoryOf(call);
      const sha = await mustExist(call, call.params["ref"] ?? "");
      const newestFirst = repository.statuses.filter((status) => status.sha === sha).reverse();
      const { page, headers } = paginate(call, newestFirst);
      return { status: 200, headers, body: page.map((one) => presentStatus(call.world, repository, one)) };
    },
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/status",
    access: READ_STATUS,
    async handle(call) {
      const sha = await mustExist(call, call.params["ref"] ?? "");
      return ok(presentCombinedStatus(call.world, repositoryOf(call), sha));
    },
  },
];

function mustBeApp(call: Call): void {
  if (call.actor.kind !== "installation") throw apiError(403, "You must authenticate via a GitHub App.");
}

async function mustExist(call: Call, revision: string): Promise<string> {
  const sha = await repositoryOf(call).git.resolve(revision);
  if (sha === undefined) throw validationError("Commit", "sha", `No commit found for SHA: ${revision}`);
  return sha;
}

async function listRuns(call: Call) {
  const repository = repositoryOf(call);
  const sha = await mustExist(call, call.params["ref"] ?? "");
  const { check_name: name, app_id: appId, status, filter } = call.query;
  const wanted = listCheckRuns(repository, sha, filter === "all" ? "all" : "latest").filter(
    (run) =>
      (name === undefined || run.name === name) &&
      (appId === undefined || Number(appId) === call.world.app.id) &&
      (status === undefined || run.status === status),
  );
  const { page, headers } = paginate(call, wanted);
  const body = {
    total_count: wanted.length,
    check_runs: page.map((run) => presentCheckRun(call.world, repository, run)),
  };
  return { status: 200, headers, body };
}

async function createStatus(call: Call) {
  const repository = repositoryOf(call);
  const sha = await mustExist(call, call.params["sha"] ?? "");
  const status = addStatus(call.world, repository, {
    sha,
    state: text(call, "state") as StatusState["state"],
    context: text(call, "context") || "default",
    description: text(call, "description"),
    targetUrl: text(call, "target_url"),
    creator: senderOf(call),
  });
  return created(presentStatus(call.world, repository, status));
}
