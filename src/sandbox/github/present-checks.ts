import type { CheckRunState, CheckSuiteState, RepositoryState, StatusState } from "./model.ts";
import {
  isoTime,
  nodeId,
  type Presented,
  presentAccount,
  presentApp,
  presentRepository,
  repositoryPage,
  repositoryUrl,
} from "./present.ts";
import { presentPullMinimal } from "./present-pull-request.ts";
import { fullName, type World } from "./world.ts";

/** A check-run. */
export function presentCheckRun(world: World, repository: RepositoryState, run: CheckRunState): Presented {
  const url = `${repositoryUrl(world, repository)}/check-runs/${run.id}`;
  const page = `${repositoryPage(world, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: page,
    details_url: run.detailsUrl === "" ? page : run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: isoTime(run.startedAt),
    completed_at: run.completedAt === undefined ? null : isoTime(run.completedAt),
    output: {
      title: run.output.title ?? null,
      summary: run.output.summary ?? null,
      text: run.output.text ?? null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: presentApp(world),
    pull_requests: pullsOf(world, repository, run.headSha),
  };
}

function pullsOf(world: World, repository: RepositoryState, headSha: string): readonly Presented[] {
  return [...repository.pulls.values()]
    .filter((pull) => pull.headSha === headSha && pull.head.repository.id === repository.id)
    .map((pull) => presentPullMinimal(world, { repository, pull }));
}

/** A simple-check-suite with what the webhooks ask for. */
export function presentCheckSuite(
  world: World,
  repository: RepositoryState,
  suite: CheckSuiteState,
): Presented {
  const url = `${repositoryUrl(world, repository)}/check-suites/${suite.id}`;
  const runs = [...repository.checkRuns.values()].filter((run) => run.suite.id === suite.id);
  const isDone = runs.length > 0 && runs.every(({ status }) => status === "completed");
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: null,
    head_sha: suite.headSha,
    status: isDone ? "completed" : "queued",
    conclusion: isDone ? (runs.at(-1)?.conclusion ?? null) : null,
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsOf(world, repository, suite.headSha),
    app: presentApp(world),
    created_at: isoTime(suite.createdAt),
    updated_at: isoTime(suite.updatedAt),
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
  };
}

/** A status, as its creation answers. */
export function presentStatus(world: World, repository: RepositoryState, status: StatusState): Presented {
  const { creator: _, ...simple } = presentSimpleStatus(world, repository, status);
  return { ...simple, creator: presentAccount(world, status.creator) };
}

function presentSimpleStatus(world: World, repository: RepositoryState, status: StatusState): Presented {
  return {
    id: status.id,
    node_id: nodeId("SC", status.id),
    url: `${repositoryUrl(world, repository)}/statuses/${status.sha}`,
    avatar_url: `${world.url}/avatars/u/${status.creator.id}`,
    state: status.state,
    context: status.context,
    description: status.description === "" ? null : status.description,
    target_url: status.targetUrl === "" ? null : status.targetUrl,
    created_at: isoTime(status.createdAt),
    updated_at: isoTime(status.createdAt),
  };
}

/** The newest status of each context, newest first. */
export function latestStatuses(repository: RepositoryState, sha: string): readonly StatusState[] {
  const newest = new Map<string, StatusState>();
  for (const status of repository.statuses) {
    if (status.sha === sha) newest.set(status.context, status);
  }
  return [...newest.values()].sort((a, b) => b.id - a.id);
}

/** A combined-commit-status. */
export function presentCombinedStatus(world: World, repository: RepositoryState, sha: string): Presented {
  const statuses = latestStatuses(repository, sha);
  const url = repositoryUrl(world, repository);
  return {
    state: combinedState(statuses),
    sha,
    total_count: statuses.length,
    statuses: statuses.map((status) => presentSimpleStatus(world, repository, status)),
    repository: presentRepository(world, repository),
    commit_url: `${url}/commits/${sha}`,
    url: `${url}/commits/${sha}/status`,
  };
}

function combinedState(statuses: readonly StatusState[]): string {
  if (statuses.some(({ state }) => state === "failure" || state === "error")) return "failure";
  if (statuses.length === 0 || statuses.some(({ state }) => state === "pending")) return "pending";
  return "success";
}

/** The payload's own fields of a `status` event. */
export function statusEventFields(world: World, repository: RepositoryState, status: StatusState): Presented {
  const person = { email: "noreply@github.com", name: status.creator.login, date: isoTime(status.createdAt) };
  const url = `${repositoryUrl(world, repository)}/commits/${status.sha}`;
  const page = `${repositoryPage(world, repository)}/commit/${status.sha}`;
  return {
    ...presentSimpleStatus(world, repository, status),
    sha: status.sha,
    name: fullName(repository),
    commit: {
      sha: status.sha,
      node_id: `C_${status.sha}`,
      commit: {
        author: person,
        committer: person,
        message: "",
        tree: { sha: status.sha, url: `${repositoryUrl(world, repository)}/git/trees/${status.sha}` },
        url,
        comment_count: 0,
        verification: {
          verified: false,
          reason: "unsigned",
          signature: null,
          payload: null,
          verified_at: null,
        },
      },
      url,
      html_url: page,
      comments_url: `${url}/comments`,
      author: null,
      committer: null,
      parents: [],
    },
    branches: [],
  };
}
